import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { type KeyKind, runKeys } from "../../api/tables";
import { Button } from "../../components/ui/Button";
import { Dialog, DialogActions } from "../../components/ui/Dialog";
import { SearchBox } from "../../components/ui/Field";
import { Failure } from "../../components/ui/States";
import { useDebounced } from "../../hooks/useDebounced";
import { formatCount, plural } from "../../lib/numbers";
import styles from "./ColumnPicker.module.css";
import { ATTRIBUTES, type ColumnKey, type ColumnKind, columnId } from "./view";

/** How many keys of a kind are listed before something has to be typed. */
const LISTED = 60;
/** From this number on a count is not exact. */
const COUNTED = 1000;

const TITLES: Record<KeyKind, [title: string, kind: ColumnKind]> = {
  metrics: ["Metrics", "metric"],
  params: ["Parameters", "param"],
  tags: ["Tags", "tag"],
};

interface Choice {
  column: ColumnKey;
  title: string;
  hint?: string;
}

interface ColumnPickerProps {
  title: string;
  experimentIds: readonly string[];
  kinds: readonly KeyKind[];
  /** Names of the attributes that can be chosen. */
  attributes: readonly string[];
  columns: readonly ColumnKey[];
  onChange: (columns: ColumnKey[]) => void;
  /** What the button beside **Done** does. */
  reset: { label: string; act: () => void };
  onClose: () => void;
}

/** Chooses columns from every key that runs of the experiments have; they are fetched as one types. */
export function ColumnPicker({ title, experimentIds, kinds, attributes, columns, onChange, reset, onClose }: ColumnPickerProps) {
  const [search, setSearch] = useState("");
  const wanted = useDebounced(search.trim(), 120);
  const lists = useQueries({
    queries: kinds.map((kind) => ({
      queryKey: ["runs", "keys", experimentIds, kind, wanted],
      queryFn: ({ signal }: { signal: AbortSignal }) => runKeys(experimentIds, { kind, q: wanted, limit: LISTED }, signal),
      placeholderData: (previous: Awaited<ReturnType<typeof runKeys>> | undefined) => previous,
    })),
  });
  const sections: { title: string; choices: Choice[]; total: number }[] = kinds.map((kind, at) => {
    const [heading, of] = TITLES[kind];
    const found = lists[at]?.data;
    const choices = (found?.keys ?? []).map((fact): Choice => {
      const runs = fact.runs >= COUNTED ? `${formatCount(COUNTED)}+` : formatCount(fact.runs);
      return { column: { kind: of, key: fact.key }, title: fact.key, hint: runs };
    });
    return { title: heading, choices, total: found?.total ?? 0 };
  });
  const own = attributes.filter((key) => (ATTRIBUTES[key]?.title ?? key).toLowerCase().includes(wanted.toLowerCase()));
  sections.push({
    title: "Run",
    choices: own.map((key) => ({ column: { kind: "attribute", key }, title: ATTRIBUTES[key]?.title ?? key })),
    total: own.length,
  });
  const shown = sections.filter(({ choices }) => choices.length > 0);
  const failed = lists.find((list) => list.error && !list.data);
  const loaded = lists.every((list) => list.data);

  return (
    <Dialog title={title} wide onClose={onClose}>
      <div className={styles.top}>
        <SearchBox label="Search keys" data-autofocus value={search} onChange={(event) => setSearch(event.target.value)} />
        <span className="muted" role="status">
          {loaded && `${plural(sections.reduce((sum, { total }) => sum + total, 0), "key")}, each with the number of runs that have it`}
        </span>
      </div>
      <div className={styles.lists} tabIndex={0} role="region" aria-label="Keys">
        {failed ? (
          <Failure what="The keys" error={failed.error} onRetry={() => void failed.refetch()} />
        ) : loaded && shown.length === 0 ? (
          <p className={styles.nothing}>No key contains “{wanted}”.</p>
        ) : (
          shown.map((section) => <Section key={section.title} {...section} columns={columns} onChange={onChange} />)
        )}
      </div>
      <DialogActions>
        <Button onClick={reset.act}>{reset.label}</Button>
        <Button look="solid" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface SectionProps {
  title: string;
  choices: readonly Choice[];
  total: number;
  columns: readonly ColumnKey[];
  onChange: (columns: ColumnKey[]) => void;
}

function Section({ title, choices, total, columns, onChange }: SectionProps) {
  // Any aggregate of a metric counts: what is chosen here is the key.
  const idOf = ({ kind, key }: ColumnKey): string => columnId({ kind, key });
  const chosen = new Set(columns.map(idOf));
  const ids = new Set(choices.map(({ column }) => columnId(column)));
  const all = choices.every(({ column }) => chosen.has(columnId(column)));
  const others = columns.filter((column) => !ids.has(idOf(column)));
  const toggle = (column: ColumnKey): void => {
    const id = columnId(column);
    onChange(chosen.has(id) ? columns.filter((each) => idOf(each) !== id) : [...columns, column]);
  };
  return (
    <fieldset className={styles.section}>
      <legend>{title}</legend>
      {choices.length > 1 && (
        <Button look="quiet" className={styles.all} onClick={() => onChange(all ? others : [...others, ...choices.map(({ column }) => column)])}>
          {all ? "None of these" : `All ${formatCount(choices.length)}`}
        </Button>
      )}
      <ul>
        {choices.map(({ column, title: name, hint }) => (
          <li key={columnId(column)}>
            <label className={styles.choice}>
              <input type="checkbox" checked={chosen.has(columnId(column))} onChange={() => toggle(column)} />
              <span className="truncate" title={name}>
                {name}
              </span>
              {hint && <span className={styles.count}>{hint}</span>}
            </label>
          </li>
        ))}
      </ul>
      {total > choices.length && (
        <p className={styles.rest}>
          First {formatCount(choices.length)} of {formatCount(total)}: type to find others.
        </p>
      )}
    </fieldset>
  );
}
