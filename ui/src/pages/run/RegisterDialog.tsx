import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { createVersion } from "../../api/modelVersions";
import { createModel, modelTable } from "../../api/registeredModels";
import { ActorField, signAs } from "../../components/ActorField";
import { Button } from "../../components/ui/Button";
import { Dialog, DialogActions } from "../../components/ui/Dialog";
import { Choice, TextArea, TextField } from "../../components/ui/Field";
import { useDebounced } from "../../hooks/useDebounced";
import { actor } from "../../state/actor";

interface RegisterDialogProps {
  runId: string;
  /** The models of the run, as folders of its artifacts. */
  paths: readonly string[];
  onDone: (name: string, version: string) => void;
  onClose: () => void;
}

/** Registers a model of a run: as a new registered model, or as the next version of one. */
export function RegisterDialog({ runId, paths, onDone, onClose }: RegisterDialogProps) {
  const [path, setPath] = useState(paths[0] ?? "model");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [who, setWho] = useState(actor());
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wanted = useDebounced(name.trim(), 120);
  const models = useQuery({
    queryKey: ["models", "names", wanted],
    queryFn: ({ signal }) => modelTable({ q: wanted, state: "active", orderBy: "name ASC" }, undefined, signal),
    placeholderData: keepPreviousData,
  });
  const existing = models.data?.rows.find((row) => row.name === name.trim());
  const next = existing ? Number(existing.latest || 0) + 1 : 1;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const model = name.trim();
    if (!model) return setProblem("A name is needed.");
    setBusy(true);
    setProblem(undefined);
    signAs(who);
    try {
      if (!existing) await createModel(model, "");
      const version = await createVersion({ name: model, source: `runs:/${runId}/${path}`, runId, description: description.trim(), tags: {} });
      onDone(model, version);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title="Register Model" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {paths.length > 1 && <Choice label="Model of the run" value={path} options={paths.map((each) => [each, each])} onChange={setPath} />}
        <TextField
          label="Model name"
          placeholder="fraud-detector"
          required
          data-autofocus
          list="registered-names"
          value={name}
          error={problem}
          hint={!wanted ? "A new name, or one that is there" : existing ? `Becomes version ${next} of ${existing.name}` : "A new model; this is its version 1"}
          onChange={(event) => setName(event.target.value)}
        />
        <datalist id="registered-names">
          {(models.data?.rows ?? []).map((row) => (
            <option key={row.name} value={row.name} />
          ))}
        </datalist>
        <TextArea label="Description of the version (optional)" rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
        {!actor() && <ActorField value={who} onChange={setWho} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid" disabled={busy}>
            {existing ? `Register version ${next}` : "Create New Model"}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
