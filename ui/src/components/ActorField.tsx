import { setActor } from "../state/actor";
import { TextField } from "./ui/Field";

/** Asks who decides. What is said is remembered in this browser. */
export function ActorField({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  return (
    <TextField
      label="Your name"
      hint="Kept with decisions, and in this browser"
      autoComplete="username"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Remembers a name that was given; an empty one changes nothing. */
export function signAs(name: string): void {
  if (name.trim()) setActor(name);
}
