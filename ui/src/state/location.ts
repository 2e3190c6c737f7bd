/** The browser's address as React state: a path and a query, both inside the hash. */
import { useSyncExternalStore } from "react";
import { parseQuery, printQuery } from "./routes";

export interface Location {
  path: string;
  query: ReadonlyMap<string, string>;
}

let lastHash: string | undefined;
let lastLocation: Location = { path: "/", query: new Map() };

/** Splits `#/path?query`. A hash without a leading slash (an in-page anchor) is the root. */
export function parseHash(hash: string): Location {
  const text = hash.startsWith("#") ? hash.slice(1) : hash;
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.startsWith("/") ? path : "/",
    query: mark < 0 ? new Map<string, string>() : parseQuery(text.slice(mark + 1)),
  };
}

function currentLocation(): Location {
  const hash = window.location.hash;
  if (hash !== lastHash) {
    lastHash = hash;
    lastLocation = parseHash(hash);
  }
  return lastLocation;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    window.addEventListener("hashchange", announce);
    window.addEventListener("popstate", announce);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.removeEventListener("hashchange", announce);
      window.removeEventListener("popstate", announce);
    }
  };
}

function announce(): void {
  for (const listener of [...listeners]) listener();
}

export function useLocation(): Location {
  return useSyncExternalStore(subscribe, currentLocation);
}

/** Goes to a path (with its query). Typing replaces the history entry, a choice pushes one. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const hash = `#${to}`;
  if (hash === window.location.hash) return;
  if (replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  announce();
}

/** Changes entries of the present query; `undefined` removes one. */
export function navigateQuery(changes: Record<string, string | undefined>, options: { replace?: boolean } = {}): void {
  const { path, query } = currentLocation();
  const next = new Map<string, string | undefined>(query);
  for (const [key, value] of Object.entries(changes)) next.set(key, value);
  const text = printQuery(next);
  navigate(text ? `${path}?${text}` : path, options);
}
