import type { Decision } from "../../api/decisions";
import { formatExact } from "../../lib/times";
import { printRoute } from "../../state/routes";
import { StageBadge } from "../StageBadge";
import { actName, changeOf } from "./acts";
import styles from "./DecisionTable.module.css";

interface DecisionTableProps {
  label: string;
  events: readonly Decision[];
  /** The page is about one model, or one version: its name needs no column. */
  about?: "model" | "version";
}

/** Events of the ledger, each with who, when, what, why. */
export function DecisionTable({ label, events, about }: DecisionTableProps) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.seq}>
              Event
            </th>
            <th scope="col">Time</th>
            <th scope="col">Who</th>
            <th scope="col">Decision</th>
            {about !== "version" && <th scope="col">{about === "model" ? "Version" : "Model"}</th>}
            <th scope="col">Before → after</th>
            <th scope="col">Reason</th>
            <th scope="col">Ticket</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <Row key={event.seq} event={event} about={about} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ event, about }: { event: Decision; about: DecisionTableProps["about"] }) {
  const change = changeOf(event);
  return (
    <tr>
      <td className={styles.seq}>
        <a className={styles.link} href={`#${printRoute({ page: "decision", seq: String(event.seq) })}`}>
          #{event.seq}
        </a>
      </td>
      <td className={styles.time}>
        <time dateTime={new Date(event.time).toISOString()}>{formatExact(event.time)}</time>
      </td>
      <td>
        <Actor event={event} />
      </td>
      <td className={styles.act}>
        {actName(event.action)}
        {change.what && <code className={styles.what}>{change.what}</code>}
      </td>
      {about !== "version" && (
        <td className={styles.of} title={event.model}>
          <ModelLink event={event} short={about === "model"} />
        </td>
      )}
      <td className={styles.change}>
        <Side event={event} text={change.before} />
        {(change.before || change.after) && <span aria-label="to"> → </span>}
        <Side event={event} text={change.after} />
      </td>
      <td className={styles.reason}>{event.reason || <span className="muted">–</span>}</td>
      <td className={styles.ticket}>{event.ticket || <span className="muted">–</span>}</td>
    </tr>
  );
}

function Side({ event, text }: { event: Decision; text: string }) {
  if (!text) return null;
  if (event.action === "transition_stage") return <StageBadge stage={text} />;
  return (
    <span className={styles.side} title={text}>
      {text}
    </span>
  );
}

function ModelLink({ event, short }: { event: Decision; short: boolean }) {
  const { model, version } = event;
  if (!model || (short && !version)) return <span className="muted">–</span>;
  const path = version ? printRoute({ page: "version", name: model, version }) : printRoute({ page: "model", name: model, tab: "versions" });
  return (
    <a className={styles.link} href={`#${path}`}>
      {!short && model}
      {version && ` v${version}`}
    </a>
  );
}

const KNOWN_BY: Record<string, string> = {
  authenticated: "The server knows who it was.",
  system: "The user of the operating system.",
  claimed: "What the client said of itself: nothing proves it.",
  unknown: "The client did not say who it was.",
};

/** Who it was, and how that is known. */
export function Actor({ event }: { event: Pick<Decision, "actor" | "knownBy" | "erased"> }) {
  if (event.erased.includes("who")) return <span className="muted">erased</span>;
  return (
    <span title={KNOWN_BY[event.knownBy]}>
      {event.actor || <span className="muted">unknown</span>}
      {event.actor && event.knownBy === "claimed" && <span className={styles.claimed}> claimed</span>}
    </span>
  );
}
