import { useId } from "react";
import styles from "./ModelPage.module.css";

/** Reads a moment of the address: a day, a time, or milliseconds. */
export function parseMoment(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const ms = /^\d{9,}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) ? ms : undefined;
}

/** A moment as the browser's field for it wants it, in the viewer's zone. */
export function localText(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Chooses the moment whose state the page shows. */
export function AsOf({ at, onChange }: { at: number | undefined; onChange: (at: number | undefined) => void }) {
  const id = useId();
  return (
    <div className={styles.asOf} title="Choose a time to see what held then">
      <label htmlFor={id}>As of</label>
      <input
        id={id}
        type="datetime-local"
        max="9999-12-31T23:59"
        value={at === undefined ? "" : localText(at)}
        onChange={(event) => {
          const time = new Date(event.target.value).getTime();
          onChange(Number.isFinite(time) ? time : undefined);
        }}
      />
    </div>
  );
}
