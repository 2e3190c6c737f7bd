import { call } from "./client";
import type { RequestTransition, WirePendingRequest } from "./schema";

/** Somebody asks that a version gets a stage, or an alias as `@champion`; others answer. */
export type PendingRequest = WirePendingRequest;

export async function pendingRequests(model: string, version: string, signal?: AbortSignal): Promise<PendingRequest[]> {
  return (await call("GET headrace/requests", { model: model || undefined, version: version || undefined }, signal)).requests ?? [];
}

export async function requestTransition(wanted: RequestTransition): Promise<PendingRequest> {
  return (await call("POST headrace/requests", wanted)).request;
}

export async function answerRequest(answer: "approve" | "reject" | "withdraw", seq: number, reason: string): Promise<void> {
  await call(`POST headrace/decisions/{seq}/${answer}`, { seq: String(seq), reason });
}
