import { type FormEvent, useState } from "react";
import { createModel } from "../../api/registeredModels";
import { Button } from "../../components/ui/Button";
import { Dialog, DialogActions } from "../../components/ui/Dialog";
import { TextArea, TextField } from "../../components/ui/Field";

interface CreateModelDialogProps {
  onCreated: (name: string) => void;
  onClose: () => void;
}

export function CreateModelDialog({ onCreated, onClose }: CreateModelDialogProps) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (!wanted) return setProblem("A name is needed.");
    setBusy(true);
    try {
      await createModel(wanted, description.trim());
      onCreated(wanted);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Create Model" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextField label="Model name" placeholder="fraud-detector" required data-autofocus value={name} error={problem} onChange={(event) => setName(event.target.value)} />
        <TextArea label="Description (optional)" value={description} onChange={(event) => setDescription(event.target.value)} />
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
