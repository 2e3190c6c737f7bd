import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { metricHistory, MOST_POINTS } from "../api/metrics";
import type { MetricPoint, RunRow } from "../api/runs";
import { Button } from "../components/ui/Button";
import { Dialog } from "../components/ui/Dialog";
import { Num } from "../components/ui/Num";
import { Failure, Skeleton } from "../components/ui/States";
import { formatCount, formatNumber, plural } from "../lib/numbers";
import { formatExact } from "../lib/times";
import { LineChart, type LineChartOptions } from "./LineChart";
import styles from "./MetricCard.module.css";
import { extremes, toSeries } from "./series";

const HEIGHT = 200;

interface MetricCardProps {
  run: RunRow;
  metric: string;
  /** The point the run knows as its last: when it changes, the history is read again. */
  last: MetricPoint | undefined;
  options: LineChartOptions;
  group: string;
}

/** One metric over time. It loads when it comes near the screen. */
export function MetricCard({ run, metric, last, options, group }: MetricCardProps) {
  const card = useRef<HTMLElement>(null);
  const near = useNear(card);
  const [table, setTable] = useState(false);
  const history = useQuery({
    queryKey: ["history", run.id, metric, last?.step, last?.timestamp, last?.value],
    queryFn: ({ signal }) => metricHistory(run.id, metric, signal),
    enabled: near,
    placeholderData: (previous) => previous,
    staleTime: 60_000,
  });
  const points = history.data;
  // Until the history is here: a last step of 0 is most often an only point.
  const isSingle = points ? points.length === 1 : last?.step === 0;
  const series = useMemo(() => toSeries(points ?? [], options.axis), [points, options.axis]);
  const ends = extremes(series);
  const description =
    `${metric}, ${plural(series.x.length, "point")}` +
    (ends ? `, lowest ${formatNumber(ends.lowest.value)}, highest ${formatNumber(ends.highest.value)}, last ${formatNumber(ends.last.value)}` : "");

  return (
    <article ref={card} className={styles.card} aria-label={metric}>
      <header className={styles.head}>
        <h3 className="truncate" title={metric}>
          {metric}
        </h3>
        {last && (
          <span className={styles.last}>
            <Num value={last.value} />
          </span>
        )}
        <Button look="quiet" className={styles.data} disabled={!points} onClick={() => setTable(true)} aria-label={`Data of ${metric}`}>
          Data
        </Button>
      </header>
      <div className={isSingle ? styles.singleBody : styles.body}>
        {history.error && !points ? (
          <Failure what="The history" error={history.error} onRetry={() => void history.refetch()} />
        ) : !points ? (
          <Skeleton lines={5} />
        ) : isSingle && points[0] ? (
          <p className={styles.single}>
            <strong>
              <Num value={points[0].value} digits={6} />
            </strong>
            <span className="muted">one point, at step {points[0].step}</span>
          </p>
        ) : (
          <LineChart series={series} options={options} description={description} height={HEIGHT} group={group} />
        )}
      </div>
      {points && (points.length >= MOST_POINTS || series.odd.length > 0) && (
        <p className={styles.note}>
          {points.length >= MOST_POINTS && `${formatCount(points.length)} points, sampled evenly. `}
          {series.odd.length > 0 && `${formatCount(series.odd.length)} NaN or infinite, ticks on the edge.`}
        </p>
      )}
      {table && points && <DataDialog metric={metric} points={points} onClose={() => setTable(false)} />}
    </article>
  );
}

function DataDialog({ metric, points, onClose }: { metric: string; points: readonly MetricPoint[]; onClose: () => void }) {
  return (
    <Dialog title={metric} wide onClose={onClose}>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={`Points of ${metric}`}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Value</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point, index) => (
              <tr key={index}>
                <td>{point.step}</td>
                <td>{String(point.value)}</td>
                <td>{formatExact(point.timestamp)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}

/** True from when the element first comes near the screen. */
function useNear(element: React.RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (near || !element.current) return;
    const watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: "200px" });
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [near, element]);
  return near;
}
