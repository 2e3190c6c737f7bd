import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { experimentTable } from "../api/experiments";
import { formatClock } from "../lib/times";
import { useActor } from "../state/actor";
import { useSilentSince } from "../state/live";
import { navigate } from "../state/location";
import { printRoute, type Route } from "../state/routes";
import { setTheme, useTheme } from "../state/theme";
import { ActorDialog } from "./ActorDialog";
import { Breadcrumb } from "./Breadcrumb";
import styles from "./Frame.module.css";
import { KeysDialog } from "./KeysDialog";
import { Button, IconButton } from "./ui/Button";
import { Icon } from "./ui/Icon";
import { Menu } from "./ui/Menu";

/** What stands around every page: rail, top bar, the one main column. */
export function Frame({ route, children }: { route: Route; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [keys, setKeys] = useState(false);
  const [asking, setAsking] = useState(false);
  const name = useActor();
  useGlobalKeys(() => setKeys(true));
  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Rail route={route} />
      <header className={styles.topbar}>
        <Breadcrumb route={route} />
        <span className={styles.tools}>
          <Connection />
          <IconButton icon="keyboard" label="Keys" className={styles.keys} onClick={() => setKeys(true)} />
          <ThemeMenu />
          <Button look="quiet" icon="user" className={styles.actor} onClick={() => setAsking(true)} title="Who you are: kept with every decision you make here">
            <span className="truncate">{name || "Your name"}</span>
          </Button>
        </span>
      </header>
      <main ref={main} tabIndex={-1} className={styles.main}>
        {children}
      </main>
      {asking && <ActorDialog onClose={() => setAsking(false)} />}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </div>
  );
}

function Rail({ route }: { route: Route }) {
  const recent = useQuery({
    queryKey: ["experiments", "recent"],
    queryFn: ({ signal }) => experimentTable({ name: "", state: "active", orderBy: "last_run DESC" }, undefined, signal),
    staleTime: 30_000,
  });
  const here = route.page === "runs" || route.page === "run" ? route.experimentId : undefined;
  return (
    <nav className={styles.rail} aria-label="Main">
      <a className={styles.brand} href="#/experiments" aria-label="Headrace home">
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
          <rect className={styles.logo} width="32" height="32" rx="7" />
          <path className={styles.logoLine} d="M8 8v16M24 8v16M8 16c4-5 12 5 16 0" />
        </svg>
        <span className={styles.word}>Headrace</span>
      </a>
      <a className={styles.link} href="#/experiments" aria-current={route.page === "experiments" ? "page" : undefined} title="Experiments">
        <Icon name="flask" />
        <span className={styles.word}>Experiments</span>
      </a>
      {recent.data && recent.data.rows.length > 0 && (
        <ul className={styles.recent} aria-label="Recently used experiments">
          {recent.data.rows.slice(0, 8).map((experiment) => (
            <li key={experiment.id}>
              <a
                className={`${styles.link} ${styles.sub}`}
                href={`#${printRoute({ page: "runs", experimentId: experiment.id })}`}
                aria-current={experiment.id === here ? "page" : undefined}
                title={experiment.name}
              >
                <span className="truncate">{experiment.name}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <a className={styles.link} href="#/models" aria-current={route.page === "models" ? "page" : route.page === "model" || route.page === "version" ? "true" : undefined} title="Models">
        <Icon name="model" />
        <span className={styles.word}>Models</span>
      </a>
      <a className={styles.link} href="#/decisions" aria-current={route.page === "decisions" ? "page" : route.page === "decision" ? "true" : undefined} title="Decisions">
        <Icon name="book" />
        <span className={styles.word}>Decisions</span>
      </a>
    </nav>
  );
}

/** Nothing while all is well; since when the pages are old when the server is silent. */
function Connection() {
  const since = useSilentSince();
  return (
    <span role="status" className={since === undefined ? undefined : styles.silent}>
      {since !== undefined && `Not live since ${formatClock(since)}, reconnecting`}
    </span>
  );
}

function ThemeMenu() {
  const theme = useTheme();
  return (
    <Menu
      label="Theme"
      icon={theme === "light" ? "sun" : theme === "dark" ? "moon" : "system"}
      items={[
        { label: "System", checked: theme === "system", onSelect: () => setTheme("system") },
        { label: "Light", checked: theme === "light", onSelect: () => setTheme("light") },
        { label: "Dark", checked: theme === "dark", onSelect: () => setTheme("dark") },
      ]}
    />
  );
}

/** Where `g` and a letter lead. */
const GOALS: Record<string, string> = { e: "/experiments", m: "/models", l: "/decisions" };

/** Single keys that work anywhere outside text fields: `?`, `/`, and `g` followed by a letter. */
function useGlobalKeys(onHelp: () => void): void {
  useEffect(() => {
    let afterG = false;
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog, [contenteditable]")) return;
      const wasG = afterG;
      afterG = event.key === "g";
      const goal = wasG ? GOALS[event.key] : undefined;
      if (goal) navigate(goal);
      else if (event.key === "?") onHelp();
      else if (event.key === "/") {
        const box = document.querySelector<HTMLElement>("[data-filter]");
        if (!box) return;
        event.preventDefault();
        box.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onHelp]);
}
