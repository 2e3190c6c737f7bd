import { type FormEvent, useState } from "react";
import styles from "./TagEditor.module.css";
import { userTags } from "./TagList";
import { Button, IconButton } from "./ui/Button";

interface TagEditorProps {
  tags: Record<string, string>;
  editable: boolean;
  onSet: (key: string, value: string) => Promise<boolean>;
  onRemove: (key: string) => Promise<boolean>;
}

/** Tags, each edited where it stands. */
export function TagEditor({ tags, editable, onSet, onRemove }: TagEditorProps) {
  const [editing, setEditing] = useState<string>();
  const shown = userTags(tags);
  const done = (): void => setEditing(undefined);
  return (
    <ul className={styles.tags} aria-label="Tags">
      {shown.map(([key, value]) => (
        <li key={key}>
          {editing === key ? (
            <TagForm tagKey={key} value={value} onDone={done} onSet={onSet} />
          ) : (
            <span className={styles.tag}>
              <span className={styles.key}>{key}</span>
              {editable ? (
                <button type="button" className={styles.value} aria-label={`Edit tag ${key}: ${value}`} onClick={() => setEditing(key)}>
                  {value || '""'}
                </button>
              ) : (
                <span className={styles.value}>{value || '""'}</span>
              )}
              {editable && <IconButton icon="close" label={`Remove tag ${key}`} className={styles.remove} onClick={() => void onRemove(key)} />}
            </span>
          )}
        </li>
      ))}
      {editable && (
        <li>
          {editing === "" ? (
            <TagForm onDone={done} onSet={onSet} />
          ) : (
            <Button look="quiet" icon="plus" className={styles.add} onClick={() => setEditing("")}>
              Add tag
            </Button>
          )}
        </li>
      )}
    </ul>
  );
}

interface TagFormProps {
  tagKey?: string;
  value?: string;
  onSet: TagEditorProps["onSet"];
  onDone: () => void;
}

function TagForm({ tagKey, value = "", onSet, onDone }: TagFormProps) {
  const [key, setKey] = useState(tagKey ?? "");
  const [text, setText] = useState(value);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!key.trim()) return;
    if (await onSet(key.trim(), text)) onDone();
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} onKeyDown={(event) => event.key === "Escape" && onDone()}>
      {tagKey === undefined ? (
        <input aria-label="Tag key" placeholder="key" autoFocus value={key} onChange={(event) => setKey(event.target.value)} />
      ) : (
        <span className={styles.key}>{tagKey}</span>
      )}
      <input
        aria-label={tagKey === undefined ? "Tag value" : `Value of ${tagKey}`}
        placeholder="value"
        autoFocus={tagKey !== undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <IconButton type="submit" icon="check" label="Save tag" className={styles.remove} disabled={!key.trim()} />
      <IconButton icon="close" label="Cancel" className={styles.remove} onClick={onDone} />
    </form>
  );
}
