import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError } from "../api/client";
import styles from "./FilterBox.module.css";

interface FilterBoxProps {
  /** The filter that applies. */
  value: string;
  onApply: (text: string) => void;
  /** What the server said about the filter that applies. */
  error: ApiError | undefined;
  label: string;
  placeholder: string;
}

/** The characters of an error, as indexes of JavaScript; the server counts characters, not UTF-16 units. */
function errorSlice(text: string, span: { start: number; end: number }): [before: string, wrong: string] {
  const characters = Array.from(text);
  const end = Math.max(span.end, span.start + 1);
  const wrong = characters.slice(span.start, end).join("");
  // An error at the very end has nothing to underline but the place after it.
  return [characters.slice(0, span.start).join(""), wrong || " "];
}

/** The search language in one line: Enter applies, Esc goes back to what applies; an error is underlined where it is. */
export function FilterBox({ value, onApply, error, label, placeholder }: FilterBoxProps) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const mirror = useRef<HTMLDivElement>(null);
  const history = useRef<string[]>([]);
  useEffect(() => setDraft(value), [value]);

  const apply = (text: string): void => {
    if (text.trim()) history.current = [text, ...history.current.filter((each) => each !== text)].slice(0, 50);
    onApply(text.trim());
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") apply(draft);
    else if (event.key === "Escape") {
      if (draft === value) event.currentTarget.blur();
      setDraft(value);
    } else if (event.key === "ArrowUp" && history.current.length > 0) {
      event.preventDefault();
      const at = history.current.indexOf(draft);
      setDraft(history.current[Math.min(at + 1, history.current.length - 1)] ?? draft);
    }
  };

  const shownError = error !== undefined && draft === value ? error : undefined;
  const marks = shownError?.span ? errorSlice(draft, shownError.span) : undefined;
  return (
    <div className={styles.wrap}>
      <div className={`${styles.box} ${shownError ? styles.invalid : ""}`}>
        <div ref={mirror} className={styles.mirror} aria-hidden="true">
          {marks && (
            <>
              {marks[0]}
              <mark>{marks[1]}</mark>
            </>
          )}
        </div>
        <input
          type="text"
          data-filter
          className={styles.input}
          aria-label={label}
          aria-invalid={shownError ? true : undefined}
          aria-describedby={shownError ? id : undefined}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={(event) => {
            if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
        />
        {(draft || value) && (
          <button type="button" className={styles.clear} aria-label="Clear filter" title="Clear filter" onClick={() => { setDraft(""); apply(""); }}>
            ✕
          </button>
        )}
        {draft.trim() !== value && (
          <button type="button" className={styles.apply} onClick={() => apply(draft)}>
            Apply ↵
          </button>
        )}
      </div>
      {shownError && (
        <p id={id} role="alert" className={styles.error}>
          {shownError.message}
        </p>
      )}
    </div>
  );
}
