import { useMemo, useState } from "react";
import { formatCount, plural } from "../../../lib/numbers";
import { CodeView } from "./CodeView";
import styles from "./Preview.module.css";

/** How many members of one object or list are shown before it asks. */
const MOST = 200;

/** JSON as a tree that folds. What is no valid JSON (cut, or JSON lines) is shown as text. */
export function JsonView({ text }: { text: string }) {
  const parsed = useMemo<{ value: unknown } | undefined>(() => {
    try {
      return { value: JSON.parse(text) };
    } catch {
      return undefined;
    }
  }, [text]);
  if (!parsed) return <CodeView text={text} />;
  return (
    <div className={styles.json} tabIndex={0} role="region" aria-label="JSON">
      <Node value={parsed.value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const [open, setOpen] = useState(depth < 2);
  const [all, setAll] = useState(false);
  const label = name === undefined ? null : <span className={styles.key}>{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className={styles.leaf}>
        {label}
        <span className={typeof value === "string" ? styles.string : styles.literal}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const shown = all ? entries : entries.slice(0, MOST);
  return (
    <div>
      <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? "▾" : "▸"}</span> {label}
        <span className="muted">
          {isList ? `[ ${plural(entries.length, "item")} ]` : `{ ${plural(entries.length, "key")} }`}
        </span>
      </button>
      {open && (
        <div className={styles.children}>
          {shown.map(([key, each]) => (
            <Node key={key} name={isList ? key : JSON.stringify(key)} value={each} depth={depth + 1} />
          ))}
          {shown.length < entries.length && (
            <button type="button" className={styles.fold} onClick={() => setAll(true)}>
              Show all {formatCount(entries.length)}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
