import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { metricHistory, metricSeries } from "../api/metrics";
import type { MetricPoint, RunRow } from "../api/runs";
import { Button } from "../components/ui/Button";
import { Dialog } from "../components/ui/Dialog";
import { Num } from "../components/ui/Num";
import { Failure, Skeleton } from "../components/ui/States";
import { formatCount, formatNumber, plural } from "../lib/numbers";
import { formatExact } from "../lib/times";
import { LineChart, type LineChartOptions } from "./LineChart";
import styles from "./MetricCard.module.css";
import { extremes, fromAxis, toSeries } from "./series";

const HEIGHT = 200;

interface MetricCardProps {
  run: RunRow;
  metric: string;
  /** The point the run knows as its last: when it changes, the history is read again. */
  last: MetricPoint | undefined;
  options: LineChartOptions;
  group: string;
  /** The part of the axis that all charts show. */
  range: readonly [from: number, to: number] | undefined;
  onRange: (range: readonly [from: number, to: number] | undefined) => void;
}

/** One metric over time. It loads when it comes near the screen, and what is zoomed into in detail. */
export function MetricCard({ run, metric, last, options, group, range, onRange }: MetricCardProps) {
  const card = useRef<HTMLElement>(null);
  const near = useNear(card);
  const [table, setTable] = useState(false);
  const axis = options.axis === "step" ? "step" : "time";
  const key = ["series", run.id, metric, axis, last?.step, last?.timestamp, last?.value];
  const whole = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => metricSeries(run.id, metric, { axis }, signal),
    enabled: near,
    placeholderData: (previous) => previous,
    staleTime: 60_000,
  });
  const envelope = whole.data;
  const origin = axis === "time" ? (envelope?.x[0] ?? 0) : 0;
  const [from, to] = range ?? [];
  const part = useQuery({
    queryKey: [...key, from, to, options.axis],
    queryFn: ({ signal }) => {
      const ends = [Math.floor(fromAxis(from ?? 0, options.axis, origin)), Math.ceil(fromAxis(to ?? 0, options.axis, origin))] as const;
      return metricSeries(run.id, metric, { axis, window: ends }, signal);
    },
    enabled: near && from !== undefined && envelope?.sampled === true,
    staleTime: 60_000,
  });
  const shown = range ? (part.data ?? envelope) : envelope;
  // Until it is here: a last step of 0 is most often an only point.
  const isSingle = envelope ? envelope.n === 1 : last?.step === 0;
  const series = useMemo(() => shown && toSeries(shown, options.axis, origin), [shown, options.axis, origin]);
  const ends = series && extremes(series);
  const description =
    `${metric}, ${plural(shown?.n ?? 0, "point")}` +
    (ends ? `, lowest ${formatNumber(ends.lowest)}, highest ${formatNumber(ends.highest)}, last ${formatNumber(ends.last)}` : "");

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
        <Button look="quiet" className={styles.data} disabled={!envelope} onClick={() => setTable(true)} aria-label={`Data of ${metric}`}>
          Data
        </Button>
      </header>
      <div className={isSingle ? styles.singleBody : styles.body}>
        {whole.error && !envelope ? (
          <Failure what="The history" error={whole.error} onRetry={() => void whole.refetch()} />
        ) : !envelope || !series ? (
          <Skeleton lines={5} />
        ) : isSingle && envelope.last[0] !== undefined ? (
          <p className={styles.single}>
            <strong>
              <Num value={envelope.last[0] ?? NaN} digits={6} />
            </strong>
            <span className="muted">one point, at step {last?.step ?? envelope.x[0]}</span>
          </p>
        ) : (
          <LineChart series={series} options={options} description={description} height={HEIGHT} group={group} range={range} onRange={onRange} />
        )}
      </div>
      {series && !isSingle && (shown?.sampled === true || series.odd.length > 0) && (
        <p className={styles.note}>
          {shown?.sampled && `${formatCount(shown.n)} points: each stands for several, within the band. `}
          {series.odd.length > 0 && `${formatCount(series.odd.length)} NaN or infinite, ticks on the edge.`}
        </p>
      )}
      {table && <DataDialog run={run} metric={metric} count={envelope?.n ?? 0} onClose={() => setTable(false)} />}
    </article>
  );
}

interface DataDialogProps {
  run: RunRow;
  metric: string;
  count: number;
  onClose: () => void;
}

function DataDialog({ run, metric, count, onClose }: DataDialogProps) {
  const history = useQuery({ queryKey: ["history", run.id, metric, count], queryFn: ({ signal }) => metricHistory(run.id, metric, signal) });
  const points = history.data;
  return (
    <Dialog title={metric} wide onClose={onClose}>
      {history.error ? (
        <Failure what="The points" error={history.error} onRetry={() => void history.refetch()} />
      ) : !points ? (
        <Skeleton lines={8} />
      ) : (
        <>
          {points.length < count && (
            <p className={styles.note}>
              {formatCount(points.length)} of {formatCount(count)} points, evenly sampled.
            </p>
          )}
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
        </>
      )}
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
