import { call } from "./client";
import type { Decide, DecideReply, LedgerCheckReply, TimelineReply, WireDecision, WireProof, WireRule } from "./schema";

export type Rule = WireRule;
export type Outcome = DecideReply;
export type LedgerCheck = LedgerCheckReply;
export type Timeline = TimelineReply;

/** An event of the ledger. */
export interface Decision {
  seq: number;
  time: number;
  action: string;
  model: string;
  version: string;
  /** What it set: `stage/3`, `alias/champion`. */
  slot: string;
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown> | undefined;
  actor: string;
  /** How the actor is known: `authenticated`, `system`, `claimed`, `unknown`. */
  knownBy: string;
  reason: string;
  ticket: string;
  client: string;
  requestId: string;
  evidence: Record<string, unknown> | undefined;
  erased: string[];
  hash: string;
  previousHash: string;
}

function decisionOf(event: WireDecision): Decision {
  return {
    seq: event.seq ?? 0,
    time: event.timestamp ?? 0,
    action: event.action ?? "",
    model: event.name ?? "",
    version: event.version ?? "",
    slot: event.slot ?? "",
    before: event.before ?? undefined,
    after: event.after ?? undefined,
    actor: event.actor ?? "",
    knownBy: event.known_by ?? "unknown",
    reason: event.reason ?? "",
    ticket: event.ticket ?? "",
    client: event.client ?? "",
    requestId: event.request_id ?? "",
    evidence: event.evidence ?? undefined,
    erased: event.erased ?? [],
    hash: event.hash ?? "",
    previousHash: event.previous_hash ?? "",
  };
}

export interface DecisionSearch {
  model?: string;
  version?: string;
  actor?: string;
  act?: readonly string[];
  /** Days, times with their offset, or milliseconds; both included. */
  since?: string;
  until?: string;
}

export interface DecisionPage {
  events: Decision[];
  next: string | undefined;
}

export async function searchDecisions(search: DecisionSearch, token: string | undefined, signal?: AbortSignal): Promise<DecisionPage> {
  const reply = await call(
    "GET headrace/decisions",
    {
      model: search.model || undefined,
      version: search.version || undefined,
      actor: search.actor || undefined,
      act: search.act?.length ? [...search.act] : undefined,
      since: search.since || undefined,
      until: search.until || undefined,
      max_results: 100,
      page_token: token,
    },
    signal,
  );
  return { events: (reply.events ?? []).map(decisionOf), next: reply.next_page_token || undefined };
}

export async function getDecision(seq: string, signal?: AbortSignal): Promise<{ event: Decision; proof: WireProof | undefined }> {
  const reply = await call("GET headrace/decisions/{seq}", { seq }, signal);
  return { event: decisionOf(reply.event), proof: reply.proof ?? undefined };
}

/** Walks the whole ledger, and compares the registry with it. */
export function verifyLedger(signal?: AbortSignal): Promise<LedgerCheck> {
  return call("GET headrace/decisions/verify", { state: true }, signal);
}

export function timelineOf(name: string, signal?: AbortSignal): Promise<Timeline> {
  return call("GET headrace/models/{name}/timeline", { name }, signal);
}

/** Makes a decision, or tries what would come of it (`dry_run`). */
export function decide(order: Decide, signal?: AbortSignal): Promise<Outcome> {
  return call("POST headrace/decisions", order, signal);
}
