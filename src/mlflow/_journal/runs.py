"""Runs through a journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mlflow._base.ids import new_id
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.folder import find_start
from mlflow._journal.journal import Journal
from mlflow._journal.records import Logged, Record, RunCreated, RunUpdated, name_in
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.runs import JOURNAL
from mlflow._storage.owners import run_uri
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.runs import RestRuns
from mlflow._storage.run_names import RUN_NAME, with_name
from mlflow._storage.validation import (
    check_batch,
    check_experiment_id,
    check_run_status,
    check_run_tag,
    check_text,
    check_time,
)
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
from mlflow.entities.run_data import RunData
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import MlflowException

_MISSING = "RESOURCE_DOES_NOT_EXIST"


class JournaledRuns(RestRuns):
    """Runs through a journal: what changes them is recorded, what reads them asks the server.

    Args:
        calls: The server.
        experiments: For experiments that are known by name only.
        journal: The journal, whose name runs carry.
        append: Records a call.
    """

    def __init__(
        self,
        calls: Calls,
        experiments: JournaledExperiments,
        journal: Journal,
        append: Callable[[Record], None],
    ) -> None:
        super().__init__(calls)
        self._experiments = experiments
        self._journal = journal
        self._append = append
        self._known: dict[str, RunInfo] = {}

    def create(
        self,
        experiment_id: str,
        user_id: str | None = None,
        start_time: int | None = None,
        tags: Sequence[RunTag] = (),
        run_name: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        if name_in(str(experiment_id)) is None:
            check_experiment_id(experiment_id)
        check_time(start_time or 0, "start_time")
        check_text(user_id or "", "user_id")
        checked = with_name(tags, run_name)
        name = checked[RUN_NAME].value
        checked.setdefault(JOURNAL, RunTag(JOURNAL, self._journal.folder.name))
        made = new_id() if run_id is None else run_id
        info = RunInfo(
            run_id=made,
            experiment_id=str(experiment_id),
            user_id=user_id or "",
            status=RunStatus.to_string(RunStatus.RUNNING),
            start_time=start_time or 0,
            end_time=None,
            lifecycle_stage=LifecycleStage.ACTIVE,
            artifact_uri=run_uri(made),
            run_name=name,
        )
        pairs = [(tag.key, tag.value) for tag in checked.values()]
        experiment_name = self._experiments.names.get(info.experiment_id)
        self._append(
            RunCreated(made, info.experiment_id, experiment_name, user_id, info.start_time or 0, pairs, name)
        )
        self._known[made] = info
        return Run(info, RunData(tags=checked.values()))

    def update(
        self,
        run_id: str,
        status: int | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
    ) -> RunInfo:
        if status is not None:
            check_run_status(status)
        if end_time is not None:
            check_time(end_time, "end_time")
        if run_name:
            check_run_tag(RunTag(RUN_NAME, run_name))
        self._append(RunUpdated(run_id, status, end_time, run_name))
        known = self.assumed(run_id, "").info
        info = replace(
            known,
            status=known.status if status is None else RunStatus.to_string(status),
            end_time=known.end_time if end_time is None else end_time,
            run_name=run_name or known.run_name,
        )
        if run_id in self._known:
            self._known[run_id] = info
        if status is not None and RunStatus.is_terminated(status):
            self._known.pop(run_id, None)
        return info

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
    ) -> None:
        points, values, labels = check_batch(metrics, params, tags)
        self._append(
            Logged(
                run_id,
                [point_of(point) for point in points],
                [(param.key, param.value) for param in values],
                [(tag.key, tag.value) for tag in labels],
            )
        )

    def get(self, run_id: str) -> Run:
        """As the server has it; as its start was recorded, where another process has not sent that yet."""
        try:
            return super().get(run_id)
        except MlflowException as error:
            start = find_start(self._journal.root, run_id) if error.error_code == _MISSING else None
            if start is None:
                raise
        info = self.assumed(run_id, start.experiment_id).info
        return Run(
            replace(info, user_id=start.user_id or "", start_time=start.start_time, run_name=start.run_name),
            RunData(tags=[RunTag(*tag) for tag in start.tags]),
        )

    def search(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Run]:
        ids = self._experiments.real_ids(experiment_ids)
        return super().search(ids, filter_string, view_type, max_results, order_by, page_token)

    def move(self, run_ids: Sequence[str], experiment_id: str) -> list[str]:
        found = self._experiments.real_ids([experiment_id])
        return super().move(run_ids, found[0] if found else experiment_id)

    def assumed(self, run_id: str, experiment_id: str) -> Run:
        """A run of which no more is known than its id, for who goes on with it while the server is away."""
        return Run(
            self._known.get(run_id)
            or RunInfo(
                run_id=run_id,
                experiment_id=experiment_id,
                user_id="",
                status=RunStatus.to_string(RunStatus.RUNNING),
                start_time=None,
                end_time=None,
                lifecycle_stage=LifecycleStage.ACTIVE,
                artifact_uri=run_uri(run_id),
            )
        )


def point_of(metric: Metric) -> tuple[str, float, int, int, str | None, str | None, str | None]:
    """A point as a record has it."""
    return (
        metric.key,
        float(metric.value),
        metric.timestamp,
        metric.step,
        metric.model_id,
        metric.dataset_name,
        metric.dataset_digest,
    )
