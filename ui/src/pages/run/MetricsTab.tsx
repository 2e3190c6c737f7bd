import { useCallback, useMemo, useState } from "react";
import type { RunRow } from "../../api/runs";
import type { LineChartOptions } from "../../charts/LineChart";
import { MetricCard } from "../../charts/MetricCard";
import type { XAxis } from "../../charts/series";
import { Button } from "../../components/ui/Button";
import { SearchBox } from "../../components/ui/Field";
import { Empty, NoMatch } from "../../components/ui/States";
import { plural } from "../../lib/numbers";
import { navigateQuery, useLocation } from "../../state/location";
import styles from "./MetricsTab.module.css";
import { groupByPrefix, keyMatcher } from "./metricGroups";

const AXES: [XAxis, string][] = [
  ["step", "Step"],
  ["time", "Time"],
  ["relative", "Relative time"],
];

/** Every metric of a run as a chart, in sections by the prefix of its key. */
export default function MetricsTab({ run, system }: { run: RunRow; system: boolean }) {
  const { query } = useLocation();
  const search = query.get("search") ?? "";
  const axisText = query.get("x");
  const axis = AXES.find(([value]) => value === axisText)?.[0] ?? (system ? "relative" : "step");
  const smoothing = Math.min(0.99, Math.max(0, Number(query.get("smooth")) || 0));
  const log = query.get("y") === "log";
  const options = useMemo<LineChartOptions>(() => ({ axis, smoothing, log }), [axis, smoothing, log]);
  const [draft, setDraft] = useState<number>();
  const zoom = query.get("zoom");
  const range = useMemo(() => parseRange(zoom), [zoom]);
  const onRange = useCallback(
    (next: readonly [number, number] | undefined) => navigateQuery({ zoom: next?.map((end) => Number(end.toPrecision(8))).join(",") }),
    [],
  );

  const keys = useMemo(() => Object.keys(run.metrics).filter((key) => key.startsWith("system/") === system), [run.metrics, system]);
  const matcher = keyMatcher(search);
  const groups = groupByPrefix(keys.filter(matcher.test));

  if (keys.length === 0) {
    return (
      <Empty title={system ? "No system metrics" : "No metrics yet"} code={'for step in range(100):\n    mlflow.log_metric("loss", 1 / (step + 1), step=step)'}>
        Log one inside the run, and its curve appears here while it grows.
      </Empty>
    );
  }
  return (
    <div className={styles.page}>
      <div className={styles.controls}>
        <SearchBox
          label="Filter metrics"
          data-filter
          aria-invalid={matcher.broken || undefined}
          value={search}
          onChange={(event) => navigateQuery({ search: event.target.value || undefined }, { replace: true })}
        />
        <label className={styles.control}>
          X axis
          <select value={axis} onChange={(event) => navigateQuery({ x: event.target.value, zoom: undefined })}>
            {AXES.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.control}>
          Smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={draft ?? smoothing}
            onChange={(event) => {
              setDraft(Number(event.target.value));
              navigateQuery({ smooth: event.target.value === "0" ? undefined : event.target.value }, { replace: true });
            }}
          />
          <output className={styles.output}>{smoothing.toFixed(2)}</output>
        </label>
        <label className={styles.control}>
          <input type="checkbox" checked={log} onChange={(event) => navigateQuery({ y: event.target.checked ? "log" : undefined })} />
          Log scale
        </label>
        {range && (
          <Button look="quiet" onClick={() => onRange(undefined)}>
            Whole range
          </Button>
        )}
        <span className={styles.count}>{plural(keys.length, "metric")}</span>
      </div>
      {groups.length === 0 ? (
        <NoMatch what="metrics" filter={search} onClear={() => navigateQuery({ search: undefined })} />
      ) : (
        groups.map(({ prefix, keys: members }) => (
          <section key={prefix} className={styles.section} aria-label={prefix || "Metrics"}>
            {(prefix || groups.length > 1) && <h2>{prefix || "Others"}</h2>}
            <div className={styles.cards}>
              {members.map((key) => (
                <MetricCard key={key} run={run} metric={key} last={run.metrics[key]} options={options} group={run.id} range={range} onRange={onRange} />
              ))}
            </div>
          </section>
        ))
      )}
    </div>
  );
}

/** Reads `from,to`; anything else is the whole axis. */
function parseRange(text: string | undefined): readonly [number, number] | undefined {
  const [from = NaN, to = NaN] = (text ?? "").split(",").map(Number);
  return text && Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : undefined;
}
