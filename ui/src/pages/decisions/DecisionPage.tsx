import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../../api/client";
import { getDecision } from "../../api/decisions";
import { Page } from "../../components/Page";
import { actName, changeOf } from "../../components/registry/acts";
import { Actor } from "../../components/registry/DecisionTable";
import { CopyIcon } from "../../components/ui/Copy";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { formatExact } from "../../lib/times";
import { printRoute } from "../../state/routes";
import { JsonView } from "../run/preview/JsonView";
import styles from "./DecisionPage.module.css";

/** `/decisions/<n>`: one event of the ledger, with everything that was kept of it. */
export default function DecisionPage({ seq }: { seq: string }) {
  const query = useQuery({ queryKey: ["decisions", "one", seq], queryFn: ({ signal }) => getDecision(seq, signal) });
  if (query.error instanceof ApiError && query.error.isNotFound) {
    return (
      <Page title="No such decision">
        <Empty title="No such decision">
          The ledger has no event #{seq}. <a href="#/decisions">All decisions</a>
        </Empty>
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page title={`#${seq} · Decisions`}>
        <div className={styles.page}>{query.error ? <Failure what="The decision" error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={8} />}</div>
      </Page>
    );
  }
  const { event, proof } = query.data;
  const change = changeOf(event);
  const none = <span className="muted">–</span>;
  const facts: [string, ReactNode][] = [
    ["When", formatExact(event.time)],
    ["Who", <Actor key="w" event={event} />],
    [
      "What",
      <>
        {actName(event.action)} {change.what && <code>{change.what}</code>}
      </>,
    ],
    ["Model", event.model ? <a href={`#${printRoute({ page: "model", name: event.model, tab: "versions" })}`}>{event.model}</a> : none],
    ["Version", event.version ? <a href={`#${printRoute({ page: "version", name: event.model, version: event.version })}`}>Version {event.version}</a> : none],
    ["Before", change.before || (event.before ? <code>{JSON.stringify(event.before)}</code> : none)],
    ["After", change.after || (event.after ? <code>{JSON.stringify(event.after)}</code> : none)],
    ["Reason", event.reason || none],
    ["Ticket", event.ticket || none],
    ["Client", event.client || none],
    ["Request", <code key="r">{event.requestId}</code>],
  ];
  if (event.erased.length > 0) facts.push(["Erased", event.erased.join(", ")]);
  return (
    <Page title={`#${seq} ${actName(event.action)} · Decisions`}>
      <div className={styles.page}>
        <h1>
          #{seq} {actName(event.action)}
          {event.version && ` version ${event.version}`}
          {change.after && event.action === "transition_stage" && ` to ${change.after}`}
        </h1>
        <div className={styles.columns}>
          <section className={styles.card} aria-label="Event">
            <dl className={styles.facts}>
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
          <section className={styles.card} aria-label="Proof">
            <h2>Proof</h2>
            <dl className={styles.facts}>
              <Hash name="Hash" value={event.hash} />
              <Hash name="Before it" value={event.previousHash} />
              {proof?.root && <Hash name="Root" value={proof.root} />}
              {proof && (
                <div>
                  <dt>Ledger</dt>
                  <dd>
                    {proof.size} events when this was shown, {proof.path?.length ?? 0} hashes lead from the event to the root
                  </dd>
                </div>
              )}
            </dl>
          </section>
        </div>
        <section className={styles.card} aria-label="Evidence">
          <h2>Evidence</h2>
          {event.evidence ? (
            <JsonView text={JSON.stringify(event.evidence)} />
          ) : (
            <p className="muted">{event.erased.includes("evidence") ? "It was erased; its digest is still part of the hash." : "Nothing was kept with this event."}</p>
          )}
        </section>
      </div>
    </Page>
  );
}

function Hash({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code title={value}>{value ? `${value.slice(0, 16)}…` : "–"}</code> {value && <CopyIcon text={value} what={name.toLowerCase()} />}
      </dd>
    </div>
  );
}
