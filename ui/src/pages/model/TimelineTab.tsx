import { useQuery } from "@tanstack/react-query";
import { type Timeline, timelineOf } from "../../api/decisions";
import { TimelineChart } from "../../components/registry/TimelineChart";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { formatDuration, formatExact } from "../../lib/times";
import { useNow } from "../../state/live";
import { navigateQuery } from "../../state/location";
import { printRoute } from "../../state/routes";
import styles from "./TimelineTab.module.css";

/** When which version held each stage and alias: as bars, and as a table. */
export function TimelineTab({ name, at }: { name: string; at: number | undefined }) {
  const now = useNow();
  const query = useQuery({ queryKey: ["models", "timeline", name], queryFn: ({ signal }) => timelineOf(name, signal), refetchInterval: 10_000 });
  if (query.error && !query.data) return <Failure what="The timeline" error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={6} />;
  const timeline = query.data;
  const times = [...(timeline.marks ?? []).map((mark) => mark.timestamp), ...(timeline.lanes ?? []).flatMap(({ spans = [] }) => spans.map((span) => span.since))];
  if (times.length === 0) return <Empty title="Nothing decided yet">The first version that gets a stage or an alias begins the timeline.</Empty>;
  const first = Math.min(...times);
  const margin = Math.max(1000, (now - first) * 0.02);
  const [from, to] = [first - margin, now];
  return (
    <div className={styles.tab}>
      <label className={styles.slider}>
        <span className="visually-hidden">As of, between the first event and now</span>
        <input
          type="range"
          min={0}
          max={1000}
          value={at === undefined ? 1000 : Math.round(((at - from) / (to - from)) * 1000)}
          aria-valuetext={at === undefined ? "now" : formatExact(at)}
          onChange={(event) => {
            const place = Number(event.target.value);
            navigateQuery({ at: place >= 1000 ? undefined : new Date(from + ((to - from) * place) / 1000).toISOString() }, { replace: true });
          }}
        />
      </label>
      <TimelineChart timeline={timeline} from={from} to={to} at={at} />
      <SpanTable timeline={timeline} />
    </div>
  );
}

function SpanTable({ timeline }: { timeline: Timeline }) {
  const spans = (timeline.lanes ?? [])
    .flatMap(({ kind, name, spans: of = [] }) => of.map((span) => ({ ...span, place: kind === "alias" ? `@${name}` : name })))
    .sort((a, b) => b.since - a.since);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Tenures">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Version</th>
            <th scope="col">From</th>
            <th scope="col">Until</th>
            <th scope="col">For</th>
            <th scope="col">By</th>
            <th scope="col">Reason</th>
            <th scope="col">Event</th>
          </tr>
        </thead>
        <tbody>
          {spans.map((span) => (
            <tr key={`${span.place} ${span.version} ${span.since}`}>
              <th scope="row">{span.place}</th>
              <td>v{span.version}</td>
              <td className={styles.time}>{formatExact(span.since)}</td>
              <td className={styles.time}>{span.until === undefined || span.until === null ? "now" : formatExact(span.until)}</td>
              <td className={styles.time}>{formatDuration((span.until ?? Date.now()) - span.since)}</td>
              <td>{span.by || <span className="muted">–</span>}</td>
              <td className={styles.reason}>{span.reason || <span className="muted">–</span>}</td>
              <td>{span.event ? <a href={`#${printRoute({ page: "decision", seq: String(span.event) })}`}>#{span.event}</a> : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
