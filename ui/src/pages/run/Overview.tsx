import { useQueries, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { NOTE_TAG } from "../../api/experiments";
import { versionsOfRuns } from "../../api/modelVersions";
import { getLoggedModel, type RunRow } from "../../api/runs";
import { Description } from "../../components/Description";
import { StageBadge } from "../../components/StageBadge";
import { TagEditor } from "../../components/TagEditor";
import { Button } from "../../components/ui/Button";
import { copyText, CopyIcon } from "../../components/ui/Copy";
import { SearchBox } from "../../components/ui/Field";
import { Menu } from "../../components/ui/Menu";
import { Num } from "../../components/ui/Num";
import { useAct } from "../../components/ui/Toast";
import { type Entry, toCsv, toJson, toPython } from "../../lib/export";
import { columnDigits, formatCount, formatNumber, splitDecimal } from "../../lib/numbers";
import { formatExact } from "../../lib/times";
import { printRoute } from "../../state/routes";
import styles from "./Overview.module.css";

interface OverviewProps {
  run: RunRow;
  setTag: (key: string, value: string) => Promise<boolean>;
  removeTag: (key: string) => Promise<boolean>;
}

export function Overview({ run, setTag, removeTag }: OverviewProps) {
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <Metrics run={run} />
        <Params run={run} />
      </div>
      <div className={styles.side}>
        <Section title="Description">
          <Description what={run.name} text={run.tags[NOTE_TAG] ?? ""} editable={!run.deleted} onSave={(text) => setTag(NOTE_TAG, text)} />
        </Section>
        <Section title="Tags">
          <TagEditor tags={run.tags} editable={!run.deleted} onSet={setTag} onRemove={removeTag} />
        </Section>
        <Datasets run={run} />
        <Models run={run} />
        <Source run={run} />
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.card}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** How many rows a list shows before it asks. */
const SHORT = 200;

interface TableSectionProps {
  title: string;
  empty: string;
  entries: readonly Entry[];
  header: ReactNode;
  row: (key: string) => ReactNode;
}

function TableSection({ title, empty, entries, header, row }: TableSectionProps) {
  const [search, setSearch] = useState("");
  const [whole, setWhole] = useState(false);
  const act = useAct();
  const wanted = search.trim().toLowerCase();
  const found = wanted ? entries.filter(([key]) => key.toLowerCase().includes(wanted)) : entries;
  const shown = whole ? found : found.slice(0, SHORT);
  const copy = (form: string, text: string): void => void act(() => copyText(text), `${title} copied as ${form}`);
  return (
    <section className={styles.card}>
      <div className={styles.cardHead}>
        <h2>
          {title} <span className={styles.count}>{formatCount(entries.length)}</span>
        </h2>
        {entries.length > 8 && <SearchBox label={`Filter ${title.toLowerCase()}`} value={search} onChange={(event) => setSearch(event.target.value)} />}
        {entries.length > 0 && (
          <Menu
            label={`Copy ${title.toLowerCase()}`}
            icon="copy"
            items={[
              { label: "As JSON", onSelect: () => copy("JSON", toJson(entries)) },
              { label: "As CSV", onSelect: () => copy("CSV", toCsv(["key", "value"], entries)) },
              { label: "As Python", onSelect: () => copy("Python", toPython(entries)) },
            ]}
          />
        )}
      </div>
      {entries.length === 0 ? (
        <p className="muted">
          None yet: <code>{empty}</code>
        </p>
      ) : found.length === 0 ? (
        <p className="muted">None match “{search}”.</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>{header}</tr>
          </thead>
          <tbody>{shown.map(([key]) => row(key))}</tbody>
        </table>
      )}
      {shown.length < found.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show all {formatCount(found.length)}
        </Button>
      )}
    </section>
  );
}

function byKey(a: Entry, b: Entry): number {
  return a[0].localeCompare(b[0], "en", { numeric: true });
}

function Metrics({ run }: { run: RunRow }) {
  const entries = useMemo(
    () =>
      Object.entries(run.metrics)
        .filter(([key]) => !key.startsWith("system/"))
        .map(([key, point]): Entry => [key, point.value])
        .sort(byKey),
    [run.metrics],
  );
  const values = entries.map(([, value]) => Number(value));
  const digits = columnDigits(values);
  const fraction = Math.max(0, ...values.map((value) => splitDecimal(formatNumber(value, digits))[1].length));
  return (
    <TableSection
      title="Metrics"
      empty='mlflow.log_metric("accuracy", 0.93)'
      entries={entries}
      header={
        <>
          <th scope="col">Key</th>
          <th scope="col" className={styles.number}>
            Last
          </th>
          <th scope="col" className={styles.number}>
            Step
          </th>
        </>
      }
      row={(key) => {
        const point = run.metrics[key];
        return point ? (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td className={styles.number}>
              <Num value={point.value} digits={digits} fraction={fraction} />
            </td>
            <td className={styles.number} title={formatExact(point.timestamp)}>
              {point.step}
            </td>
          </tr>
        ) : null;
      }}
    />
  );
}

function Params({ run }: { run: RunRow }) {
  const entries = useMemo(() => Object.entries(run.params).sort(byKey), [run.params]);
  return (
    <TableSection
      title="Parameters"
      empty='mlflow.log_param("learning_rate", 0.01)'
      entries={entries}
      header={
        <>
          <th scope="col">Key</th>
          <th scope="col">Value</th>
        </>
      }
      row={(key) => (
        <tr key={key}>
          <th scope="row">{key}</th>
          <td className={styles.value}>{run.params[key] === "" ? '""' : run.params[key]}</td>
        </tr>
      )}
    />
  );
}

function Datasets({ run }: { run: RunRow }) {
  if (run.datasets.length === 0) return null;
  return (
    <Section title="Datasets">
      <ul className={styles.list}>
        {run.datasets.map((dataset) => (
          <li key={`${dataset.name} ${dataset.digest}`}>
            <span>{dataset.name}</span> <code className="muted">{dataset.digest}</code>
            {dataset.context && <span className={styles.badge}>{dataset.context}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Models({ run }: { run: RunRow }) {
  const models = useQueries({
    queries: run.models.map((id) => ({
      queryKey: ["logged-model", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => getLoggedModel(id, signal),
      staleTime: 60_000,
    })),
  });
  const registered = useQuery({ queryKey: ["versions", "of", [run.id]], queryFn: ({ signal }) => versionsOfRuns([run.id], signal), staleTime: 10_000 });
  const versions = registered.data ?? [];
  if (run.models.length === 0 && versions.length === 0) return null;
  return (
    <Section title="Models">
      <ul className={styles.list}>
        {run.models.map((id, index) => {
          const info = models[index]?.data;
          return (
            <li key={id}>
              {info?.name ? (
                <a href={`#${printRoute({ page: "run", experimentId: run.experimentId, runId: run.id, tab: "artifacts", path: info.name })}`}>{info.name}</a>
              ) : (
                <code>{id}</code>
              )}
              <CopyIcon text={`models:/${id}`} what="model URI" />
            </li>
          );
        })}
        {versions.map(({ name, version, stage }) => (
          <li key={`${name} ${version}`}>
            <span className="muted">Registered as</span>{" "}
            <a href={`#${printRoute({ page: "version", name, version })}`}>
              {name} version {version}
            </a>{" "}
            <StageBadge stage={stage} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Source({ run }: { run: RunRow }) {
  const { tags } = run;
  const commit = tags["mlflow.source.git.commit"];
  const facts: [name: string, value: ReactNode][] = [];
  if (tags["mlflow.source.name"]) facts.push(["Source", <span key="s" className="mono">{tags["mlflow.source.name"]}</span>]);
  if (commit) {
    facts.push([
      "Commit",
      <span key="c">
        <code title={commit}>{commit.slice(0, 10)}</code> <CopyIcon text={commit} what="commit" />
        {tags["mlflow.source.git.dirty"]?.toLowerCase() === "true" && <span className={`${styles.badge} ${styles.dirty}`}>dirty tree</span>}
      </span>,
    ]);
  }
  if (tags["mlflow.source.git.branch"]) facts.push(["Branch", tags["mlflow.source.git.branch"]]);
  if (tags["mlflow.source.git.repoURL"]) facts.push(["Repository", tags["mlflow.source.git.repoURL"]]);
  facts.push([
    "Artifacts",
    <span key="a">
      <span className="mono">{run.artifactUri}</span> <CopyIcon text={run.artifactUri} what="artifact URI" />
    </span>,
  ]);
  return (
    <Section title="Origin">
      <dl className={styles.origin}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
