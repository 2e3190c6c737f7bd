import type { State } from "../api/experiments";
import styles from "./StateSwitch.module.css";

const STATES: [State, string][] = [
  ["active", "Active"],
  ["trash", "Trash"],
];

/** Active things, or what is in the trash. */
export function StateSwitch({ state, onChange }: { state: State; onChange: (state: State) => void }) {
  return (
    <div className={styles.switch} role="group" aria-label="State">
      {STATES.map(([value, word]) => (
        <button key={value} type="button" aria-pressed={state === value} onClick={() => onChange(value)}>
          {word}
        </button>
      ))}
    </div>
  );
}
