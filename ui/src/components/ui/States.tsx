import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "../../api/client";
import { Button } from "./Button";
import { Snippet } from "./Copy";
import styles from "./States.module.css";

/** Shows its content only when loading takes longer than 150 ms: a flash of grey says nothing. */
export function Delayed({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const handle = setTimeout(() => setDue(true), 150);
    return () => clearTimeout(handle);
  }, []);
  return due ? children : null;
}

/** Grey lines where text will be. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <Delayed>
      <div className={styles.skeleton} role="status" aria-label="Loading">
        {Array.from({ length: lines }, (_, index) => (
          <span key={index} style={{ width: `${90 - ((index * 23) % 50)}%` }} />
        ))}
      </div>
    </Delayed>
  );
}

/** What would be here, and the code that fills it. */
export function Empty({ title, children, code }: { title: string; children?: ReactNode; code?: string }) {
  return (
    <div className={styles.state}>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {code && <Snippet code={code} />}
    </div>
  );
}

export function NoMatch({ what, filter, onClear }: { what: string; filter: string; onClear: () => void }) {
  return (
    <div className={styles.state}>
      <h2>No {what} match</h2>
      <p>
        <code className={styles.filter}>{filter}</code>
      </p>
      <Button onClick={onClear}>Clear filter</Button>
    </div>
  );
}

interface FailureProps {
  error: unknown;
  what: string;
  onRetry?: () => void;
}

/** An error, in the region that failed: what the server said, its code, the request, **Retry**. */
export function Failure({ error, what, onRetry }: FailureProps) {
  const api = error instanceof ApiError ? error : undefined;
  return (
    <div className={`${styles.state} ${styles.failure}`} role="alert">
      <h2>{what} could not be loaded</h2>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {api && (
        <p className={styles.facts}>
          {api.code}
          {api.status > 0 && ` · ${api.status}`}
          {api.requestId && ` · request ${api.requestId}`}
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>Retry</Button>}
    </div>
  );
}
