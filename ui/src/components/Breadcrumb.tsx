import { useQuery } from "@tanstack/react-query";
import { getExperiment } from "../api/experiments";
import { getRun } from "../api/runs";
import { plural } from "../lib/numbers";
import { printRoute, type Route } from "../state/routes";
import styles from "./Breadcrumb.module.css";
import { Icon } from "./ui/Icon";

/** Where the page is. Names come from what the pages have loaded anyway. */
export function Breadcrumb({ route }: { route: Route }) {
  const experimentId = route.page === "runs" || route.page === "run" ? route.experimentId : undefined;
  const runId = route.page === "run" ? route.runId : undefined;
  const experiment = useQuery({
    queryKey: ["experiment", experimentId],
    queryFn: ({ signal }) => getExperiment(experimentId ?? "", signal),
    enabled: experimentId !== undefined,
  });
  const run = useQuery({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => getRun(runId ?? "", signal),
    enabled: runId !== undefined,
  });
  const steps: [name: string, path: string | undefined][] = [];
  if (route.page === "models" || route.page === "model" || route.page === "version") {
    steps.push(["Models", printRoute({ page: "models" })]);
    if (route.page !== "models") steps.push([route.name, printRoute({ page: "model", name: route.name, tab: "versions" })]);
    if (route.page === "version") steps.push([`Version ${route.version}`, undefined]);
  } else if (route.page === "decisions" || route.page === "decision") {
    steps.push(["Decisions", printRoute({ page: "decisions" })]);
    if (route.page === "decision") steps.push([`#${route.seq}`, undefined]);
  } else steps.push(["Experiments", printRoute({ page: "experiments" })]);
  if (route.page === "compare") steps.push([`Compare ${plural(route.runIds.length, "run")}`, undefined]);
  if (experimentId !== undefined) steps.push([experiment.data?.name ?? experimentId, printRoute({ page: "runs", experimentId })]);
  if (runId !== undefined) steps.push([run.data?.name ?? runId, undefined]);
  if (route.page === "runs-of") steps.push([plural(route.experimentIds.length, "experiment"), undefined]);
  return (
    <nav aria-label="Breadcrumb" className={styles.breadcrumb}>
      <ol>
        {steps.map(([name, path], index) => (
          <li key={index}>
            {index > 0 && <Icon name="chevron" size={12} />}
            {index === steps.length - 1 || path === undefined ? (
              <span className="truncate" aria-current="page" title={name}>
                {name}
              </span>
            ) : (
              <a className="truncate" href={`#${path}`} title={name}>
                {name}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
