import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { decide, type Outcome, type Rule } from "../../api/decisions";
import { requestTransition } from "../../api/transitionRequests";
import { useDebounced } from "../../hooks/useDebounced";
import { actor } from "../../state/actor";
import { ActorField, signAs } from "../ActorField";
import { Button } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { Choice, TextArea, TextField } from "../ui/Field";
import styles from "./DecisionDialog.module.css";

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;

/** What is to be decided; what is left open is chosen in the dialog. */
export type Order =
  | { act: "stage"; version: string; to: string }
  | { act: "alias"; version: string; to?: string }
  | { act: "unalias"; version: string; to: string }
  | { act: "rollback"; to: string };

interface DecisionDialogProps {
  name: string;
  order: Order;
  /** Told what came of it, in words. */
  onDone: (done: string) => void;
  onClose: () => void;
}

const RULES: Record<string, string> = {
  reason: "A reason",
  ticket: "A ticket",
  signature: "A signature",
  clean_git: "A clean commit",
  approvals: "Approvals",
};

/** Decides where a version stands: what would come of it is shown before, rule by rule. */
export function DecisionDialog({ name, order, onDone, onClose }: DecisionDialogProps) {
  const [to, setTo] = useState(order.to ?? "");
  const [archive, setArchive] = useState(order.act === "stage");
  const [reason, setReason] = useState("");
  const [ticket, setTicket] = useState("");
  const [emergency, setEmergency] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [needed, setNeeded] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [who, setWho] = useState(actor());
  const isKnown = useRef(actor() !== "");

  const version = order.act === "rollback" ? "" : order.version;
  const canArchive = order.act === "stage" && (to === "Production" || to === "Staging");
  const wanted = {
    name,
    act: order.act,
    version,
    to: to.trim(),
    archive_existing: canArchive && archive,
    reason: reason.trim(),
    ticket: ticket.trim(),
    break_glass: emergency,
  };
  const asked = useDebounced(JSON.stringify(wanted), 200);
  const trial = useQuery({
    queryKey: ["decide", asked],
    queryFn: ({ signal }) => decide({ ...(JSON.parse(asked) as typeof wanted), dry_run: true }, signal),
    enabled: to.trim() !== "",
    retry: false,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  const outcome = trial.error ? undefined : trial.data;
  const unmet = (outcome?.checks ?? []).filter((rule) => !rule.ok);

  const asks = outcome?.needs_approval === true && !emergency && (order.act === "stage" || order.act === "alias");
  const isBlocked = unmet.length > 0 && !emergency && !asks;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!to.trim()) return setNeeded("A name is needed.");
    setBusy(true);
    setProblem(undefined);
    signAs(who);
    try {
      if (asks) {
        const { archive_existing, reason: why, ticket: where } = wanted;
        const target = order.act === "alias" ? `@${wanted.to}` : wanted.to;
        const made = await requestTransition({ name, version, to: target, archive_existing, reason: why, ticket: where });
        onDone(`Asked for approval: event #${made.seq} of the ledger`);
      } else {
        const made = await decide({ ...wanted, expected_state: outcome?.state ?? null });
        onDone(`Decided: event #${made.event?.seq ?? 0} of the ledger`);
      }
    } catch (error) {
      setProblem(error);
      setBusy(false);
      void trial.refetch();
    }
  };

  const words = wordsOf(order, to.trim());
  return (
    <Dialog title={words.title} wide onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {order.act === "stage" && (
          <>
            <Choice label="Stage" value={to} options={STAGES.map((stage) => [stage, stage])} data-autofocus onChange={setTo} />
            {canArchive && (
              <label className={styles.check}>
                <input type="checkbox" checked={archive} onChange={(event) => setArchive(event.target.checked)} />
                Archive existing versions in {to}
              </label>
            )}
          </>
        )}
        {order.act === "alias" && (
          <TextField
            label="Alias"
            placeholder="champion"
            data-autofocus
            required
            value={to}
            error={needed}
            hint={to.trim() ? `models:/${name}@${to.trim()}` : "Letters, digits, dots, dashes"}
            onChange={(event) => {
              setNeeded(undefined);
              setTo(event.target.value);
            }}
          />
        )}
        <TextArea
          label={order.act === "rollback" ? "Reason" : "Reason (kept in the ledger for good)"}
          rows={2}
          placeholder="Why this, why now"
          data-autofocus={order.act === "unalias" || order.act === "rollback" ? true : undefined}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className={styles.pair}>
          <TextField label="Ticket (optional)" placeholder="RISK-150" value={ticket} onChange={(event) => setTicket(event.target.value)} />
          {!isKnown.current && <ActorField value={who} onChange={setWho} />}
        </div>

        <section className={styles.outcome} aria-label="What would come of it" aria-live="polite">
          {trial.error ? (
            <p className={styles.bad}>{trial.error.message}</p>
          ) : !outcome ? (
            <p className="muted">{to.trim() ? "Trying it…" : "Name an alias to see what it would change."}</p>
          ) : (
            <>
              <h3>What changes</h3>
              {(outcome.effects ?? []).length === 0 ? <p className="muted">Nothing changes.</p> : (
                <ul className={styles.effects}>
                  {(outcome.effects ?? []).map((effect) => (
                    <li key={`${effect.version} ${effect.action}`}>{effect.text}</li>
                  ))}
                </ul>
              )}
              {(outcome.checks ?? []).length > 0 && (
                <>
                  <h3>What the policy asks</h3>
                  <ul className={styles.rules}>
                    {(outcome.checks ?? []).map((rule, at) => (
                      <RuleLine key={at} rule={rule} />
                    ))}
                  </ul>
                </>
              )}
              <Evidence outcome={outcome} />
            </>
          )}
        </section>
        {outcome?.needs_approval && (
          <p className={styles.note}>
            Only the approval of others is missing. Ask for it: somebody else finds the request on the pages of the model and approves or rejects it.
          </p>
        )}
        {unmet.length > 0 && (
          <label className={styles.check}>
            <input type="checkbox" checked={emergency} onChange={(event) => setEmergency(event.target.checked)} />
            Emergency: decide against the policy. Somebody else has to review it.
          </label>
        )}
        {problem !== undefined && (
          <p role="alert" className={styles.refusal}>
            <strong>{problem instanceof ApiError && problem.status === 409 ? "It moved in between. " : "Refused. "}</strong>
            {problem instanceof Error ? problem.message : String(problem)}
          </p>
        )}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid" disabled={busy || trial.error !== null || isBlocked} title={isBlocked ? "The policy is not met" : undefined}>
            {asks ? "Request approval" : words.button}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function wordsOf(order: Order, to: string): { title: string; button: string } {
  switch (order.act) {
    case "stage":
      return { title: `Move version ${order.version}`, button: `Move v${order.version} to ${to}` };
    case "alias":
      return { title: `Point an alias to version ${order.version}`, button: to ? `Point @${to} to v${order.version}` : "Point the alias" };
    case "unalias":
      return { title: `Remove the alias @${order.to}`, button: `Remove @${order.to}` };
    case "rollback":
      return { title: `Roll back ${order.to}`, button: `Roll back ${order.to}` };
  }
}

function RuleLine({ rule }: { rule: Rule }) {
  return (
    <li className={rule.ok ? styles.met : styles.unmet}>
      <span aria-hidden="true" className={styles.sign}>
        {rule.ok ? "✓" : "✕"}
      </span>
      <span>
        <strong>{RULES[rule.rule] ?? rule.rule.replace(/^metric /, "Metric ")}:</strong> <span className="visually-hidden">{rule.ok ? "met," : "not met,"}</span> {rule.found}
        {!rule.ok && rule.remedy && <span className={styles.remedy}>. {rule.remedy}</span>}
      </span>
    </li>
  );
}

/** What is kept of the version with the decision, in a line. */
function Evidence({ outcome }: { outcome: Outcome }) {
  const parts = (outcome.evidence ?? []).flatMap(({ kind, content }): string[] => {
    const count = (member: string): number => Object.keys((content[member] as object | undefined) ?? {}).length;
    if (kind === "run") return [`the run ${String(content.name ?? "")} with ${count("metrics")} metrics and ${count("params")} parameters`];
    if (kind === "manifest") return [`the digests of ${String(content.files ?? "its")} files`];
    if (kind === "policy") return ["the outcome of each rule"];
    return [];
  });
  if (parts.length === 0) return null;
  return <p className={styles.evidence}>Kept as evidence: {parts.join(", ")}.</p>;
}
