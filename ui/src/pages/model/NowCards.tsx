import type { Held, ModelState } from "../../api/registeredModels";
import { StageBadge } from "../../components/StageBadge";
import { Num } from "../../components/ui/Num";
import { formatExact } from "../../lib/times";
import { printRoute } from "../../state/routes";
import styles from "./NowCards.module.css";
import type { RunMetrics } from "./useRunMetrics";

interface Place {
  key: string;
  stage: string | undefined;
  alias: string | undefined;
  version: string;
  runId: string;
  held: Held;
}

function placesOf(model: ModelState): Place[] {
  const stages = ["Production", "Staging"].flatMap((stage) =>
    model.versions
      .filter((version) => version.stage === stage)
      .map(({ version, runId, held }): Place => ({ key: `${stage} ${version}`, stage, alias: undefined, version, runId, held })),
  );
  const aliases = model.aliases.map(({ alias, version, held }): Place => {
    const runId = model.versions.find((each) => each.version === version)?.runId ?? "";
    return { key: `@${alias}`, stage: undefined, alias, version, runId, held };
  });
  return [...stages, ...aliases];
}

/** One card for each stage in use and each alias: which version, since when, by whom, why, with its numbers. */
export function NowCards({ model, metrics, isNow }: { model: ModelState; metrics: RunMetrics; isNow: boolean }) {
  const places = placesOf(model);
  if (places.length === 0) {
    if (model.versions.length === 0) return null;
    return <p className={styles.none}>No version {isNow ? "is" : "was"} in a stage or under an alias.</p>;
  }
  return (
    <ul className={styles.cards} aria-label={isNow ? "Now" : "Then"}>
      {places.map((place) => (
        <li key={place.key} className={`${styles.card} ${place.stage === "Production" ? styles.production : ""}`}>
          <div className={styles.head}>
            {place.stage ? <StageBadge stage={place.stage} /> : <code className={styles.alias}>@{place.alias}</code>}
            <a className={styles.version} href={`#${printRoute({ page: "version", name: model.name, version: place.version })}`}>
              Version {place.version}
            </a>
          </div>
          <p className={styles.since}>
            since <time dateTime={new Date(place.held.since ?? 0).toISOString()}>{formatExact(place.held.since ?? 0)}</time>
          </p>
          <p className={styles.reason}>
            {place.held.by || <span className="muted">Unknown</span>}
            {place.held.reason ? <>: “{place.held.reason}”</> : <span className="muted">, without a reason</span>}
            {place.held.ticket && <span className={styles.ticket}>{place.held.ticket}</span>}
          </p>
          {place.runId && place.stage && (
            <dl className={styles.metrics}>
              {metrics.keys.slice(0, 3).map((key) => {
                const value = metrics.of(place.runId, key);
                return value === undefined ? null : (
                  <div key={key}>
                    <dt className="truncate" title={key}>
                      {key}
                    </dt>
                    <dd>
                      <Num value={value} />
                    </dd>
                  </div>
                );
              })}
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
}
