/** Who the user says to be: written into the ledger with every decision made here, until sign-in knows better. */
import { useSyncExternalStore } from "react";

const KEY = "headrace.actor";
const listeners = new Set<() => void>();

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

let name = stored();

export function setActor(next: string): void {
  name = next.trim();
  try {
    if (name) localStorage.setItem(KEY, name);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the name lasts as long as the page.
  }
  for (const listener of [...listeners]) listener();
}

export function actor(): string {
  return name;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useActor(): string {
  return useSyncExternalStore(subscribe, actor);
}
