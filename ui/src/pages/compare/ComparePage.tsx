import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { compareRuns } from "../../api/tables";
import { Page } from "../../components/Page";
import { StatusMark } from "../../components/ui/Marks";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { formatCount, plural } from "../../lib/numbers";
import type { RunStatus } from "../../api/runs";
import { navigate, navigateQuery, useLocation } from "../../state/location";
import { printRoute } from "../../state/routes";
import { IconButton } from "../../components/ui/Button";
import styles from "./ComparePage.module.css";
import { type ComparedRow, sectionsOf } from "./rows";

/** `/compare-runs`: runs side by side; only what differs, unless all is asked for. */
export default function ComparePage({ runIds }: { runIds: readonly string[] }) {
  const { query } = useLocation();
  const all = query.get("all") === "1";
  const text = runIds.join();
  const found = useQuery({ queryKey: ["runs", "compare", text], queryFn: ({ signal }) => compareRuns(runIds, signal) });
  const { data } = found;
  const sections = useMemo(() => (data ? sectionsOf(data) : []), [data]);
  const title = `Compare ${plural(runIds.length, "run")}`;
  if (!data) {
    return (
      <Page title={title}>
        <div className={styles.page}>{found.error ? <Failure what="The runs" error={found.error} onRetry={() => void found.refetch()} /> : <Skeleton lines={10} />}</div>
      </Page>
    );
  }
  const ids = data.run_id ?? [];
  if (ids.length === 0) {
    return (
      <Page title={title}>
        <Empty title="No such runs">None of the runs in the address exists here.</Empty>
      </Page>
    );
  }
  const equal = sections.reduce((sum, { rows }) => sum + rows.filter((row) => !row.varies).length, 0);
  const remove = (id: string): void => navigate(printRoute({ page: "compare", runIds: runIds.filter((each) => each !== id) }), { replace: true });
  return (
    <Page title={title} fill>
      <div className={styles.head}>
        <h1>{title}</h1>
        <label className={styles.switch}>
          <input type="checkbox" checked={!all} onChange={(event) => navigateQuery({ all: event.target.checked ? undefined : "1" })} />
          Show differences only
        </label>
        <span className="muted" role="status">
          {!all && equal > 0 && `${formatCount(equal)} equal ${equal === 1 ? "row" : "rows"} hidden`}
        </span>
      </div>
      {(data.missing ?? []).length > 0 && (
        <p className={styles.notice} role="status">
          Not there any more: <code>{(data.missing ?? []).join(", ")}</code>
        </p>
      )}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Comparison">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Run</th>
              {ids.map((id, at) => (
                <th key={id} scope="col">
                  <span className={styles.run}>
                    <StatusMark status={(data.status?.[at] ?? "FINISHED") as RunStatus} />
                    <a className="truncate" href={`#${printRoute({ page: "run", experimentId: data.experiment_id?.[at] ?? "", runId: id, tab: "overview", path: "" })}`} title={data.name?.[at]}>
                      {data.name?.[at] || id}
                    </a>
                    {ids.length > 1 && <IconButton icon="close" label={`Leave out ${data.name?.[at] || id}`} className={styles.remove} onClick={() => remove(id)} />}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          {sections.map(({ title: heading, rows }) => {
            const shown = all ? rows : rows.filter((row) => row.varies);
            if (shown.length === 0) return null;
            return (
              <tbody key={heading}>
                <tr className={styles.section}>
                  <th scope="rowgroup" colSpan={ids.length + 1}>
                    <span>{heading}</span>
                  </th>
                </tr>
                {shown.map((row) => (
                  <Row key={row.key} row={row} />
                ))}
              </tbody>
            );
          })}
        </table>
        {!all && sections.every(({ rows }) => rows.every((row) => !row.varies)) && <p className={styles.same}>These runs do not differ in any parameter, metric or tag.</p>}
      </div>
    </Page>
  );
}

function Row({ row }: { row: ComparedRow }) {
  return (
    <tr>
      <th scope="row" title={row.key}>
        {row.key}
      </th>
      {row.cells.map((cell, at) => (
        <td key={at} className={`${row.isNumeric ? styles.number : ""} ${row.varies ? "" : styles.equal}`} title={cell.full}>
          {cell.text}
        </td>
      ))}
    </tr>
  );
}
