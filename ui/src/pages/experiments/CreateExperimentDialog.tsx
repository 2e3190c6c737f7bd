import { type FormEvent, useState } from "react";
import { createExperiment, NOTE_TAG } from "../../api/experiments";
import { Button } from "../../components/ui/Button";
import { Dialog, DialogActions } from "../../components/ui/Dialog";
import { TextArea, TextField } from "../../components/ui/Field";
import { parseTagLines } from "./tagLines";

interface CreateExperimentDialogProps {
  onCreated: (id: string) => void;
  onClose: () => void;
}

export function CreateExperimentDialog({ onCreated, onClose }: CreateExperimentDialogProps) {
  const [name, setName] = useState("");
  const [location, setLocation] = useState("");
  const [description, setDescription] = useState("");
  const [tagText, setTagText] = useState("");
  const [errors, setErrors] = useState<{ name?: string; location?: string; tags?: string }>({});
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!name.trim()) return setErrors({ name: "A name is needed." });
    const { tags, problem } = parseTagLines(tagText);
    if (problem) return setErrors({ tags: problem });
    if (description.trim()) tags[NOTE_TAG] = description.trim();
    setBusy(true);
    try {
      onCreated(await createExperiment({ name: name.trim(), artifactLocation: location.trim(), tags }));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setErrors(/artifact|location/i.test(text) && location ? { location: text } : { name: text });
      setBusy(false);
    }
  };

  return (
    <Dialog title="Create Experiment" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Experiment name"
          placeholder="fraud-detection"
          required
          data-autofocus
          value={name}
          error={errors.name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Artifact location (optional)"
          hint="Where its files go. Left empty, the server chooses."
          value={location}
          error={errors.location}
          onChange={(event) => setLocation(event.target.value)}
        />
        <TextArea label="Description (optional)" value={description} onChange={(event) => setDescription(event.target.value)} />
        <TextArea
          label="Tags (optional)"
          placeholder="team = risk"
          hint="One a line: key = value"
          value={tagText}
          error={errors.tags}
          rows={2}
          onChange={(event) => setTagText(event.target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid" disabled={busy}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
