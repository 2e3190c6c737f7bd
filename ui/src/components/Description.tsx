import { lazy, Suspense, useState } from "react";
import styles from "./Description.module.css";
import { plainSummary } from "../lib/text";
import { Button } from "./ui/Button";
import { TextArea } from "./ui/Field";

const Markdown = lazy(() => import("./Markdown"));

interface DescriptionProps {
  text: string;
  what: string;
  editable: boolean;
  onSave: (text: string) => Promise<boolean>;
  /** Start folded to two lines. */
  folded?: boolean;
}

/** A description in Markdown, edited in place. */
export function Description({ text, what, editable, onSave, folded = false }: DescriptionProps) {
  const [draft, setDraft] = useState<string>();
  const [open, setOpen] = useState(!folded);
  if (draft !== undefined) {
    return (
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void onSave(draft.trim()).then((saved) => saved && setDraft(undefined));
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") setDraft(undefined);
        }}
      >
        <TextArea label={`Description of ${what}`} hint="Markdown" rows={5} autoFocus value={draft} onChange={(event) => setDraft(event.target.value)} />
        <div className={styles.buttons}>
          <Button type="submit" look="solid">
            Save
          </Button>
          <Button onClick={() => setDraft(undefined)}>Cancel</Button>
        </div>
      </form>
    );
  }
  if (!text) {
    return editable ? (
      <Button look="quiet" className={styles.add} onClick={() => setDraft("")}>
        Add description
      </Button>
    ) : null;
  }
  const long = folded && (text.length > 160 || text.trim().includes("\n"));
  const isShort = long && !open;
  return (
    <div className={isShort ? styles.oneLine : styles.description}>
      {isShort ? (
        <p className="truncate">{plainSummary(text)}</p>
      ) : (
        <Suspense fallback={<p className={styles.plain}>{text}</p>}>
          <Markdown text={text} />
        </Suspense>
      )}
      <div className={styles.buttons}>
        {long && (
          <Button look="quiet" className={styles.add} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Less" : "More"}
          </Button>
        )}
        {editable && (
          <Button look="quiet" className={styles.add} onClick={() => setDraft(text)}>
            Edit description
          </Button>
        )}
      </div>
    </div>
  );
}
