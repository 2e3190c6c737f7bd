import type { RunStatus } from "../../api/runs";
import { formatAgo, formatExact } from "../../lib/times";
import { useNow } from "../../state/live";
import styles from "./Marks.module.css";

/** What is shown of a run's status: `LOST` is one that its client never ended. */
export type ShownStatus = RunStatus | "LOST";

const STATUS: Record<ShownStatus, { shape: string; word: string; look: string | undefined }> = {
  FINISHED: { shape: "✓", word: "finished", look: styles.ok },
  FAILED: { shape: "✕", word: "failed", look: styles.bad },
  KILLED: { shape: "■", word: "killed", look: styles.warn },
  RUNNING: { shape: "◐", word: "running", look: styles.link },
  LOST: { shape: "?", word: "lost", look: styles.warn },
  SCHEDULED: { shape: "○", word: "scheduled", look: styles.quiet },
};

const HINTS: Partial<Record<ShownStatus, string>> = {
  LOST: "lost: its process gave no sign of life any more, so the server ended it",
};

/** The status of a run: shape and colour; the word is shown, or at least said. */
export function StatusMark({ status, word = false }: { status: ShownStatus; word?: boolean }) {
  const mark = STATUS[status] ?? { shape: "?", word: status.toLowerCase(), look: styles.quiet };
  return (
    <span className={`${styles.status} ${mark.look}`} title={HINTS[status] ?? (word ? undefined : mark.word)}>
      <span aria-hidden="true" className={styles.shape}>
        {mark.shape}
      </span>
      <span className={word ? undefined : "visually-hidden"}>{mark.word}</span>
    </span>
  );
}

/** A moment: how long ago, exactly on hover. */
export function TimeAgo({ ms }: { ms: number | undefined }) {
  const now = useNow();
  if (ms === undefined) return <span className="muted">–</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatExact(ms)}>
      {formatAgo(ms, now)}
    </time>
  );
}
