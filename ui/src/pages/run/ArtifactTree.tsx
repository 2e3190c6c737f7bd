import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Entry, listArtifacts } from "../../api/artifacts";
import type { RunRow } from "../../api/runs";
import { Icon } from "../../components/ui/Icon";
import { Failure, Skeleton } from "../../components/ui/States";
import { formatBytes } from "../../lib/numbers";
import { navigate } from "../../state/location";
import { printRoute } from "../../state/routes";
import styles from "./ArtifactTree.module.css";

/** What is in one folder, read when it is first needed. */
export function useFolder(runId: string, path: string, enabled = true) {
  return useQuery({
    queryKey: ["artifacts", runId, path],
    queryFn: ({ signal }) => listArtifacts(runId, path, signal),
    staleTime: 10_000,
    enabled,
  });
}

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** The artifacts as a tree; folders are read when they open. */
export function ArtifactTree({ run, path }: { run: RunRow; path: string }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLUListElement>(null);
  // A link to a file opens the folders around it.
  useEffect(() => {
    if (path) setOpen((present) => new Set([...present, ...parentsOf(path)]));
  }, [path]);
  const toggle = (folder: string, wanted: boolean): void =>
    setOpen((present) => {
      const next = new Set(present);
      if (wanted) next.add(folder);
      else next.delete(folder);
      return next;
    });
  const choose = (entry: Entry): void =>
    navigate(printRoute({ page: "run", experimentId: run.experimentId, runId: run.id, tab: "artifacts", path: entry.path }));

  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])];
    const item = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]");
    if (!item) return;
    const at = items.indexOf(item);
    const expanded = item.getAttribute("aria-expanded");
    const focus = (to: HTMLElement | null | undefined): void => to?.focus();
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(items[at + 1]),
      ArrowUp: () => focus(items[at - 1]),
      Home: () => focus(items[0]),
      End: () => focus(items.at(-1)),
      ArrowRight: () => (expanded === "false" ? toggle(item.dataset.path ?? "", true) : focus(items[at + 1])),
      ArrowLeft: () =>
        expanded === "true"
          ? toggle(item.dataset.path ?? "", false)
          : focus(item.parentElement?.closest<HTMLElement>("[role=treeitem]")),
      Enter: () => item.querySelector<HTMLElement>("[data-choose]")?.click(),
      " ": () => item.querySelector<HTMLElement>("[data-choose]")?.click(),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const shared = { runId: run.id, path, open, toggle, choose };
  return (
    <ul ref={tree} role="tree" aria-label="Artifacts" className={styles.tree} onKeyDown={onKeyDown}>
      <Level {...shared} folder="" depth={1} />
    </ul>
  );
}

interface LevelProps {
  runId: string;
  path: string;
  folder: string;
  depth: number;
  open: ReadonlySet<string>;
  toggle: (folder: string, wanted: boolean) => void;
  choose: (entry: Entry) => void;
}

function Level(props: LevelProps) {
  const { runId, folder, depth, path, open, toggle, choose } = props;
  const list = useFolder(runId, folder);
  if (list.error && !list.data) {
    return (
      <li role="none">
        <Failure what="The folder" error={list.error} onRetry={() => void list.refetch()} />
      </li>
    );
  }
  if (!list.data) {
    return (
      <li role="none">
        <Skeleton lines={2} />
      </li>
    );
  }
  return list.data.map((entry, index) => {
    const isOpen = open.has(entry.path);
    const isChosen = entry.path === path;
    // One tab stop: the chosen entry, or the very first one.
    const isStop = isChosen || (path === "" && depth === 1 && index === 0);
    return (
      <li
        key={entry.path}
        role="treeitem"
        aria-level={depth}
        aria-expanded={entry.isFolder ? isOpen : undefined}
        aria-selected={isChosen}
        tabIndex={isStop ? 0 : -1}
        data-path={entry.path}
        className={styles.item}
      >
        <div
          data-choose=""
          className={styles.entry}
          style={{ paddingLeft: depth * 16 - 8 }}
          title={entry.path}
          onClick={() => {
            if (entry.isFolder) toggle(entry.path, !isOpen || !isChosen);
            choose(entry);
          }}
        >
          <span className={`${styles.arrow} ${isOpen ? styles.open : ""}`}>{entry.isFolder && <Icon name="chevron" size={12} />}</span>
          <Icon name={entry.isFolder ? "folder" : "file"} />
          <span className="truncate">{entry.name}</span>
          <span className={styles.size}>{entry.size === undefined ? "" : formatBytes(entry.size)}</span>
        </div>
        {entry.isFolder && isOpen && (
          <ul role="group">
            <Level {...props} folder={entry.path} depth={depth + 1} />
          </ul>
        )}
      </li>
    );
  });
}
