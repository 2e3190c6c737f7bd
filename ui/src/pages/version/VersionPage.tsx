import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { readModelFile } from "../../api/artifacts";
import { ApiError, pageUrl } from "../../api/client";
import { deleteVersion, deleteVersionTag, describeVersion, getManifest, getVersion, type ModelVersion, protectionOf, restoreVersion, setVersionTag } from "../../api/modelVersions";
import { modelState } from "../../api/registeredModels";
import { compareRuns } from "../../api/tables";
import { Description } from "../../components/Description";
import { Page } from "../../components/Page";
import { DecisionDialog, type Order } from "../../components/registry/DecisionDialog";
import { LedgerOf } from "../../components/registry/LedgerOf";
import { Requests } from "../../components/registry/Requests";
import { StageBadge } from "../../components/StageBadge";
import { TagEditor } from "../../components/TagEditor";
import { Button, IconButton } from "../../components/ui/Button";
import { CopyIcon, Snippet } from "../../components/ui/Copy";
import { Menu } from "../../components/ui/Menu";
import { Num } from "../../components/ui/Num";
import { Empty, Failure, Skeleton } from "../../components/ui/States";
import { useAct, useToast } from "../../components/ui/Toast";
import { formatBytes, formatNumber, numberFromWire, plural } from "../../lib/numbers";
import { formatExact } from "../../lib/times";
import { navigate } from "../../state/location";
import { printRoute, type Route } from "../../state/routes";
import { Comments } from "./Comments";
import { type Field, readSignature } from "./mlmodel";
import styles from "./VersionPage.module.css";

/** `/models/<name>/versions/<n>`: one version: where it stands and why, what it was made from, what it takes and gives. */
export default function VersionPage({ route }: { route: Extract<Route, { page: "version" }> }) {
  const { name, version } = route;
  const client = useQueryClient();
  const act = useAct();
  const show = useToast();
  const [order, setOrder] = useState<Order>();

  const query = useQuery({ queryKey: ["versions", "one", name, version], queryFn: ({ signal }) => getVersion(name, version, signal), refetchInterval: 10_000 });
  const state = useQuery({ queryKey: ["models", "state", name, undefined], queryFn: ({ signal }) => modelState(name, undefined, signal), refetchInterval: 10_000 });
  const protection = useQuery({ queryKey: ["versions", "protection", name, version], queryFn: ({ signal }) => protectionOf(name, version, signal) });
  const found = query.data;

  if (query.error instanceof ApiError && query.error.isNotFound) {
    return (
      <Page title="No such version">
        <Empty title="No such version">
          Version {version} of <code>{name}</code> never existed, or was deleted. <a href={`#${printRoute({ page: "model", name, tab: "versions" })}`}>All versions</a>
        </Empty>
      </Page>
    );
  }
  if (!found) {
    return (
      <Page title={`${name} v${version} · Models`}>
        <div className={styles.header}>{query.error ? <Failure what="The version" error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={8} />}</div>
      </Page>
    );
  }

  const held = state.data?.versions.find((each) => each.version === version);
  const refresh = async (): Promise<void> => {
    await Promise.all([client.invalidateQueries({ queryKey: ["models"] }), client.invalidateQueries({ queryKey: ["versions"] }), client.invalidateQueries({ queryKey: ["decisions"] })]);
  };
  const after = (change: Promise<void>): Promise<void> => change.then(refresh);
  const setTag = (key: string, value: string): Promise<boolean> => {
    const before = found.tags[key];
    return act(
      () => after(setVersionTag(name, version, key, value)),
      `Tag ${key} saved`,
      () => after(before === undefined ? deleteVersionTag(name, version, key) : setVersionTag(name, version, key, before)),
    );
  };
  const removeTag = (key: string): Promise<boolean> => {
    const before = found.tags[key] ?? "";
    return act(() => after(deleteVersionTag(name, version, key)), `Tag ${key} removed`, () => after(setVersionTag(name, version, key, before)));
  };
  const describe = (text: string): Promise<boolean> => {
    const before = found.description;
    return act(() => after(describeVersion(name, version, text)), "Description saved", () => after(describeVersion(name, version, before)));
  };
  const remove = async (): Promise<void> => {
    const done = await act(
      () => after(deleteVersion(name, version)),
      `Version ${version} deleted`,
      () => after(restoreVersion(name, version)),
    );
    if (done) navigate(printRoute({ page: "model", name, tab: "versions" }));
  };
  const production = state.data?.versions.find((each) => each.stage === "Production" && each.version !== version);
  const uri = `models:/${name}/${version}`;

  return (
    <Page title={`${name} v${version} · Models`}>
      <header className={styles.header}>
        <div className={styles.title}>
          <h1>
            <a href={`#${printRoute({ page: "model", name, tab: "versions" })}`}>{name}</a> Version {version}
          </h1>
          <StageBadge stage={found.stage} />
          <CopyIcon text={uri} what="model URI" />
          <span className={styles.spacer} />
          <Button look="solid" onClick={() => setOrder({ act: "stage", version, to: found.stage === "Production" ? "Archived" : found.stage === "Staging" ? "Production" : "Staging" })}>
            Change stage…
          </Button>
          <Menu
            label="Version actions"
            icon="dots"
            items={[
              { label: "Point an alias here…", onSelect: () => setOrder({ act: "alias", version }) },
              { label: "Delete", icon: "trash", danger: true, apart: true, onSelect: () => void remove() },
            ]}
          />
        </div>
        {found.status !== "READY" && (
          <p className={styles.notice} role="status">
            {found.status === "PENDING_REGISTRATION" ? "It is being registered." : "Its registration failed."} {found.statusMessage}
          </p>
        )}
        <ul className={styles.aliases} aria-label="Aliases">
          {found.aliases.map((alias) => (
            <li key={alias}>
              <code>@{alias}</code>
              <IconButton icon="close" label={`Remove the alias ${alias}`} className={styles.remove} onClick={() => setOrder({ act: "unalias", version, to: alias })} />
            </li>
          ))}
          <li>
            <Button look="quiet" icon="plus" className={styles.add} onClick={() => setOrder({ act: "alias", version })}>
              Add alias
            </Button>
          </li>
        </ul>
      </header>
      <div className={styles.requests}>
        <Requests model={name} version={version} />
      </div>
      <div className={styles.columns}>
        <div className={styles.main}>
          <Section title="Decision state">
            <dl className={styles.facts}>
              <Fact name="Stage">
                {found.stage}
                {held && <> since {formatExact(held.held.since ?? 0)}</>}
              </Fact>
              <Fact name="By">{held?.held.by || <span className="muted">–</span>}</Fact>
              <Fact name="Reason">{held?.held.reason || <span className="muted">No reason given</span>}</Fact>
              {held?.held.ticket && <Fact name="Ticket">{held.held.ticket}</Fact>}
              {held?.held.event ? (
                <Fact name="Evidence">
                  <a href={`#${printRoute({ page: "decision", seq: String(held.held.event) })}`}>Event #{held.held.event}</a>
                </Fact>
              ) : null}
              <Fact name="Protected">
                {protection.data === undefined ? "…" : protection.data.length === 0 ? "No, it can be deleted" : `Yes: ${protection.data.join("; ")}`}
              </Fact>
            </dl>
          </Section>
          <Against version={found} runId={production?.runId} production={production?.version} />
          <SignatureSection version={found} />
          <Files version={found} />
          <Section title="Serve">
            <Snippet label="Serve" code={`export MLFLOW_TRACKING_URI=${pageUrl().replace(/\/$/, "")}\nmlflow models serve -m "${uri}" -p 8080`} />
            <p className={styles.hint}>or in Python:</p>
            <Snippet label="Load" code={`import mlflow\n\nmlflow.set_tracking_uri("${pageUrl().replace(/\/$/, "")}")\nmodel = mlflow.pyfunc.load_model("${uri}")`} />
          </Section>
        </div>
        <div className={styles.side}>
          <Section title="Description">
            <Description what={`version ${version}`} text={found.description} editable onSave={describe} />
          </Section>
          <Section title="Tags">
            <TagEditor tags={found.tags} editable onSet={setTag} onRemove={removeTag} />
          </Section>
          <Section title="Comments">
            <Comments name={name} version={version} />
          </Section>
          <Lineage version={found} registered={held?.registered.event ?? undefined} />
        </div>
      </div>
      <div className={styles.history}>
        <h2>History</h2>
        <LedgerOf search={{ model: name, version }} about="version" />
      </div>
      {order && (
        <DecisionDialog
          name={name}
          order={order}
          onClose={() => setOrder(undefined)}
          onDone={(done) => {
            setOrder(undefined);
            void refresh();
            show({ text: done });
          }}
        />
      )}
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.card} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The numbers of the run that it was made from, beside those of the version in production. */
function Against({ version, runId, production }: { version: ModelVersion; runId: string | undefined; production: string | undefined }) {
  const ids = [version.runId, runId].filter((id): id is string => Boolean(id));
  const found = useQuery({ queryKey: ["runs", "metrics", ids.join()], queryFn: ({ signal }) => compareRuns(ids, signal), enabled: Boolean(version.runId), staleTime: 30_000 });
  const title = production ? "Against production" : "Metrics";
  if (!version.runId) return null;
  if (found.error && !found.data) return <Section title={title}><Failure what="The metrics" error={found.error} onRetry={() => void found.refetch()} /></Section>;
  if (!found.data) return <Section title={title}><Skeleton lines={4} /></Section>;
  const place = new Map((found.data.run_id ?? []).map((id, index) => [id, index]));
  const rows = Object.entries(found.data.metrics ?? {})
    .filter(([key]) => !key.startsWith("system/"))
    .map(([key, { last = [] }]) => {
      const value = (id: string | undefined): number | undefined => {
        const cell = id === undefined ? undefined : last[place.get(id) ?? -1];
        return cell === null || cell === undefined ? undefined : numberFromWire(cell);
      };
      return { key, ours: value(version.runId), theirs: value(runId) };
    });
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className={styles.number}>v{version.version}</th>
            {production && <th scope="col" className={styles.number}>v{production}<span className={styles.wide}> (Production)</span></th>}
            {production && <th scope="col" className={styles.number}>Difference</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, ours, theirs }) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td className={styles.number}>{ours === undefined ? "–" : <Num value={ours} />}</td>
              {production && <td className={styles.number}>{theirs === undefined ? "–" : <Num value={theirs} />}</td>}
              {production && <td className={styles.number}><Difference ours={ours} theirs={theirs} /></td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** `+0.012 (+1.4 %)` */
function Difference({ ours, theirs }: { ours: number | undefined; theirs: number | undefined }) {
  if (ours === undefined || theirs === undefined || !Number.isFinite(ours - theirs)) return "–";
  const by = ours - theirs;
  if (by === 0) return "equal";
  const sign = by > 0 ? "+" : "−";
  return (
    <>
      {sign}
      {formatNumber(Math.abs(by), 3)}
      {theirs !== 0 && <span className={styles.wide}> ({sign}{formatNumber(Math.abs((by / theirs) * 100), 2)} %)</span>}
    </>
  );
}

function SignatureSection({ version }: { version: ModelVersion }) {
  const file = useQuery({
    queryKey: ["versions", "mlmodel", version.name, version.version],
    queryFn: ({ signal }) => readModelFile(version, "MLmodel", signal),
    staleTime: 60_000,
    retry: false,
  });
  const signature = file.data === undefined ? undefined : readSignature(file.data);
  return (
    <Section title="Signature">
      {file.isLoading ? (
        <Skeleton lines={3} />
      ) : signature ? (
        <div className={styles.signature}>
          <Fields title="Inputs" fields={signature.inputs} />
          <Fields title="Outputs" fields={signature.outputs} />
        </div>
      ) : (
        <p className="muted">
          {file.data === undefined
            ? "Its files are not on this server, so what it takes and gives cannot be told."
            : "It declares none. Log the model with signature= or input_example=, and calls are checked before they reach it."}
        </p>
      )}
    </Section>
  );
}

function Fields({ title, fields }: { title: string; fields: readonly Field[] }) {
  if (fields.length === 0) return null;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">Type</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field, index) => (
          <tr key={index}>
            <th scope="row">{field.name || <span className="muted">unnamed</span>}</th>
            <td>
              <code>{field.type}</code>
              {!field.required && <span className="muted"> optional</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const FEW_FILES = 12;

function Files({ version }: { version: ModelVersion }) {
  const [whole, setWhole] = useState(false);
  const manifest = useQuery({
    queryKey: ["versions", "manifest", version.name, version.version],
    queryFn: ({ signal }) => getManifest(version.name, version.version, signal),
    staleTime: 60_000,
  });
  const files = manifest.data?.files ?? [];
  return (
    <Section title="Files">
      {manifest.error && !manifest.data ? (
        <Failure what="The files" error={manifest.error} onRetry={() => void manifest.refetch()} />
      ) : !manifest.data ? (
        <Skeleton lines={3} />
      ) : files.length === 0 ? (
        <p className="muted">Its files are not on record, so that nothing can tell whether they were changed.</p>
      ) : (
        <>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col" className={styles.number}>Size</th>
                <th scope="col">SHA-256</th>
              </tr>
            </thead>
            <tbody>
              {(whole ? files : files.slice(0, FEW_FILES)).map((file) => (
                <tr key={file.path}>
                  <th scope="row">{file.path}</th>
                  <td className={styles.number}>{formatBytes(file.size)}</td>
                  <td>
                    <code title={file.sha256}>{file.sha256.slice(0, 12)}…</code> <CopyIcon text={file.sha256} what={`digest of ${file.path}`} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {files.length > FEW_FILES && !whole && (
            <Button look="quiet" onClick={() => setWhole(true)}>
              Show all {files.length}
            </Button>
          )}
          <p className={styles.hint}>
            {plural(files.length, "file")}, {formatBytes(files.reduce((sum, file) => sum + file.size, 0))}. Check them with{" "}
            <code>
              mlflow models verify -m models:/{version.name}/{version.version}
            </code>
          </p>
        </>
      )}
    </Section>
  );
}

/** Code → data → run → version: each a link, what is missing drawn as missing. */
function Lineage({ version, registered }: { version: ModelVersion; registered: number | undefined }) {
  const run = useQuery({ queryKey: ["runs", "metrics", version.runId], queryFn: ({ signal }) => compareRuns([version.runId], signal), enabled: version.runId !== "", staleTime: 30_000 });
  const data = run.data;
  const there = (data?.run_id ?? []).length > 0;
  const tag = (key: string): string | undefined => {
    const cell = data?.tags?.[key]?.[0];
    return cell === null || cell === undefined ? undefined : String(cell);
  };
  const commit = tag("mlflow.source.git.commit");
  const missing = (what: string) => <span className={styles.missing}>{what}</span>;
  const steps: [string, ReactNode][] = [
    ["Code", commit ? <><code title={commit}>{commit.slice(0, 10)}</code> <CopyIcon text={commit} what="commit" /></> : (tag("mlflow.source.name") ?? missing("no commit on record"))],
    [
      "Run",
      there ? (
        <a href={`#${printRoute({ page: "run", experimentId: data?.experiment_id?.[0] ?? "", runId: version.runId, tab: "overview", path: "" })}`}>{data?.name?.[0]}</a>
      ) : version.runId ? (
        run.isLoading ? "…" : missing("its run is gone")
      ) : (
        missing("no run")
      ),
    ],
    ["Model", version.modelId ? <><code>{version.modelId.slice(0, 14)}…</code> <CopyIcon text={`models:/${version.modelId}`} what="logged model" /></> : missing("no logged model")],
    ["Source", <span key="s" className={styles.source}><code>{version.source}</code> <CopyIcon text={version.source} what="source" /></span>],
    ["Registered", <>{version.created !== undefined && formatExact(version.created)}{version.user && ` by ${version.user}`}{registered ? <> · <a href={`#${printRoute({ page: "decision", seq: String(registered) })}`}>#{registered}</a></> : null}</>],
  ];
  return (
    <Section title="Lineage">
      <ol className={styles.lineage}>
        {steps.map(([name, value]) => (
          <li key={name}>
            <span className={styles.step}>{name}</span>
            <span>{value}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
