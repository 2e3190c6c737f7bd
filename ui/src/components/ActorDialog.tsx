import { useState } from "react";
import { actor, setActor } from "../state/actor";
import { ActorField } from "./ActorField";
import { Button } from "./ui/Button";
import { Dialog, DialogActions } from "./ui/Dialog";

/** Says who decides here. */
export function ActorDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(actor());
  return (
    <Dialog title="Who are you?" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setActor(name);
          onClose();
        }}
      >
        <ActorField value={name} onChange={setName} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid">
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
