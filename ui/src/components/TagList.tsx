import styles from "./TagList.module.css";

/** Tags that people set; those that the client writes for itself (`mlflow.…`) are not shown here. */
export function userTags(tags: Record<string, string>): [key: string, value: string][] {
  return Object.entries(tags)
    .filter(([key]) => !key.startsWith("mlflow."))
    .sort(([a], [b]) => a.localeCompare(b, "en"));
}

/** Tags on one line. */
export function TagList({ tags }: { tags: Record<string, string> }) {
  const shown = userTags(tags);
  if (shown.length === 0) return <span className="muted">–</span>;
  return (
    <span className={styles.tags}>
      {shown.map(([key, value]) => (
        <span key={key} className={styles.tag} title={`${key}: ${value}`}>
          {value ? `${key}: ${value}` : key}
        </span>
      ))}
    </span>
  );
}
