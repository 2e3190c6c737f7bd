import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { verifyLedger } from "../../api/decisions";
import { modelState, modelTable } from "../../api/registeredModels";
import { Page } from "../../components/Page";
import { actName, COMMON_ACTS } from "../../components/registry/acts";
import { LedgerOf } from "../../components/registry/LedgerOf";
import { Button } from "../../components/ui/Button";
import { useDebounced } from "../../hooks/useDebounced";
import { formatCount } from "../../lib/numbers";
import { formatClock, formatExact } from "../../lib/times";
import { navigateQuery, useLocation } from "../../state/location";
import { printRoute } from "../../state/routes";
import styles from "./DecisionsPage.module.css";

const FILTERS = ["model", "version", "actor", "act", "since", "until"] as const;

/** `/decisions`: the ledger of the registry, and the question an auditor comes with. */
export default function DecisionsPage() {
  const { query } = useLocation();
  const get = (key: (typeof FILTERS)[number]): string => query.get(key) ?? "";
  const set = (key: (typeof FILTERS)[number]) => (value: string) => navigateQuery({ [key]: value || undefined }, { replace: true });
  const text = useDebounced(JSON.stringify(FILTERS.map(get)), 250);
  const [model, version, actor, act, since, until] = JSON.parse(text) as string[];
  const isFiltered = FILTERS.some((key) => get(key) !== "");
  const models = useQuery({
    queryKey: ["models", "names"],
    queryFn: ({ signal }) => modelTable({ q: "", state: "active", orderBy: "name ASC" }, undefined, signal),
    staleTime: 60_000,
  });
  return (
    <Page title="Decisions">
      <div className={styles.page}>
        <div className={styles.head}>
          <h1>Decisions</h1>
          <Chain />
        </div>
        <datalist id="model-names">
          {(models.data?.rows ?? []).map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Question />
        <div className={styles.filters} role="search" aria-label="Filter decisions">
          <label>
            Model
            <input type="text" list="model-names" data-filter value={get("model")} onChange={(event) => set("model")(event.target.value)} />
          </label>
          <label className={styles.short}>
            Version
            <input type="text" inputMode="numeric" value={get("version")} onChange={(event) => set("version")(event.target.value)} />
          </label>
          <label>
            Who
            <input type="text" value={get("actor")} onChange={(event) => set("actor")(event.target.value)} />
          </label>
          <label>
            Decision
            <select value={get("act")} onChange={(event) => set("act")(event.target.value)}>
              <option value="">Any</option>
              {COMMON_ACTS.map((each) => (
                <option key={each} value={each}>
                  {actName(each)}
                </option>
              ))}
            </select>
          </label>
          <label>
            From
            <input type="date" value={get("since")} onChange={(event) => set("since")(event.target.value)} />
          </label>
          <label>
            To
            <input type="date" value={get("until")} onChange={(event) => set("until")(event.target.value)} />
          </label>
          {isFiltered && (
            <Button look="quiet" onClick={() => navigateQuery(Object.fromEntries(FILTERS.map((key) => [key, undefined])))}>
              Clear filter
            </Button>
          )}
        </div>
        <LedgerOf
          search={{ model, version, actor, act: act ? [act] : [], since, until }}
          onClear={isFiltered ? () => navigateQuery(Object.fromEntries(FILTERS.map((key) => [key, undefined]))) : undefined}
        />
      </div>
    </Page>
  );
}

/** Whether the ledger is whole: said when asked, for it reads all of it. */
function Chain() {
  const [asked, setAsked] = useState(0);
  const check = useQuery({ queryKey: ["decisions", "verify", asked], queryFn: ({ signal }) => verifyLedger(signal), enabled: asked > 0, staleTime: Number.POSITIVE_INFINITY });
  const found = check.data;
  return (
    <>
      <span role="status" className={styles.chain}>
        {check.isFetching ? (
          <span className="muted">Verifying…</span>
        ) : check.error ? (
          <span className={styles.broken}>{check.error.message}</span>
        ) : found?.ok ? (
          <span className={styles.whole}>
            ✓ {found.checked === 0 ? "Nothing to verify yet" : `Verified to #${formatCount(found.head?.seq ?? found.checked)} at ${formatClock(check.dataUpdatedAt)}`}
          </span>
        ) : null}
      </span>
      <Button disabled={check.isFetching} onClick={() => setAsked(asked + 1)}>
        Verify all
      </Button>
      {found && !found.ok && (
        <p role="alert" className={styles.alarm}>
          <strong>The ledger was changed{found.first_bad ? ` at event #${found.first_bad}` : ""}.</strong> {found.problem}
        </p>
      )}
    </>
  );
}

interface Asked {
  model: string;
  place: string;
  at: string;
}

/** Which version of a model was in a stage or under an alias at a moment: one question, one sentence. */
function Question() {
  const [draft, setDraft] = useState<Asked>({ model: "", place: "Production", at: "" });
  const [asked, setAsked] = useState<Asked>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (draft.model.trim() && draft.place.trim() && draft.at) setAsked(draft);
  };
  return (
    <form className={styles.question} onSubmit={submit} aria-label="Ask the ledger">
      <p className={styles.sentence}>
        Which version of{" "}
        <input type="text" required aria-label="Model" list="model-names" placeholder="model" value={draft.model} onChange={(event) => setDraft({ ...draft, model: event.target.value })} />{" "}
        was in{" "}
        <input type="text" required aria-label="Stage or alias" list="places" placeholder="Production or @alias" value={draft.place} onChange={(event) => setDraft({ ...draft, place: event.target.value })} />{" "}
        on <input type="datetime-local" required aria-label="Date and time" max="9999-12-31T23:59" value={draft.at} onChange={(event) => setDraft({ ...draft, at: event.target.value })} /> ?{" "}
        <Button type="submit" look="solid">
          Ask
        </Button>
      </p>
      <datalist id="places">
        {["Production", "Staging", "Archived", "@champion"].map((place) => (
          <option key={place} value={place} />
        ))}
      </datalist>
      {asked && <Answer {...asked} />}
    </form>
  );
}

function Answer({ model, place, at }: Asked) {
  const ms = new Date(at).getTime();
  const state = useQuery({ queryKey: ["models", "state", model, ms], queryFn: ({ signal }) => modelState(model, String(ms), signal), retry: false });
  const when = formatExact(ms);
  const link = (version: string) => <a href={`#${printRoute({ page: "version", name: model, version })}`}>Version {version}</a>;
  if (state.error) return <p role="alert" className={styles.broken}>{state.error.message}</p>;
  if (!state.data) return <p className={styles.answer}>…</p>;
  const alias = place.replace(/^@/, "");
  const held = place.startsWith("@")
    ? state.data.aliases.filter((each) => each.alias === alias)
    : state.data.versions.filter((each) => each.stage.toLowerCase() === place.toLowerCase());
  if (held.length === 0) {
    return (
      <p className={styles.answer} role="status">
        No version of {model} was in {place} on {when}.
      </p>
    );
  }
  return (
    <ul className={styles.answer} role="status">
      {held.map(({ version, held: since }) => (
        <li key={version}>
          {link(version)}, since {formatExact(since.since ?? 0)}
          {since.by && `, put there by ${since.by}`}
          {since.reason ? `: “${since.reason}”` : ", without a reason"}
          {since.ticket && ` (${since.ticket})`}.{" "}
          {since.event ? <a href={`#${printRoute({ page: "decision", seq: String(since.event) })}`}>Evidence</a> : null} ·{" "}
          <a href={`#${printRoute({ page: "model", name: model, tab: "versions" })}?at=${new Date(ms).toISOString()}`}>All of the model then</a>
        </li>
      ))}
    </ul>
  );
}
