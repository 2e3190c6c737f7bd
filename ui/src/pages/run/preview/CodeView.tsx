import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
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
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  return (
    <div ref={scroller} className={styles.code} tabIndex={0} role="region" aria-label="Text">
      <div className={styles.canvas} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className={styles.line} style={{ transform: `translateY(${item.start}px)` }}>
            <span aria-hidden="true">{item.index + 1}</span>
            {lines[item.index]}
          </div>
        ))}
      </div>
    </div>
  );
}
