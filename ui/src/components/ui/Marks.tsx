import type { RunStatus } from "../../api/runs";
import { formatAgo, formatExact } from "../../lib/times";
import { useNow } from "../../state/live";
import styles from "./Marks.module.css";

const STATUS: Record<RunStatus, { shape: string; word: string; look: string | undefined }> = {
  FINISHED: { shape: "✓", word: "finished", look: styles.ok },
  FAILED: { shape: "✕", word: "failed", look: styles.bad },
  KILLED: { shape: "■", word: "killed", look: styles.warn },
  RUNNING: { shape: "◐", word: "running", look: styles.link },
  SCHEDULED: { shape: "○", word: "scheduled", look: styles.quiet },
};

/** The status of a run: shape and colour; the word is shown, or at least said. */
export function StatusMark({ status, word = false }: { status: RunStatus; word?: boolean }) {
  const mark = STATUS[status] ?? { shape: "?", word: status.toLowerCase(), look: styles.quiet };
  return (
    <span className={`${styles.status} ${mark.look}`} title={word ? undefined : mark.word}>
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
