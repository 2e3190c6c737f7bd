import { useEffect, useSyncExternalStore } from "react";
import { connection } from "../api/client";

/** Since when the server has been silent (ms), or undefined. */
export function useSilentSince(): number | undefined {
  return useSyncExternalStore(connection.subscribe, connection.silentSince);
}

const clockListeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribeClock(listener: () => void): () => void {
  clockListeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of [...clockListeners]) each();
  }, 5000);
  return () => {
    clockListeners.delete(listener);
    if (clockListeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time now, renewed every five seconds: one clock for every "3 min ago" on the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribeClock, () => now);
}

/** Calls `tick` every `ms` while the page is visible; never twice at once. */
export function usePolling(tick: () => Promise<unknown>, ms: number, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    let stopped = false;
    let handle: ReturnType<typeof setTimeout>;
    const again = (): void => {
      handle = setTimeout(run, ms);
    };
    const run = (): void => {
      if (document.visibilityState !== "visible") return again();
      void tick()
        .catch(() => undefined) // the page says "reconnecting"; the next tick tries again
        .finally(() => {
          if (!stopped) again();
        });
    };
    again();
    return () => {
      stopped = true;
      clearTimeout(handle);
    };
  }, [tick, ms, enabled]);
}
