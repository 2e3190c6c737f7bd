import { useState } from "react";
import { pageUrl } from "../../api/client";
import type { ModelState, VersionState } from "../../api/registeredModels";
import type { Order } from "../../components/registry/DecisionDialog";
import { StageBadge } from "../../components/StageBadge";
import { TagList } from "../../components/TagList";
import { copyText } from "../../components/ui/Copy";
import { TimeAgo } from "../../components/ui/Marks";
import { Menu } from "../../components/ui/Menu";
import { Num } from "../../components/ui/Num";
import { Empty } from "../../components/ui/States";
import { columnDigits, formatNumber, splitDecimal } from "../../lib/numbers";
import { plainSummary } from "../../lib/text";
import { printRoute } from "../../state/routes";
import styles from "./VersionsTab.module.css";
import type { RunMetrics } from "./useRunMetrics";

interface VersionsTabProps {
  model: ModelState;
  metrics: RunMetrics;
  editable: boolean;
  onOrder: (order: Order) => void;
}

/** The versions of a model, the newest first; two or more can be compared. */
export function VersionsTab({ model, metrics, editable, onOrder }: VersionsTabProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (model.versions.length === 0) {
    if (!editable) return <Empty title="No versions then">Nothing was registered under this name at that time.</Empty>;
    const code = `import mlflow

mlflow.set_tracking_uri("${pageUrl().replace(/\/$/, "")}")
mlflow.register_model("runs:/<run id>/model", ${JSON.stringify(model.name)})`;
    return (
      <Empty title="No versions yet" code={code}>
        Register a model of a run under this name; the page of the run has a button for it too.
      </Empty>
    );
  }
  const toggle = (version: string): void => {
    const next = new Set(chosen);
    if (!next.delete(version)) next.add(version);
    setChosen(next);
  };
  const runs = [...new Set(model.versions.filter((each) => chosen.has(each.version) && each.runId).map((each) => each.runId))];
  const forms = new Map(
    metrics.keys.map((key) => {
      const values = model.versions.flatMap((version) => metrics.of(version.runId, key) ?? []);
      const digits = columnDigits(values);
      return [key, { digits, fraction: Math.max(0, ...values.map((value) => splitDecimal(formatNumber(value, digits))[1].length)) }];
    }),
  );
  return (
    <>
      {chosen.size > 0 && (
        <div className={styles.bar} role="toolbar" aria-label="Selected versions">
          <strong>{chosen.size} selected</strong>
          {runs.length > 1 ? (
            <a className={styles.compare} href={`#${printRoute({ page: "compare", runIds: runs })}`}>
              Compare
            </a>
          ) : (
            <span className="muted">Choose two or more versions of different runs to compare them</span>
          )}
        </div>
      )}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Versions">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Select</span>
              </th>
              <th scope="col">Version</th>
              <th scope="col">Stage</th>
              <th scope="col">Aliases</th>
              <th scope="col">Registered</th>
              <th scope="col">By</th>
              <th scope="col">Run</th>
              {metrics.keys.map((key) => (
                <th key={key} scope="col" className={styles.number} title={key}>
                  {key}
                </th>
              ))}
              <th scope="col">Description</th>
              <th scope="col">Tags</th>
              {editable && (
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {model.versions.map((version) => (
              <tr key={version.version} aria-selected={chosen.has(version.version) || undefined}>
                <td>
                  <input type="checkbox" aria-label={`Select version ${version.version}`} checked={chosen.has(version.version)} onChange={() => toggle(version.version)} />
                </td>
                <th scope="row">
                  <a href={`#${printRoute({ page: "version", name: model.name, version: version.version })}`}>Version {version.version}</a>
                </th>
                <td>
                  <StageBadge stage={version.stage} />
                </td>
                <td>
                  {version.aliases.length === 0 ? <span className="muted">–</span> : version.aliases.map((alias) => <code key={alias} className={styles.alias}>@{alias}</code>)}
                </td>
                <td className={styles.time}>
                  <TimeAgo ms={version.registered.since} />
                </td>
                <td>{version.registered.by || <span className="muted">–</span>}</td>
                <td>
                  <RunLink version={version} metrics={metrics} />
                </td>
                {metrics.keys.map((key) => {
                  const value = metrics.of(version.runId, key);
                  return (
                    <td key={key} className={styles.number}>
                      {value === undefined ? <span className="muted">–</span> : <Num value={value} {...forms.get(key)} />}
                    </td>
                  );
                })}
                <td className={styles.description} title={plainSummary(version.description) || undefined}>
                  {plainSummary(version.description) || <span className="muted">–</span>}
                </td>
                <td>
                  <TagList tags={version.tags} />
                </td>
                {editable && (
                  <td className={styles.menu}>
                    <Menu label={`Actions for version ${version.version}`} icon="dots" items={versionItems(model.name, version, onOrder)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function versionItems(name: string, { version, stage }: VersionState, onOrder: (order: Order) => void) {
  const stages = ["Staging", "Production", "Archived", "None"].filter((each) => each !== stage);
  return [
    ...stages.map((to) => ({ label: `Move to ${to}…`, onSelect: () => onOrder({ act: "stage", version, to }) })),
    { label: "Point an alias here…", apart: true, onSelect: () => onOrder({ act: "alias", version }) },
    { label: `Copy models:/${name}/${version}`, apart: true, onSelect: () => void copyText(`models:/${name}/${version}`) },
  ];
}

function RunLink({ version, metrics }: { version: VersionState; metrics: RunMetrics }) {
  if (!version.runId) return <span className="muted">–</span>;
  const experimentId = metrics.experimentOf(version.runId);
  const path = experimentId ? printRoute({ page: "run", experimentId, runId: version.runId, tab: "overview", path: "" }) : printRoute({ page: "find-run", runId: version.runId });
  return <a href={`#${path}`}>{metrics.nameOf(version.runId) ?? version.runId.slice(0, 8)}</a>;
}
