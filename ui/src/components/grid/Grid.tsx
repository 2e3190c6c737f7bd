import {
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { Icon } from "../ui/Icon";
import { Menu, type MenuItem } from "../ui/Menu";
import { navigate } from "../../state/location";
import styles from "./Grid.module.css";
import { type CellPosition, moveCell } from "./navigation";
import { coverage, extend, type Selection, toggle, toggleAll } from "./selection";
import { scrollDelta, useGridWindow } from "./window";

export interface Column<Row> {
  id: string;
  title: string;
  /** What kind of thing it is, over the title: "metric", "param". */
  kind?: string;
  width: number;
  numeric?: boolean;
  /** The field the server sorts by; absent when it cannot. */
  sort?: string;
  /** What else can be done with it. */
  menu?: MenuItem[];
  cell: (row: Row) => ReactNode;
}

export interface GridSort {
  field: string;
  descending: boolean;
}

export interface GridTree<Row> {
  /** From 0. */
  depth: (row: Row) => number;
  /** Undefined: nothing is below it. */
  isOpen: (row: Row) => boolean | undefined;
  onToggle: (row: Row) => void;
}

interface GridProps<Row> {
  /** Accessible name, as "Runs". */
  label: string;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** What the row is called, for "Select run amber-trout-415". */
  rowName: (row: Row) => string;
  /** Where Enter goes: a path of the UI; undefined where it opens what is below the row. */
  rowPath: (row: Row) => string | undefined;
  /** Rows below others; absent in a flat table. */
  tree?: GridTree<Row>;
  /** Rows for which it is false have no box. */
  isSelectable?: (row: Row) => boolean;
  /** Rows that are only there for the sake of others. */
  isDim?: (row: Row) => boolean;
  /** The first column stays in place while the others scroll sideways. */
  columns: readonly Column<Row>[];
  hasMore: boolean;
  loading: boolean;
  onNeedMore: () => void;
  sort: readonly GridSort[];
  onSort: (field: string, additive: boolean) => void;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onDelete?: () => void;
  /** The rows are from before: dimmed until the new ones are here. */
  dimmed?: boolean;
  scroller?: RefObject<HTMLDivElement | null>;
  /** As high as its rows, instead of filling the page. */
  compact?: boolean;
  /** How many rows there are in all, as far as it is known. */
  total?: number;
  /** Told which rows are on screen, as indexes. */
  onVisible?: (first: number, last: number) => void;
}

const ROW = 32;
const HEADER = 44;
/** How many rows before the end of what is loaded the next page is asked for. */
const AHEAD = 400;
const PLACEHOLDERS = 12;

/**
 * A table of any size. Only what is on screen is in the document, in both directions; one tab stop, cell focus
 * by keys, and the row and column numbers of the whole set for screen readers.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, columns, hasMore, loading, onNeedMore, selection, onSelect, rowId } = props;
  const own = useRef<HTMLDivElement>(null);
  const scroller = props.scroller ?? own;
  const id = useId();
  const [active, setActive] = useState<CellPosition>({ row: 0, column: 0 });
  const anchor = useRef<string | undefined>(undefined);
  const ids = useMemo(() => rows.map(rowId), [rows, rowId]);
  const { isSelectable, tree } = props;
  const selectable = useMemo(() => (isSelectable ? rows.filter(isSelectable).map(rowId) : ids), [isSelectable, rows, rowId, ids]);
  const placeholders = hasMore || (loading && rows.length === 0) ? PLACEHOLDERS : 0;
  const pinned = columns[0];
  const pinnedWidth = pinned?.width ?? 0;

  const starts = useMemo(() => {
    let left = 0;
    return columns.map(({ width }) => {
      left += width;
      return left - width;
    });
  }, [columns]);
  const width = (starts.at(-1) ?? 0) + (columns.at(-1)?.width ?? 0);
  const lineCount = rows.length + placeholders;
  const shown = useGridWindow(scroller, { rowCount: lineCount, rowHeight: ROW, headerHeight: HEADER, starts, pinnedWidth });

  const { first: firstLine, last: lastLine } = shown.rows;
  useEffect(() => {
    if (hasMore && !loading && lastLine > rows.length - AHEAD) onNeedMore();
  }, [hasMore, loading, lastLine, rows.length, onNeedMore]);

  const { onVisible } = props;
  useEffect(() => onVisible?.(firstLine, lastLine), [onVisible, firstLine, lastLine]);

  // The row under the focus may be gone after a filter.
  const focus: CellPosition = {
    row: Math.min(active.row, rows.length - 1),
    column: Math.min(active.column, columns.length - 1),
  };
  const cellId = (row: number, column: number): string => `${id}-${row}-${column}`;

  const goTo = (to: CellPosition): void => {
    setActive(to);
    const element = scroller.current;
    if (!element) return;
    if (to.row >= 0) {
      const top = element.scrollTop;
      element.scrollTop = top + scrollDelta(HEADER + to.row * ROW, ROW, top + HEADER, top + element.clientHeight);
    }
    if (to.column > 0) {
      const left = element.scrollLeft;
      const start = starts[to.column] ?? 0;
      element.scrollLeft = left + scrollDelta(start, columns[to.column]?.width ?? 0, left + pinnedWidth, left + element.clientWidth);
    }
  };

  const selectRow = (row: Row, range: boolean): void => {
    const target = rowId(row);
    if (isSelectable?.(row) === false) return;
    onSelect(range ? extend(selection, selectable, anchor.current, target) : toggle(selection, target));
    anchor.current = target;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    const row = rows[focus.row];
    if ((event.altKey && event.key === "ArrowDown") || event.key === "ContextMenu") {
      // The menu of a header, or of a row.
      const cell = document.getElementById(cellId(focus.row, focus.row < 0 ? focus.column : 0));
      const button = cell?.querySelector<HTMLElement>("[aria-haspopup=menu]");
      if (!button) return;
      event.preventDefault();
      return button.click();
    }
    if (event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const isOpen = row && tree ? tree.isOpen(row) : undefined;
    if (row && focus.column === 0 && ((event.key === "ArrowRight" && isOpen === false) || (event.key === "ArrowLeft" && isOpen === true))) {
      event.preventDefault();
      return tree?.onToggle(row);
    }
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEADER) / ROW) - 1);
    const to = moveCell(focus, event.key, control, { rows: rows.length, columns: columns.length, page });
    if (to) {
      event.preventDefault();
      if (event.shiftKey && to.row !== focus.row && row) {
        anchor.current ??= rowId(row);
        const target = rows[to.row];
        if (target) onSelect(extend(selection, selectable, rowId(row), rowId(target)));
      }
      return goTo(to);
    }
    if (event.key === " ") {
      event.preventDefault();
      if (row) selectRow(row, event.shiftKey);
      else onSelect(toggleAll(selection, selectable));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (row) {
        const path = props.rowPath(row);
        if (path === undefined) tree?.onToggle(row);
        else if (control) window.open(`#${path}`, "_blank", "noopener");
        else navigate(path);
      } else {
        const field = columns[focus.column]?.sort;
        if (field) props.onSort(field, event.shiftKey);
      }
    } else if (event.key.toLowerCase() === "a" && control) {
      event.preventDefault();
      onSelect(new Set([...selection, ...selectable]));
    } else if (event.key === "Escape" && selection.size > 0) {
      event.preventDefault();
      onSelect(new Set());
    } else if (event.key === "Delete" && selection.size > 0 && props.onDelete) {
      event.preventDefault();
      props.onDelete();
    }
  };

  // Handlers stay the same between renders, so that rows are drawn again only when they change.
  const latest = useRef({ selectRow, setActive });
  latest.current = { selectRow, setActive };
  const onRowClick = useRef((event: MouseEvent, row: Row, at: number) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-column]") : null;
    latest.current.setActive({ row: at, column: Number(cell?.dataset.column ?? 0) });
    // Boxes and arrows are no tab stops of their own: the keys belong to the grid.
    if (!(event.target instanceof Element && event.target.closest("a, button:not([data-toggle])"))) {
      event.currentTarget.closest<HTMLElement>("[role$=grid]")?.focus({ preventScroll: true });
    }
    if (event.target instanceof Element && event.target.closest("[data-select]")) {
      latest.current.selectRow(row, event.shiftKey);
    } else if (event.shiftKey && !(event.target instanceof Element && event.target.closest("a, button"))) {
      latest.current.selectRow(row, true);
    }
  });

  const { first, last } = shown.columns;
  const covered = useMemo(() => coverage(selection, selectable), [selection, selectable]);

  return (
    <div
      ref={scroller}
      className={`${styles.scroller} ${props.compact ? styles.compact : ""}`}
      role={tree ? "treegrid" : "grid"}
      tabIndex={0}
      aria-label={props.label}
      aria-multiselectable
      aria-busy={loading}
      aria-rowcount={props.total !== undefined ? props.total + 1 : hasMore || (loading && rows.length === 0) ? -1 : rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={cellId(focus.row, focus.column)}
      onKeyDown={onKeyDown}
    >
      <div className={styles.canvas} style={{ height: HEADER + lineCount * ROW, width }}>
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={styles.headRow} style={{ height: HEADER }}>
            {pinned && (
              <HeaderCell column={pinned} at={0} left={undefined} {...headerProps(pinned)}>
                <span className={styles.box} data-select="">
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={`Select all ${props.label.toLowerCase()} loaded`}
                    checked={covered === "all" && selectable.length > 0}
                    disabled={selectable.length === 0}
                    ref={(box) => {
                      if (box) box.indeterminate = covered === "some";
                    }}
                    onChange={() => onSelect(toggleAll(selection, selectable))}
                  />
                </span>
              </HeaderCell>
            )}
            {columns.slice(first, last + 1).map((column, index) => {
              const at = first + index;
              return <HeaderCell key={column.id} column={column} at={at} left={starts[at]} {...headerProps(column)} />;
            })}
          </div>
        </div>
        <div role="rowgroup" className={props.dimmed ? styles.dimmed : undefined}>
          {Array.from({ length: Math.max(0, lastLine - firstLine + 1) }, (_, offset) => {
            const at = firstLine + offset;
            const row = rows[at];
            const top = HEADER + at * ROW;
            if (row === undefined) return <Placeholder key={`p${at}`} top={top} width={pinnedWidth} />;
            const key = ids[at] ?? "";
            return (
              <GridRow
                key={key}
                row={row}
                name={props.rowName(row)}
                at={at}
                top={top}
                columns={columns as readonly Column<unknown>[]}
                starts={starts}
                first={first}
                last={last}
                selected={selection.has(key)}
                selectable={isSelectable?.(row) !== false}
                dim={props.isDim?.(row) === true}
                depth={tree?.depth(row)}
                open={tree?.isOpen(row)}
                activeColumn={focus.row === at ? focus.column : -1}
                idPrefix={id}
                onClick={onRowClick.current as RowClick}
              />
            );
          })}
        </div>
      </div>
    </div>
  );

  function headerProps(column: Column<Row>) {
    const at = columns.indexOf(column);
    const order = column.sort === undefined ? undefined : props.sort.find((key) => key.field === column.sort);
    return {
      id: cellId(-1, at),
      active: focus.row === -1 && focus.column === at,
      order,
      rank: order && props.sort.length > 1 ? props.sort.indexOf(order) + 1 : undefined,
      onSort: (event: MouseEvent) => {
        setActive({ row: -1, column: at });
        if (column.sort) props.onSort(column.sort, event.shiftKey);
      },
    };
  }
}

interface HeaderCellProps {
  column: Omit<Column<never>, "cell">;
  at: number;
  left: number | undefined;
  id: string;
  active: boolean;
  order: GridSort | undefined;
  rank: number | undefined;
  onSort: (event: MouseEvent) => void;
  children?: ReactNode;
}

function HeaderCell({ column, at, left, id, active, order, rank, onSort, children }: HeaderCellProps) {
  const title = (
    <>
      <span className="truncate">{column.title}</span>
      {order && <Icon name={order.descending ? "arrowDown" : "arrowUp"} size={12} />}
      {rank !== undefined && <span className={styles.rank}>{rank}</span>}
    </>
  );
  return (
    <div
      role="columnheader"
      id={id}
      aria-colindex={at + 1}
      aria-sort={order ? (order.descending ? "descending" : "ascending") : column.sort ? "none" : undefined}
      className={`${styles.headCell} ${at === 0 ? styles.pinned : ""} ${column.numeric ? styles.numeric : ""} ${active ? styles.active : ""}`}
      style={{ left, width: column.width, height: HEADER - 1 }}
    >
      {children}
      <div className={styles.headText}>
        {column.kind && <span className={styles.kind}>{column.kind}</span>}
        {column.sort ? (
          <button type="button" tabIndex={-1} className={styles.sort} title={column.title} onClick={onSort}>
            {title}
          </button>
        ) : (
          <span className={styles.sort} title={column.title}>
            {title}
          </span>
        )}
      </div>
      {column.menu && <Menu label={`Column ${column.title}`} icon="chevronDown" tabIndex={-1} className={styles.headMenu} items={column.menu} />}
    </div>
  );
}

type RowClick = (event: MouseEvent, row: unknown, at: number) => void;

interface GridRowProps {
  row: unknown;
  name: string;
  at: number;
  top: number;
  columns: readonly Column<unknown>[];
  starts: readonly number[];
  first: number;
  last: number;
  selected: boolean;
  selectable: boolean;
  dim: boolean;
  depth: number | undefined;
  open: boolean | undefined;
  activeColumn: number;
  idPrefix: string;
  onClick: RowClick;
}

const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, columns, at, idPrefix, activeColumn } = props;
  const cell = (column: Column<unknown>, index: number): ReactNode => (
    <div
      key={column.id}
      role={index === 0 ? "rowheader" : "gridcell"}
      id={`${idPrefix}-${at}-${index}`}
      data-column={index}
      aria-colindex={index + 1}
      className={`${styles.cell} ${index === 0 ? styles.pinned : ""} ${column.numeric ? styles.numeric : ""} ${
        index === activeColumn ? styles.active : ""
      }`}
      style={{ left: index === 0 ? undefined : props.starts[index], width: column.width }}
    >
      {index === 0 && !props.selectable && <span className={styles.box} />}
      {index === 0 && props.selectable && (
        <span className={styles.box} data-select="">
          <input type="checkbox" tabIndex={-1} aria-label={`Select ${props.name}`} checked={props.selected} readOnly />
        </span>
      )}
      {column.cell(row)}
    </div>
  );
  const pinned = columns[0];
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      aria-selected={props.selectable ? props.selected : undefined}
      aria-level={props.depth === undefined ? undefined : props.depth + 1}
      aria-expanded={props.open}
      className={`${styles.row} ${props.dim ? styles.dimRow : ""}`}
      style={{ transform: `translateY(${props.top}px)`, height: ROW }}
      onClick={(event) => props.onClick(event, row, at)}
    >
      {pinned && cell(pinned, 0)}
      {columns.slice(props.first, props.last + 1).map((column, index) => cell(column, props.first + index))}
    </div>
  );
});

function Placeholder({ top, width }: { top: number; width: number }) {
  return (
    <div className={styles.row} style={{ transform: `translateY(${top}px)`, height: ROW }} aria-hidden="true">
      <span className={`${styles.ghost} ${styles.pinned}`} style={{ width: width - 64 }} />
    </div>
  );
}
