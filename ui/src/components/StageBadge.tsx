import styles from "./StageBadge.module.css";

const LOOKS: Record<string, string | undefined> = {
  Production: styles.production,
  Staging: styles.staging,
  Archived: styles.archived,
};

/** Stages that need no word beside the number of a version. */
const QUIET = new Set(["None", "Archived"]);

interface StageBadgeProps {
  stage: string;
  /** The number of the version: `v3`. Only a stage in use is then written out. */
  short?: string;
}

/** The stage of a version: a word, never a colour alone. */
export function StageBadge({ stage, short }: StageBadgeProps) {
  return (
    <span className={`${styles.badge} ${LOOKS[stage] ?? styles.none}`}>
      {short}
      {short && QUIET.has(stage) ? <span className="visually-hidden"> {stage}</span> : `${short ? " " : ""}${stage}`}
    </span>
  );
}
