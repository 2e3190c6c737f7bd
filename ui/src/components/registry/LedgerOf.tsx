import { useInfiniteQuery } from "@tanstack/react-query";
import { type DecisionSearch, searchDecisions } from "../../api/decisions";
import { Button } from "../ui/Button";
import { Empty, Failure, NoMatch, Skeleton } from "../ui/States";
import { DecisionTable } from "./DecisionTable";
import styles from "./LedgerOf.module.css";

interface LedgerOfProps {
  search: DecisionSearch;
  about?: "model" | "version";
  /** Clears the filters, where there are some. */
  onClear?: () => void;
}

/** The events of the ledger that match, the newest first. */
export function LedgerOf({ search, about, onClear }: LedgerOfProps) {
  const list = useInfiniteQuery({
    queryKey: ["decisions", search],
    queryFn: ({ pageParam, signal }) => searchDecisions(search, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
  });
  const events = list.data?.pages.flatMap((page) => page.events);
  if (list.error && !list.data) return <Failure what="The decisions" error={list.error} onRetry={() => void list.refetch()} />;
  if (!events) return <Skeleton lines={8} />;
  if (events.length === 0 && onClear) return <NoMatch what="decisions" filter={filterText(search)} onClear={onClear} />;
  if (events.length === 0) return <Empty title="Nothing decided yet">Every change of the registry is kept here: who, when, what, why.</Empty>;
  return (
    <div className={styles.list}>
      <DecisionTable label="Decisions" events={events} about={about} />
      {list.hasNextPage && (
        <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? "Loading…" : "Show older ones"}
        </Button>
      )}
    </div>
  );
}

function filterText(search: DecisionSearch): string {
  return Object.entries(search)
    .filter(([, value]) => value !== undefined && String(value) !== "")
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(", ");
}
