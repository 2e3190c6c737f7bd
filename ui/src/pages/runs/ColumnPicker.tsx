import { useMemo, useState } from "react";
import type { RunRow } from "../../api/runs";
import { Button } from "../../components/ui/Button";
import { Dialog, DialogActions } from "../../components/ui/Dialog";
import { SearchBox } from "../../components/ui/Field";
import { formatCount } from "../../lib/numbers";
import styles from "./ColumnPicker.module.css";
import { collectKeys, type KeyFacts } from "./columns";
import { ATTRIBUTES, type ColumnKey, columnId } from "./view";

interface ColumnPickerProps {
  rows: readonly RunRow[];
  columns: readonly ColumnKey[];
  onChange: (columns: ColumnKey[] | undefined) => void;
  onClose: () => void;
}

/** Chooses the columns from every key the loaded runs have. */
export function ColumnPicker({ rows, columns, onChange, onClose }: ColumnPickerProps) {
  const [search, setSearch] = useState("");
  const keys = useMemo(() => collectKeys(rows), [rows]);
  const chosen = new Set(columns.map(columnId));
  const wanted = search.trim().toLowerCase();

  const toggle = (column: ColumnKey): void => {
    const id = columnId(column);
    onChange(chosen.has(id) ? columns.filter((each) => columnId(each) !== id) : [...columns, column]);
  };

  const section = (title: string, kind: ColumnKey["kind"], facts: (KeyFacts & { title?: string })[]) => {
    const shown = facts.filter((fact) => (fact.title ?? fact.key).toLowerCase().includes(wanted));
    if (shown.length === 0) return null;
    const all = shown.every((fact) => chosen.has(columnId({ kind, key: fact.key })));
    return (
      <fieldset className={styles.section}>
        <legend>{title}</legend>
        {shown.length > 1 && (
          <Button
            look="quiet"
            className={styles.all}
            onClick={() => {
              const ids = new Set(shown.map((fact) => columnId({ kind, key: fact.key })));
              const others = columns.filter((column) => !ids.has(columnId(column)));
              onChange(all ? others : [...others, ...shown.map((fact) => ({ kind, key: fact.key }))]);
            }}
          >
            {all ? "None of these" : `All ${formatCount(shown.length)}`}
          </Button>
        )}
        <ul>
          {shown.map((fact) => (
            <li key={fact.key}>
              <label className={styles.choice}>
                <input type="checkbox" checked={chosen.has(columnId({ kind, key: fact.key }))} onChange={() => toggle({ kind, key: fact.key })} />
                <span className="truncate" title={fact.key}>
                  {fact.title ?? fact.key}
                </span>
                {fact.runs > 0 && <span className={styles.count}>{formatCount(fact.runs)}</span>}
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
    );
  };

  const attributes = Object.entries(ATTRIBUTES).map(([key, { title }]) => ({ key, title, runs: 0, varies: true }));
  return (
    <Dialog title="Columns" wide onClose={onClose}>
      <div className={styles.top}>
        <SearchBox label="Search keys" data-autofocus value={search} onChange={(event) => setSearch(event.target.value)} />
        <span className="muted">Keys of the {formatCount(rows.length)} runs loaded, with how many have them</span>
      </div>
      <div className={styles.lists}>
        {section("Metrics", "metric", keys.metrics)}
        {section("Parameters", "param", keys.params)}
        {section("Tags", "tag", keys.tags)}
        {section("Run", "attribute", attributes)}
      </div>
      <DialogActions>
        <Button onClick={() => onChange(undefined)}>Default columns</Button>
        <Button look="solid" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
