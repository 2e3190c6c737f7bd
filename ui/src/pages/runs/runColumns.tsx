import type { RunRow } from "../../api/runs";
import type { Column } from "../../components/grid/Grid";
import bar from "../../components/Toolbar.module.css";
import { copyText } from "../../components/ui/Copy";
import { StatusMark, TimeAgo } from "../../components/ui/Marks";
import { Menu } from "../../components/ui/Menu";
import { Num } from "../../components/ui/Num";
import { firstLine } from "../../lib/text";
import { formatDuration } from "../../lib/times";
import { useNow } from "../../state/live";
import { printRoute } from "../../state/routes";
import type { NumberWidth } from "./useNumberWidths";
import { ATTRIBUTES, type ColumnKey, columnId, sortField } from "./view";

interface RunColumnOptions {
  narrow: boolean;
  widths: ReadonlyMap<string, NumberWidth>;
  experimentNames: ReadonlyMap<string, string>;
  onRename: (row: RunRow) => void;
  onChange: (action: "delete" | "restore", row: RunRow) => void;
}

/** The columns of the runs table: the pinned name first, then what is chosen. */
export function runColumns(keys: readonly ColumnKey[], options: RunColumnOptions): Column<RunRow>[] {
  const name: Column<RunRow> = {
    id: "name",
    title: "Run",
    width: options.narrow ? 208 : 256,
    sort: "run_name",
    cell: (row) => (
      <>
        <StatusMark status={row.status} />
        <a className="truncate" tabIndex={-1} href={`#${runPath(row)}`} title={row.name}>
          {row.name}
        </a>
        <span className={bar.spacer} />
        {!options.narrow && (
          <Menu
          label={`Actions for ${row.name}`}
          icon="dots"
          tabIndex={-1}
          className={bar.rowMenu}
          items={
            row.deleted
              ? [{ label: "Restore", icon: "restore", onSelect: () => options.onChange("restore", row) }]
              : [
                  { label: "Rename", icon: "edit", onSelect: () => options.onRename(row) },
                  { label: "Copy id", icon: "copy", onSelect: () => void copyText(row.id) },
                  { label: "Delete", icon: "trash", danger: true, onSelect: () => options.onChange("delete", row) },
                ]
          }
          />
        )}
      </>
    ),
  };
  return [name, ...keys.map((key) => valueColumn(key, options))];
}

function runPath(row: RunRow): string {
  return printRoute({ page: "run", experimentId: row.experimentId, runId: row.id, tab: "overview", path: "" });
}

const none = <span className="muted">–</span>;

/** A text as it was logged; an empty one is visible too. */
function Text({ value }: { value: string | undefined }) {
  if (value === undefined) return none;
  return <span title={value}>{value === "" ? '""' : value}</span>;
}

function valueColumn(column: ColumnKey, { widths, experimentNames }: RunColumnOptions): Column<RunRow> {
  const { kind, key } = column;
  const id = columnId(column);
  const sort = sortField(column);
  switch (kind) {
    case "metric": {
      const width = widths.get(id);
      return {
        id,
        title: key,
        kind: "metric",
        sort,
        numeric: true,
        width: titleWidth(key, 92),
        cell: (row) => {
          const point = row.metrics[key];
          return point ? <Num value={point.value} digits={width?.digits} fraction={width?.fraction} /> : none;
        },
      };
    }
    case "param":
      return { id, title: key, kind: "parameter", sort, width: titleWidth(key, 88), cell: (row) => <Text value={row.params[key]} /> };
    case "tag":
      return { id, title: key, kind: "tag", sort, width: titleWidth(key, 128), cell: (row) => <Text value={row.tags[key]} /> };
    case "attribute":
      return { id, title: ATTRIBUTES[key]?.title ?? key, sort, ...attribute(key, experimentNames) };
  }
}

/** Wide enough for its title, within reason. */
function titleWidth(title: string, least: number): number {
  return Math.min(220, Math.max(least, 56 + title.length * 7));
}

function attribute(key: string, names: ReadonlyMap<string, string>): Pick<Column<RunRow>, "width" | "numeric" | "cell"> {
  switch (key) {
    case "started":
      return { width: 104, cell: (row) => <TimeAgo ms={row.start} /> };
    case "ended":
      return { width: 120, cell: (row) => <TimeAgo ms={row.end} /> };
    case "duration":
      return { width: 112, numeric: true, cell: (row) => <Duration row={row} /> };
    case "status":
      return { width: 120, cell: (row) => <StatusMark status={row.status} word /> };
    case "user":
      return { width: 80, cell: (row) => <Text value={row.user || row.tags["mlflow.user"]} /> };
    case "run_id":
      return { width: 264, cell: (row) => <span className="mono">{row.id}</span> };
    case "experiment":
      return { width: 176, cell: (row) => <Text value={names.get(row.experimentId) || row.experimentId} /> };
    case "source":
      return { width: 176, cell: (row) => <Text value={baseName(row.tags["mlflow.source.name"])} /> };
    case "commit":
      return { width: 96, cell: (row) => <span className="mono">{row.tags["mlflow.source.git.commit"]?.slice(0, 8) ?? none}</span> };
    case "dataset":
      return { width: 176, cell: (row) => <Text value={row.datasets.map((dataset) => `${dataset.name} (${dataset.digest})`).join(", ") || undefined} /> };
    case "models":
      return { width: 96, numeric: true, cell: (row) => (row.models.length > 0 ? row.models.length : none) };
    default:
      return { width: 240, cell: (row) => <Text value={firstLine(row.tags["mlflow.note.content"] ?? "") || undefined} /> };
  }
}

function baseName(path: string | undefined): string | undefined {
  return path?.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** How long the run took, or has taken so far. */
export function Duration({ row }: { row: RunRow }) {
  const now = useNow();
  const end = row.end ?? (row.status === "RUNNING" ? now : undefined);
  return row.start === undefined || end === undefined ? none : <>{formatDuration(Math.max(0, end - row.start))}</>;
}
