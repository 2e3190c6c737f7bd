import { useMemo, useRef, useState } from "react";
import { useGridWindow } from "../../../components/grid/window";
import { Button } from "../../../components/ui/Button";
import styles from "./Preview.module.css";

const LINE = 20;
/** Past this many lines wrapping is off: only what is on screen is in the document, in lines of equal height. */
const MOST_WRAPPED = 2000;

/** Text with line numbers. */
export function CodeView({ text }: { text: string }) {
  const lines = useMemo(() => text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n"), [text]);
  const [wrap, setWrap] = useState(false);
  const canWrap = lines.length <= MOST_WRAPPED;
  return (
    <>
      {canWrap && (
        <div className={styles.bar}>
          <Button look="quiet" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
            {wrap ? "No wrap" : "Wrap"}
          </Button>
        </div>
      )}
      {canWrap ? <Lines lines={lines} wrap={wrap} /> : <ManyLines lines={lines} />}
    </>
  );
}

function Lines({ lines, wrap }: { lines: readonly string[]; wrap: boolean }) {
  return (
    <div className={`${styles.code} ${wrap ? styles.wrap : ""}`} tabIndex={0} role="region" aria-label="Text">
      <ol>
        {lines.map((line, index) => (
          <li key={index}>{line || "\u200b"}</li>
        ))}
      </ol>
    </div>
  );
}

function ManyLines({ lines }: { lines: readonly string[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = useGridWindow(scroller, { rowCount: lines.length, rowHeight: LINE, headerHeight: 0, starts: [], pinnedWidth: 0 });
  return (
    <div ref={scroller} className={styles.code} tabIndex={0} role="region" aria-label="Text">
      <div className={styles.canvas} style={{ height: lines.length * LINE }}>
        {lines.slice(rows.first, rows.last + 1).map((line, offset) => (
          <div key={rows.first + offset} className={styles.line} style={{ transform: `translateY(${(rows.first + offset) * LINE}px)` }}>
            <span aria-hidden="true">{rows.first + offset + 1}</span>
            {line}
          </div>
        ))}
      </div>
    </div>
  );
}
