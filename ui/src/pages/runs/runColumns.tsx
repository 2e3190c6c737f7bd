import type { TableRun } from "../../api/tables";
import type { Column } from "../../components/grid/Grid";
import { StageBadge } from "../../components/StageBadge";
import bar from "../../components/Toolbar.module.css";
import { Button } from "../../components/ui/Button";
import { copyText } from "../../components/ui/Copy";
import { StatusMark, type ShownStatus, TimeAgo } from "../../components/ui/Marks";
import { Menu, type MenuItem } from "../../components/ui/Menu";
import { Num } from "../../components/ui/Num";
import { formatCount, formatNumber, plural } from "../../lib/numbers";
import { firstLine } from "../../lib/text";
import { formatDuration } from "../../lib/times";
import { useNow } from "../../state/live";
import { printRoute } from "../../state/routes";
import { textOf } from "./cells";
import styles from "./RunsPage.module.css";
import { childCount, FEW, type Line, type RunLine } from "./lines";
import type { RunVersion } from "./useRegistered";
import type { NumberWidth } from "./useNumberWidths";
import { AGGREGATES, ATTRIBUTES, type ColumnKey, columnId, columnText, groupText, LOST, type SortKey, sortField } from "./view";

export interface RunColumnOptions {
  narrow: boolean;
  /** The runs are in the trash. */
  trash: boolean;
  group: readonly ColumnKey[];
  sort: readonly SortKey[];
  widths: ReadonlyMap<string, NumberWidth>;
  experimentNames: ReadonlyMap<string, string>;
  versions: ReadonlyMap<string, readonly RunVersion[]>;
  onToggle: (line: Line) => void;
  onRename: (run: TableRun) => void;
  onChange: (action: "delete" | "restore", run: TableRun) => void;
  onColumns: (columns: ColumnKey[]) => void;
  onSort: (sort: SortKey[]) => void;
}

/** The columns of the runs table: the pinned name first, then what is chosen. */
export function runColumns(keys: readonly ColumnKey[], options: RunColumnOptions): Column<Line>[] {
  const isGrouped = options.group.length > 0;
  const name: Column<Line> = {
    id: "name",
    title: isGrouped ? options.group.map(groupTitle).join(" · ") : "Run",
    kind: isGrouped ? "group" : undefined,
    width: options.narrow ? 220 : 292,
    sort: isGrouped ? undefined : "run_name",
    cell: (line) => <NameCell line={line} options={options} />,
  };
  // A group has no start, no user; what is left are its numbers.
  const shown = isGrouped ? keys.filter((key) => key.kind === "metric") : keys;
  return [name, ...shown.map((key) => valueColumn(key, keys, options))];
}

function groupTitle(column: ColumnKey): string {
  return column.kind === "attribute" ? (ATTRIBUTES[column.key]?.title ?? column.key) : column.key;
}

export function runPath(run: { id: string; experimentId: string }): string {
  return printRoute({ page: "run", experimentId: run.experimentId, runId: run.id, tab: "overview", path: "" });
}

export function shownStatus(run: TableRun): ShownStatus {
  return run.status === "KILLED" && textOf(run, LOST) !== undefined ? "LOST" : run.status;
}

const none = <span className="muted">–</span>;

/** A text as it was logged; an empty one is visible too. */
function Text({ value }: { value: string | undefined }) {
  if (value === undefined) return none;
  return <span title={value}>{value === "" ? '""' : value}</span>;
}

function NameCell({ line, options }: { line: Line; options: RunColumnOptions }) {
  const { onToggle } = options;
  if (line.kind === "more") return <More line={line} onToggle={onToggle} />;
  const indent = line.depth > 0 ? { marginLeft: line.depth * 20 } : undefined;
  const label = line.kind === "run" ? line.run.name : options.group.map((column) => String(line.group.values[groupText(column)] ?? "–")).join(" · ");
  const expander =
    line.isOpen === undefined ? (
      <span className={styles.leaf} style={indent} />
    ) : (
      <button
        type="button"
        tabIndex={-1}
        data-toggle=""
        style={indent}
        className={`${styles.expander} ${line.isOpen ? styles.open : ""}`}
        aria-label={`${line.isOpen ? "Close" : "Open"} ${label}`}
        onClick={() => onToggle(line)}
      />
    );
  if (line.kind === "group") {
    return (
      <>
        {expander}
        <span className="truncate" title={label}>
          {label}
        </span>
        <span className={bar.spacer} />
        <span className={styles.count} title={plural(line.group.runs, "run")}>
          {formatCount(line.group.runs)}
        </span>
      </>
    );
  }
  const { run } = line;
  // A phone has no room for both the count and the name.
  const showsCount = line.isOpen !== undefined && !options.narrow;
  const inTree = line.depth > 0 || line.isOpen !== undefined;
  const version = options.versions.get(run.id)?.[0];
  return (
    <>
      {inTree && expander}
      <StatusMark status={shownStatus(run)} />
      <a className="truncate" tabIndex={-1} href={`#${runPath(run)}`} title={run.name}>
        {run.name}
      </a>
      {showsCount && <Children run={run} />}
      <span className={bar.spacer} />
      {version && !options.narrow && (
        <a className={styles.version} tabIndex={-1} href={`#${printRoute({ page: "version", name: version.name, version: version.version })}`} title={`${version.name}, version ${version.version}, ${version.stage}`}>
          <StageBadge stage={version.stage} short={`v${version.version}`} />
        </a>
      )}
      {!options.narrow && <Menu label={`Actions for ${run.name}`} icon="dots" tabIndex={-1} className={bar.rowMenu} items={rowItems(run, options)} />}
    </>
  );
}

function rowItems(run: TableRun, { trash, onRename, onChange }: RunColumnOptions): MenuItem[] {
  if (trash) return [{ label: "Restore", icon: "restore", onSelect: () => onChange("restore", run) }];
  return [
    { label: "Rename", icon: "edit", onSelect: () => onRename(run) },
    { label: "Copy id", icon: "copy", onSelect: () => void copyText(run.id) },
    { label: "Delete", icon: "trash", danger: true, onSelect: () => onChange("delete", run) },
  ];
}

/** How many children a run has, and of what status on hover. */
function Children({ run }: { run: TableRun }) {
  const parts = Object.entries(run.children).map(([status, count]) => `${formatCount(count)} ${status.toLowerCase()}`);
  const failed = (run.children.FAILED ?? 0) > 0;
  return (
    <span className={`${styles.count} ${failed ? styles.failed : ""}`} title={`${plural(childCount(run), "child run")}: ${parts.join(", ")}`}>
      {formatCount(childCount(run))}
      <span className="visually-hidden"> child runs: {parts.join(", ")}</span>
    </span>
  );
}

function More({ line, onToggle }: { line: Extract<Line, { kind: "more" }>; onToggle: (line: Line) => void }) {
  const indent = { marginLeft: line.depth * 20 + 32 };
  if (line.state === "loading") {
    return (
      <span className="muted" style={indent}>
        Loading…
      </span>
    );
  }
  return (
    <Button look="quiet" tabIndex={-1} className={styles.more} style={indent} onClick={() => onToggle(line)}>
      {line.state === "failed" ? "Could not be loaded. Retry" : line.total ? `First ${FEW} shown. Show all ${formatCount(line.total)}` : "Show all"}
    </Button>
  );
}

function valueColumn(column: ColumnKey, all: readonly ColumnKey[], options: RunColumnOptions): Column<Line> {
  const { kind, key } = column;
  const id = columnId(column);
  const sort = sortField(column);
  const text = columnText(column);
  const menu = columnMenu(column, all, options);
  const ofRun = (cell: (line: RunLine) => React.ReactNode) => (line: Line) => (line.kind === "run" ? cell(line) : null);
  switch (kind) {
    case "metric": {
      const width = options.widths.get(id);
      const descending = options.sort.find((each) => each.field === sort)?.descending ?? true;
      const isGrouped = options.group.length > 0;
      const aggregate = column.aggregate && column.aggregate !== "last" ? column.aggregate : undefined;
      return {
        id,
        title: key,
        kind: [isGrouped ? "mean of" : undefined, aggregate ?? (isGrouped ? undefined : "metric")].filter(Boolean).join(" ") || "metric",
        sort,
        menu,
        numeric: true,
        width: Math.max(titleWidth(key, 92), numberWidth(width) + (isGrouped ? 64 : 0)),
        cell: (line) => <MetricCell line={line} text={text} width={width} descending={descending} />,
      };
    }
    case "param":
    case "tag":
      return {
        id,
        title: key,
        kind: kind === "param" ? "parameter" : "tag",
        sort,
        menu,
        width: titleWidth(key, kind === "param" ? 88 : 128),
        cell: ofRun(({ run }) => <Text value={textOf(run, text)} />),
      };
    case "attribute":
      return { id, title: ATTRIBUTES[key]?.title ?? key, sort, menu, ...attribute(key, options, ofRun) };
  }
}

interface MetricCellProps {
  line: Line;
  text: string;
  width: NumberWidth | undefined;
  descending: boolean;
}

/** A number; of a group mean and deviation; of a run without one the best of its children. */
function MetricCell({ line, text, width, descending }: MetricCellProps) {
  if (line.kind === "more") return null;
  if (line.kind === "group") {
    const values = line.group.metrics[text];
    if (!values || values.mean === null) return none;
    const range = `${plural(values.known, "run")}, from ${formatNumber(values.min ?? NaN, 6)} to ${formatNumber(values.max ?? NaN, 6)}`;
    return (
      <span title={range}>
        <Num value={values.mean} digits={width?.digits} fraction={width?.fraction} />
        {values.sd !== null && <span className={styles.deviation}>± {formatNumber(values.sd, 2)}</span>}
      </span>
    );
  }
  const cell = line.run.cells[text];
  if (typeof cell === "number") return <Num value={cell} digits={width?.digits} fraction={width?.fraction} />;
  const children = line.run.childCells[text];
  const best = descending ? children?.max : children?.min;
  if (!children || typeof best !== "number") return none;
  const name = descending ? "Highest" : "Lowest";
  return (
    <span className={styles.ofChildren} title={`${name} of ${plural(children.known, "child run")}; mean ${formatNumber(Number(children.mean), 6)}`}>
      <Num value={best} digits={width?.digits} fraction={width?.fraction} />
    </span>
  );
}

function columnMenu(column: ColumnKey, all: readonly ColumnKey[], { sort, onColumns, onSort }: RunColumnOptions): MenuItem[] {
  const id = columnId(column);
  const at = all.findIndex((each) => columnId(each) === id);
  const field = sortField(column);
  const items: MenuItem[] = [];
  const move = (by: number): void => onColumns(all.map((each, index) => (index === at ? (all[at + by] ?? each) : index === at + by ? column : each)));
  if (field) {
    const order = sort.find((each) => each.field === field);
    items.push(
      { label: "Sort descending", checked: order?.descending === true, onSelect: () => onSort([{ field, descending: true }]) },
      { label: "Sort ascending", checked: order?.descending === false, onSelect: () => onSort([{ field, descending: false }]) },
    );
  }
  if (column.kind === "metric") {
    for (const aggregate of AGGREGATES) {
      const next: ColumnKey = aggregate === "last" ? { kind: "metric", key: column.key } : { kind: "metric", key: column.key, aggregate };
      items.push({
        label: AGGREGATE_WORDS[aggregate],
        checked: (column.aggregate ?? "last") === aggregate,
        apart: aggregate === AGGREGATES[0],
        onSelect: () => {
          const ids = new Set(all.map(columnId));
          if (!ids.has(columnId(next))) onColumns(all.map((each, index) => (index === at ? next : each)));
        },
      });
    }
  }
  items.push({ label: "Hide column", apart: items.length > 0, onSelect: () => onColumns(all.filter((_, index) => index !== at)) });
  if (at > 0) items.push({ label: "Move left", onSelect: () => move(-1) });
  if (at < all.length - 1) items.push({ label: "Move right", onSelect: () => move(1) });
  return items;
}

const AGGREGATE_WORDS: Record<(typeof AGGREGATES)[number], string> = {
  last: "Last value",
  min: "Minimum",
  max: "Maximum",
  mean: "Mean",
  first: "First value",
  count: "Number of points",
};

/** Wide enough for its title, within reason. */
function titleWidth(title: string, least: number): number {
  return Math.min(220, Math.max(least, 60 + title.length * 7));
}

/** Wide enough for the numbers on screen: three digits, a sign, and the longest decimals. */
function numberWidth(width: NumberWidth | undefined): number {
  return 24 + (4 + (width?.fraction ?? 0)) * 8;
}

type OfRun = (cell: (line: RunLine) => React.ReactNode) => Column<Line>["cell"];

function attribute(key: string, options: RunColumnOptions, ofRun: OfRun): Pick<Column<Line>, "width" | "numeric" | "cell"> {
  const texts = ATTRIBUTES[key]?.columns ?? [];
  const value = (run: TableRun): string | undefined => texts.map((text) => textOf(run, text)).find((text) => text !== undefined && text !== "");
  switch (key) {
    case "started":
      return { width: 104, cell: ofRun(({ run }) => <TimeAgo ms={run.start} />) };
    case "ended":
      return { width: 120, cell: ofRun(({ run }) => <TimeAgo ms={run.end} />) };
    case "duration":
      return { width: 112, numeric: true, cell: ofRun(({ run }) => <Duration row={run} />) };
    case "status":
      return { width: 120, cell: ofRun(({ run }) => <StatusMark status={shownStatus(run)} word />) };
    case "run_id":
      return { width: 264, cell: ofRun(({ run }) => <span className="mono">{run.id}</span>) };
    case "experiment":
      return { width: 176, cell: ofRun(({ run }) => <Text value={options.experimentNames.get(run.experimentId) || run.experimentId} />) };
    case "source":
      return { width: 176, cell: ofRun(({ run }) => <Text value={baseName(value(run))} />) };
    case "commit":
      return { width: 96, cell: ofRun(({ run }) => <span className="mono">{value(run)?.slice(0, 8) ?? none}</span>) };
    case "dataset":
      return { width: 176, cell: ofRun(({ run }) => <Text value={texts.flatMap((text) => textOf(run, text) ?? []).join(" · ") || undefined} />) };
    case "models":
      return { width: 200, cell: ofRun(({ run }) => <Versions versions={options.versions.get(run.id) ?? []} />) };
    case "description":
      return { width: 240, cell: ofRun(({ run }) => <Text value={firstLine(value(run) ?? "") || undefined} />) };
    default:
      return { width: 88, cell: ofRun(({ run }) => <Text value={value(run)} />) };
  }
}

function Versions({ versions }: { versions: readonly RunVersion[] }) {
  if (versions.length === 0) return none;
  return versions.map(({ name, version, stage }) => (
    <a key={`${name} ${version}`} className={styles.version} tabIndex={-1} href={`#${printRoute({ page: "version", name, version })}`}>
      {name} <StageBadge stage={stage} short={`v${version}`} />
    </a>
  ));
}

function baseName(path: string | undefined): string | undefined {
  return path?.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** How long the run took, or has taken so far. */
export function Duration({ row }: { row: Pick<TableRun, "status" | "start" | "end"> }) {
  const now = useNow();
  const end = row.end ?? (row.status === "RUNNING" ? now : undefined);
  return row.start === undefined || end === undefined ? none : <>{formatDuration(Math.max(0, end - row.start))}</>;
}
