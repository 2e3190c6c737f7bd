import { lazy, Suspense } from "react";
import { Boundary } from "./components/Boundary";
import { Frame } from "./components/Frame";
import { Skeleton } from "./components/ui/States";
import { ExperimentsPage } from "./pages/experiments/ExperimentsPage";
import { MissingPage } from "./pages/MissingPage";
import { FindRunPage } from "./pages/run/FindRunPage";
import { ExperimentRunsPage, SeveralExperimentsPage } from "./pages/runs/RunsPage";
import { useLocation } from "./state/location";
import { parseRoute, type Route } from "./state/routes";

const RunPage = lazy(() => import("./pages/run/RunPage"));
const ModelsPage = lazy(() => import("./pages/models/ModelsPage"));
const ModelPage = lazy(() => import("./pages/model/ModelPage"));
const VersionPage = lazy(() => import("./pages/version/VersionPage"));
const DecisionsPage = lazy(() => import("./pages/decisions/DecisionsPage"));
const DecisionPage = lazy(() => import("./pages/decisions/DecisionPage"));
const ComparePage = lazy(() => import("./pages/compare/ComparePage"));

export function App() {
  const { path, query } = useLocation();
  const route = parseRoute(path, query);
  return (
    <Frame route={route}>
      <Boundary place={path}>
        <Suspense fallback={<Skeleton />}>
          <Page route={route} />
        </Suspense>
      </Boundary>
    </Frame>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "experiments":
      return <ExperimentsPage />;
    case "runs":
      return <ExperimentRunsPage key={route.experimentId} experimentId={route.experimentId} />;
    case "runs-of":
      return <SeveralExperimentsPage key={route.experimentIds.join()} experimentIds={route.experimentIds} />;
    case "run":
      return <RunPage key={route.runId} route={route} />;
    case "find-run":
      return <FindRunPage runId={route.runId} />;
    case "compare":
      return <ComparePage runIds={route.runIds} />;
    case "models":
      return <ModelsPage />;
    case "model":
      return <ModelPage key={route.name} route={route} />;
    case "version":
      return <VersionPage key={`${route.name} ${route.version}`} route={route} />;
    case "decisions":
      return <DecisionsPage />;
    case "decision":
      return <DecisionPage key={route.seq} seq={route.seq} />;
    case "missing":
      return <MissingPage path={route.path} />;
  }
}
