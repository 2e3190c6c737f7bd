import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { checkFilter } from "../../api/tables";
import { useDebounced } from "../../hooks/useDebounced";
import { placeOf, replace } from "./completion";
import styles from "./FilterBox.module.css";
import { useSuggestions } from "./useSuggestions";

interface FilterBoxProps {
  /** The filter that applies. */
  value: string;
  onApply: (text: string) => void;
  /** What the server said about the filter that applies. */
  error: ApiError | undefined;
  label: string;
  placeholder: string;
  /** Where keys and values come from. */
  experimentIds: readonly string[];
  /** Texts for which it is true are no filters: a piece of a name. */
  isPlain: (text: string) => boolean;
}

interface Problem {
  message: string;
  start: number;
  end: number;
}

/** The characters of an error, as indexes of JavaScript; the server counts characters, not UTF-16 units. */
function errorSlice(text: string, span: { start: number; end: number }): [before: string, wrong: string] {
  const characters = Array.from(text);
  const end = Math.max(span.end, span.start + 1);
  const wrong = characters.slice(span.start, end).join("");
  // An error at the very end has nothing to underline but the place after it.
  return [characters.slice(0, span.start).join(""), wrong || " "];
}

/**
 * The search language in one line: Enter applies, Esc goes back to what applies; keys, operators and values are
 * offered while one types, and an error is underlined where it is.
 */
export function FilterBox({ value, onApply, error, label, placeholder, experimentIds, isPlain }: FilterBoxProps) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const nextCaret = useRef<number>(undefined);
  const history = useRef<string[]>([]);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => {
    if (nextCaret.current === undefined) return;
    input.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
  });

  const place = useMemo(() => placeOf(draft, caret), [draft, caret]);
  const found = useSuggestions(experimentIds, place, open);
  const suggestions = open ? found : [];
  useEffect(() => setActive(-1), [draft]);

  const settled = useDebounced(draft, 200);
  const check = useQuery({
    queryKey: ["filter", settled],
    queryFn: ({ signal }) => checkFilter("runs", settled, signal),
    enabled: settled.trim() !== "" && settled !== value && !isPlain(settled),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

  const apply = (text: string): void => {
    setOpen(false);
    if (text.trim()) history.current = [text, ...history.current.filter((each) => each !== text)].slice(0, 50);
    onApply(text.trim());
  };

  const accept = (text: string): void => {
    if (place.kind === "none") return;
    const next = replace(draft, place.from, place.to, text);
    setDraft(next.text);
    setCaret(next.caret);
    nextCaret.current = next.caret;
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const chosen = suggestions[active];
    if (event.key === "Enter") {
      if (chosen) accept(chosen.text);
      else apply(draft);
    } else if (event.key === "Tab" && chosen && !event.shiftKey) {
      event.preventDefault();
      accept(chosen.text);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (suggestions.length > 0) return setOpen(false);
      if (draft === value) event.currentTarget.blur();
      setDraft(value);
    } else if (event.key === "ArrowDown" && !open) {
      event.preventDefault();
      setCaret(event.currentTarget.selectionStart ?? draft.length);
      setOpen(true);
    } else if (event.key === "ArrowDown" && suggestions.length > 0) {
      event.preventDefault();
      setActive((active + 1) % suggestions.length);
    } else if (event.key === "ArrowUp" && active >= 0) {
      event.preventDefault();
      setActive(active - 1);
    } else if (event.key === "ArrowUp" && history.current.length > 0) {
      event.preventDefault();
      setOpen(false);
      const at = history.current.indexOf(draft);
      setDraft(history.current[Math.min(at + 1, history.current.length - 1)] ?? draft);
    }
  };

  const applied = error !== undefined && draft === value ? error : undefined;
  // While one types, only what is wrong before the end: the end is not written yet.
  const live = check.data?.error && settled === draft && check.data.error.start < Array.from(draft.trimEnd()).length ? check.data.error : undefined;
  const problem: Problem | undefined = applied ? { message: applied.message, ...(applied.span ?? { start: -1, end: -1 }) } : live;
  const marks = problem && problem.start >= 0 ? errorSlice(draft, problem) : undefined;
  const optionId = (at: number): string => `${id}-option-${at}`;
  return (
    <div className={styles.wrap}>
      <div className={`${styles.box} ${problem ? styles.invalid : ""}`}>
        <div ref={mirror} className={styles.mirror} aria-hidden="true">
          {marks && (
            <>
              {marks[0]}
              <mark>{marks[1]}</mark>
            </>
          )}
        </div>
        <input
          ref={input}
          type="text"
          role="combobox"
          data-filter
          className={styles.input}
          aria-label={label}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-error` : undefined}
          aria-autocomplete="list"
          aria-expanded={suggestions.length > 0}
          aria-controls={suggestions.length > 0 ? `${id}-list` : undefined}
          aria-activedescendant={active >= 0 && suggestions[active] ? optionId(active) : undefined}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={draft}
          onChange={(event) => {
            setDraft(event.target.value);
            setCaret(event.target.selectionStart ?? event.target.value.length);
            setOpen(event.target.value !== "");
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onBlur={() => setOpen(false)}
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
        {suggestions.length > 0 && (
          <ul id={`${id}-list`} role="listbox" aria-label="Suggestions" className={styles.list}>
            {suggestions.map(({ text, hint }, at) => (
              <li
                key={text}
                id={optionId(at)}
                role="option"
                aria-selected={at === active}
                className={styles.option}
                // The box keeps the focus.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => accept(text)}
              >
                <span className="truncate">{text}</span>
                {hint && <span className={styles.hint}>{hint}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
      {problem && (
        <p id={`${id}-error`} role={applied ? "alert" : "status"} className={styles.error}>
          {problem.message}
        </p>
      )}
    </div>
  );
}
