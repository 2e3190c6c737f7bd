"""Runs through a journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mlflow._base.ids import new_id
from mlflow._journal.delivery import is_refusal
from mlflow._journal.experiments import JournaledExperiments
from mlflow._journal.folder import find_start
from mlflow._journal.journal import Journal
from mlflow._journal.memory import run_of
from mlflow._journal.records import Logged, Record, RunCreated, RunUpdated, name_in
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.runs import JOURNAL
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
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run import Run
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
        once: The server, asked once: for what a training must not wait for.
        experiments: For experiments that are known by name only.
        journal: The journal, whose name runs carry.
        append: Records a call.
    """

    def __init__(
        self,
        calls: Calls,
        once: Calls,
        experiments: JournaledExperiments,
        journal: Journal,
        append: Callable[[Record], None],
    ) -> None:
        super().__init__(calls)
        self._experiments = experiments
        self._journal = journal
        self._append = append
        self._once = RestRuns(once)

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
        chosen = str(experiment_id)
        pairs = [(tag.key, tag.value) for tag in checked.values()]
        created = RunCreated(
            made, chosen, self._experiments.names.get(chosen), user_id, start_time or 0, pairs, name
        )
        self._append(created)
        return run_of(created)

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
        known = self._journal.memory.run(run_id)
        if known is not None:
            return known.info
        return replace(
            _unseen(run_id, "").info,
            status=RunStatus.to_string(RunStatus.RUNNING if status is None else status),
            end_time=end_time,
            run_name=run_name,
        )

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
        """As the server has it. While that is away, or has not been sent its start yet: as it was recorded here, or as
        its start was recorded by another process.
        """
        own = self._journal.memory.run(run_id)
        try:
            return super().get(run_id) if own is None else self._once.get(run_id)
        except MlflowException as error:
            if error.error_code == _MISSING:
                own = self._recorded(run_id)
            if own is None or (is_refusal(error) and error.error_code != _MISSING):
                raise
            return own

    def go_on(self, run_id: str, experiment_id: str = "") -> Run:
        """A run that is logged to from now on; while the server is away no more need be known of it than its id.

        Args:
            run_id: The run.
            experiment_id: Experiment that it is taken to be in then.

        Raises:
            ResourceDoesNotExist: The server is there, and has no such run.
        """
        try:
            return self._once.get(run_id)
        except MlflowException as error:
            if is_refusal(error) and error.error_code != _MISSING:
                raise
            known = self._recorded(run_id) or self._journal.memory.run(run_id)
            if known is None and error.error_code == _MISSING:
                raise
        return known or _unseen(run_id, experiment_id)

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

    def _recorded(self, run_id: str) -> Run | None:
        """A run whose start waits in a journal, that of this process or another one."""
        start = find_start(self._journal.root, run_id)
        return None if start is None else self._journal.memory.run(run_id) or run_of(start)


def _unseen(run_id: str, experiment_id: str) -> Run:
    return run_of(RunCreated(run_id, experiment_id, None, None, 0, [], ""))


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
