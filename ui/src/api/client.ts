/** The one door to the server: relative to the page, so that any prefix or proxy works. */
import { actor } from "../state/actor";
import type { Endpoints } from "./schema";

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** What the server answered instead of a result, or that it did not answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  /** Where in the filter the error is, in characters. */
  readonly span: { start: number; end: number } | undefined;

  constructor(
    message: string,
    details: { status: number; code: string; requestId?: string; span?: { start: number; end: number } },
  ) {
    super(message);
    this.name = "ApiError";
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.span = details.span;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}

/** Since when the server has been out of reach, or undefined while it answers. */
let silentSince: number | undefined;
const connectionListeners = new Set<() => void>();

function setReachable(reachable: boolean): void {
  const next = reachable ? undefined : (silentSince ?? Date.now());
  if (next === silentSince) return;
  silentSince = next;
  for (const listener of [...connectionListeners]) listener();
}

export const connection = {
  subscribe(listener: () => void): () => void {
    connectionListeners.add(listener);
    return () => connectionListeners.delete(listener);
  },
  silentSince: (): number | undefined => silentSince,
};

/** An address on this server, relative to the page. */
export function serverUrl(path: string, query: Query = {}): string {
  const url = new URL(path, pageUrl());
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) url.searchParams.append(key, item);
    else url.searchParams.set(key, String(value));
  }
  return url.toString();
}

/** The address that users give their scripts: where this page is, without the hash. */
export function pageUrl(): string {
  return window.location.href.replace(/[?#].*$/, "");
}

/** Calls one endpoint, as `POST mlflow/runs/search`; what goes in and comes out is typed by the server's own document. */
export async function call<E extends keyof Endpoints>(
  endpoint: E,
  values: Endpoints[E]["request"],
  signal?: AbortSignal,
): Promise<Endpoints[E]["response"]> {
  const [method = "", pattern = ""] = endpoint.split(" ");
  const rest: Record<string, unknown> = { ...values };
  const path = pattern.replace(/{(\w+)}/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const address = path.startsWith("headrace/") ? `api/1.0/${path}` : `ajax-api/2.0/${path}`;
  const response =
    method === "GET"
      ? await request(serverUrl(address, rest as Query), { signal, headers: signature() })
      : await request(serverUrl(address), {
          method,
          signal,
          headers: { "Content-Type": "application/json", ...signature() },
          body: JSON.stringify(rest),
        });
  return (await response.json()) as Endpoints[E]["response"];
}

/** Who the user says to be. A header holds ASCII alone: everything else is written in the way of RFC 8187. */
function signature(): Record<string, string> {
  return actor() ? { "X-Headrace-Actor": `UTF-8''${encodeURIComponent(actor())}` } : {};
}

/** `fetch` that throws an `ApiError` for whatever is not a success, and knows whether the server is there. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    setReachable(false);
    throw new ApiError("The server does not answer. It may be stopped, or the network is down.", {
      status: 0,
      code: "UNREACHABLE",
    });
  }
  setReachable(true);
  if (!response.ok) throw await errorFrom(response);
  return response;
}

async function errorFrom(response: Response): Promise<ApiError> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // A proxy in between may answer with text or HTML: its status line is then all there is to say.
  }
  const { start, end } = body;
  const plain = text.length < 500 && !text.includes("<") ? text : "";
  return new ApiError(String(body.message ?? body.detail ?? (plain || `The server answered ${response.status} ${response.statusText}.`)), {
    status: response.status,
    code: String(body.error_code ?? `HTTP_${response.status}`),
    requestId: response.headers.get("X-Request-Id") ?? undefined,
    span: typeof start === "number" && typeof end === "number" ? { start, end } : undefined,
  });
}
