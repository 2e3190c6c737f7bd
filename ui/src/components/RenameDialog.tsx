import { type FormEvent, useState } from "react";
import { Button } from "./ui/Button";
import { Dialog, DialogActions } from "./ui/Dialog";
import { TextField } from "./ui/Field";

interface RenameDialogProps {
  what: string;
  name: string;
  /** Resolves when the new name is stored; rejects with what is wrong with it. */
  onRename: (name: string) => Promise<unknown>;
  onClose: () => void;
}

export function RenameDialog({ what, name, onRename, onClose }: RenameDialogProps) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wanted = text.trim();
    if (!wanted) return setError("A name is needed.");
    if (wanted === name) return onClose();
    setBusy(true);
    try {
      await onRename(wanted);
      onClose();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Rename ${what}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <TextField label="Name" value={text} error={error} data-autofocus onChange={(event) => setText(event.target.value)} onFocus={(event) => event.target.select()} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid" disabled={busy}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
