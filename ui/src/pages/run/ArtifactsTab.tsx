import { lazy, Suspense } from "react";
import { artifactUrl } from "../../api/artifacts";
import type { RunRow } from "../../api/runs";
import { CopyIcon } from "../../components/ui/Copy";
import { Icon } from "../../components/ui/Icon";
import { Empty, Skeleton } from "../../components/ui/States";
import { formatBytes } from "../../lib/numbers";
import { printRoute } from "../../state/routes";
import { ArtifactTree, useFolder } from "./ArtifactTree";
import styles from "./ArtifactsTab.module.css";

const Preview = lazy(() => import("./preview/Preview"));

/** The files of a run: a tree, and what the chosen one holds. The path is part of the address. */
export default function ArtifactsTab({ run, path }: { run: RunRow; path: string }) {
  const root = useFolder(run.id, "");
  if (root.data?.length === 0) {
    return (
      <Empty title="No artifacts" code={'mlflow.log_artifact("confusion_matrix.png")\nmlflow.log_text("notes", "notes.txt")'}>
        Files that the run logs appear here.
      </Empty>
    );
  }
  return (
    <div className={styles.split}>
      <div className={styles.tree}>
        <ArtifactTree run={run} path={path} />
      </div>
      <div className={styles.preview}>
        {path === "" ? (
          <p className={styles.hint}>Choose a file to see it.</p>
        ) : (
          <Selected key={path} run={run} path={path} />
        )}
      </div>
    </div>
  );
}

function Selected({ run, path }: { run: RunRow; path: string }) {
  const slash = path.lastIndexOf("/");
  const parent = useFolder(run.id, slash < 0 ? "" : path.slice(0, slash));
  const entry = parent.data?.find((each) => each.path === path);
  const name = path.slice(slash + 1);
  const uri = `runs:/${run.id}/${path}`;
  return (
    <>
      <header className={styles.head}>
        <h2 className={styles.name}>{name}</h2>
        {entry?.size !== undefined && <span className="muted">{formatBytes(entry.size)}</span>}
        <CopyIcon text={uri} what="URI" />
        <span className={styles.spacer} />
        {entry && !entry.isFolder && (
          <a className={styles.download} href={artifactUrl(run.id, path)} download={name}>
            <Icon name="download" /> Download
          </a>
        )}
      </header>
      {entry?.isFolder ? (
        <Folder run={run} path={path} />
      ) : entry ? (
        <Suspense fallback={<Skeleton lines={8} />}>
          <Preview runId={run.id} path={path} size={entry.size ?? 0} />
        </Suspense>
      ) : parent.data ? (
        <Empty title="No such file">
          <code>{path}</code> is not among the artifacts of this run.
        </Empty>
      ) : (
        <Skeleton lines={8} />
      )}
    </>
  );
}

function Folder({ run, path }: { run: RunRow; path: string }) {
  const folder = useFolder(run.id, path);
  if (!folder.data) return <Skeleton lines={4} />;
  if (folder.data.length === 0) return <p className="muted">This folder is empty.</p>;
  return (
    <ul className={styles.folder}>
      {folder.data.map((entry) => (
        <li key={entry.path}>
          <Icon name={entry.isFolder ? "folder" : "file"} />
          <a href={`#${printRoute({ page: "run", experimentId: run.experimentId, runId: run.id, tab: "artifacts", path: entry.path })}`}>{entry.name}</a>
          <span className="muted">{entry.size === undefined ? "" : formatBytes(entry.size)}</span>
        </li>
      ))}
    </ul>
  );
}
