import { type Timeline } from "../../api/decisions";
import { formatClock, formatDate, formatDuration, formatExact } from "../../lib/times";
import { printRoute } from "../../state/routes";
import { actName } from "./acts";
import { axisTimes, type Bar, layout } from "./timeline";
import styles from "./TimelineChart.module.css";

const DAY = 86_400_000;

interface TimelineChartProps {
  timeline: Timeline;
  from: number;
  to: number;
  /** The moment that the page shows, if it is not now. */
  at: number | undefined;
}

/** Which version held each stage and alias, as bars; the events as ticks below. */
export function TimelineChart({ timeline, from, to, at }: TimelineChartProps) {
  const lanes = layout(timeline.lanes ?? [], from, to);
  const place = (time: number): string => `${Math.min(100, Math.max(0, ((time - from) / Math.max(1, to - from)) * 100))}%`;
  const moment = at !== undefined && at >= from && at <= to ? <span className={styles.at} style={{ left: place(at) }} /> : null;
  const label = (time: number): string => (to - from > 2 * DAY ? formatDate(time) : formatClock(time));
  return (
    <div className={styles.chart} role="group" aria-label="Which version held what, and when">
      {lanes.map((lane) => (
        <div key={`${lane.kind} ${lane.name}`} className={styles.lane}>
          <span className={styles.name} title={lane.kind}>
            {lane.kind === "alias" ? `@${lane.name}` : lane.name}
          </span>
          <div className={styles.rows}>
            {lane.rows.map((bars, row) => (
              <div key={row} className={styles.row}>
                {bars.map((bar) => (
                  <BarLink key={`${bar.version} ${bar.since}`} bar={bar} lane={lane.name} />
                ))}
              </div>
            ))}
            {moment}
          </div>
        </div>
      ))}
      <div className={styles.lane}>
        <span className={styles.name}>Events</span>
        <div className={styles.rows}>
          {(timeline.marks ?? [])
            .filter((mark) => mark.timestamp >= from && mark.timestamp <= to)
            .map((mark) => (
              <span
                key={mark.event}
                className={styles.mark}
                style={{ left: place(mark.timestamp) }}
                title={`#${mark.event} ${actName(mark.action)}${mark.version ? ` v${mark.version}` : ""}, ${formatExact(mark.timestamp)}${mark.by ? `, ${mark.by}` : ""}${mark.reason ? `: ${mark.reason}` : ""}`}
              />
            ))}
          {moment}
        </div>
      </div>
      <div className={styles.lane}>
        <span className={styles.name} />
        <div className={styles.axis}>
          {axisTimes(from, to, 5).map((time, index) => (
            <span key={index} style={{ left: place(time) }}>
              {label(time)}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

const LOOKS: Record<string, string | undefined> = {
  Production: styles.production,
  Staging: styles.staging,
  Archived: styles.quiet,
  None: styles.quiet,
};

/** Narrower bars have no room for the number, in per cent. */
const ROOM = 2.5;

function BarLink({ bar, lane }: { bar: Bar; lane: string }) {
  const until = bar.until === undefined ? "until now" : `until ${formatExact(bar.until)} (${formatDuration(bar.until - bar.since)})`;
  const title = `Version ${bar.version} in ${lane} from ${formatExact(bar.since)} ${until}${bar.by ? `, by ${bar.by}` : ""}${bar.reason ? `: ${bar.reason}` : ""}`;
  return (
    <a
      className={`${styles.bar} ${LOOKS[lane] ?? ""} ${bar.until === undefined ? styles.open : ""}`}
      style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
      href={`#${printRoute({ page: "decision", seq: String(bar.event) })}`}
      title={title}
      aria-label={title}
    >
      {bar.width > ROOM && <span aria-hidden="true">v{bar.version}</span>}
    </a>
  );
}
