import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { artifactUrl, type Bytes, pageUrl, readArtifact } from "../../../api/artifacts";
import { Button } from "../../../components/ui/Button";
import { Failure, Skeleton } from "../../../components/ui/States";
import { formatBytes } from "../../../lib/numbers";
import { CodeView } from "./CodeView";
import { JsonView } from "./JsonView";
import { hexDump, looksLikeText, type PreviewKind, previewKind } from "./kinds";
import styles from "./Preview.module.css";
import { TableView } from "./TableView";

const Markdown = lazy(() => import("../../../components/Markdown"));

const TEXT_LIMIT = 1_000_000;
const UNKNOWN_LIMIT = 64_000;

interface PreviewProps {
  runId: string;
  path: string;
  size: number;
}

/** What a file holds, shown without letting it do anything. */
export default function Preview({ runId, path, size }: PreviewProps) {
  const kind = previewKind(path);
  if (kind === "image") return <Picture url={artifactUrl(runId, path)} path={path} />;
  if (kind === "audio") return <audio controls src={artifactUrl(runId, path)} className={styles.media} aria-label={path} />;
  if (kind === "video") return <video controls src={artifactUrl(runId, path)} className={styles.media} aria-label={path} />;
  return <Content runId={runId} path={path} size={size} kind={kind} />;
}

/** SVG too is only ever a picture: inside `<img>` no script of it runs. */
function Picture({ url, path }: { url: string; path: string }) {
  const [whole, setWhole] = useState(false);
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="muted">This picture cannot be shown; the file may be damaged. It can still be downloaded.</p>;
  return (
    <>
      <div className={styles.bar}>
        <Button look="quiet" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Fit" : "100 %"}
        </Button>
      </div>
      <div className={`${styles.picture} ${whole ? styles.whole : ""}`} tabIndex={0} role="region" aria-label="Picture">
        <img src={url} alt={path.slice(path.lastIndexOf("/") + 1)} onError={() => setBroken(true)} />
      </div>
    </>
  );
}

function Content({ runId, path, size, kind }: PreviewProps & { kind: PreviewKind }) {
  const limit = kind === "other" ? UNKNOWN_LIMIT : TEXT_LIMIT;
  const file = useQuery({
    queryKey: ["artifact", runId, path, size],
    queryFn: ({ signal }) => readArtifact(runId, path, limit, signal),
    staleTime: 60_000,
  });
  if (file.error) return <Failure what="The file" error={file.error} onRetry={() => void file.refetch()} />;
  if (!file.data) return <Skeleton lines={8} />;
  return <Loaded runId={runId} path={path} kind={kind} file={file.data} limit={limit} />;
}

interface LoadedProps {
  runId: string;
  path: string;
  kind: PreviewKind;
  file: Bytes;
  limit: number;
}

function Loaded({ runId, path, kind, file, limit }: LoadedProps) {
  const isText = useMemo(() => looksLikeText(file.bytes), [file.bytes]);
  const text = useMemo(() => (isText ? new TextDecoder().decode(file.bytes) : ""), [isText, file.bytes]);
  const [source, setSource] = useState(false);
  const total = file.total ?? file.bytes.length;
  const isCut = total > file.bytes.length;

  if (file.bytes.length === 0) return <p className="muted">This file is empty.</p>;
  if (!isText) {
    return (
      <>
        <p className="muted">
          {formatBytes(total)} of binary data; its first {Math.min(256, file.bytes.length)} bytes:
        </p>
        <pre className={styles.hex} tabIndex={0} role="region" aria-label="First bytes">
          {hexDump(file.bytes.subarray(0, 256))}
        </pre>
      </>
    );
  }
  const rendered = kind === "html" || kind === "markdown" || kind === "json" || kind === "table";
  return (
    <>
      {isCut && (
        <p className={styles.cut}>
          First {formatBytes(limit)} of {formatBytes(total)}. Download it to see the rest.
        </p>
      )}
      {rendered && (
        <div className={styles.bar}>
          <Button look="quiet" aria-pressed={source} onClick={() => setSource(!source)}>
            {source ? "Rendered" : "Source"}
          </Button>
        </div>
      )}
      {!rendered || source ? (
        <CodeView text={text} />
      ) : kind === "html" ? (
        <iframe className={styles.frame} sandbox="" src={pageUrl(runId, path)} title={path} />
      ) : kind === "markdown" ? (
        <Suspense fallback={<Skeleton lines={8} />}>
          <div className={styles.prose}>
            <Markdown text={text} />
          </div>
        </Suspense>
      ) : kind === "json" ? (
        <JsonView text={text} />
      ) : (
        <TableView text={text} path={path} isCut={isCut} />
      )}
    </>
  );
}
