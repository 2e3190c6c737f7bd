/** How times and durations are written. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

/** `2026-11-21 11:35:49.120 +01:00`, in the viewer's zone. */
export function formatExact(ms: number): string {
  const time = new Date(ms);
  if (Number.isNaN(time.getTime())) return "–";
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${formatDate(ms)} ${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}.${pad(time.getMilliseconds(), 3)} ${zone}`;
}

/** `2026-11-21`. */
export function formatDate(ms: number): string {
  const time = new Date(ms);
  return `${pad(time.getFullYear(), 4)}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** `12:03`. */
export function formatClock(ms: number): string {
  const time = new Date(ms);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

/** `just now`, `3 min ago`; the date after seven days. A clock that runs ahead reads as now. */
export function formatAgo(ms: number, now: number): string {
  const age = now - ms;
  if (age >= 7 * DAY || age < -MINUTE) return formatDate(ms);
  if (age < 10 * SECOND) return "just now";
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** `450 ms`, `3.2 s`, `6 min 48 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "–";
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(seconds, 60, "min", "s");
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, "h", "min");
  return twoUnits(Math.round(ms / HOUR), 24, "d", "h");
}

function twoUnits(value: number, base: number, large: string, small: string): string {
  const rest = value % base;
  return rest === 0 ? `${Math.floor(value / base)} ${large}` : `${Math.floor(value / base)} ${large} ${rest} ${small}`;
}
