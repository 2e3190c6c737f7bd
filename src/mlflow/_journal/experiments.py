"""Experiments through a journal.

An experiment's id is the server's to give. While the server is away an experiment stands under its name, and the
sender finds or makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlflow._base.clock import now_ms
from mlflow._journal.delivery import is_refusal
from mlflow._journal.records import (
    ExperimentCreated,
    ExperimentTagged,
    Record,
    experiment_named,
    name_in,
)
from mlflow._storage.rest.calls import Calls
from mlflow._storage.rest.experiments import RestExperiments
from mlflow._storage.validation import check_experiment_name, check_experiment_tag
from mlflow.entities.experiment import Experiment
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.tag import ExperimentTag
from mlflow.exceptions import MlflowException


class JournaledExperiments(RestExperiments):
    """Experiments through a journal.

    Args:
        calls: The server, asked once: a training must not wait for it.
        append: Records a call.

    Attributes:
        names: Names of the experiments that were asked for, by id: another server has other ids.
    """

    def __init__(self, calls: Calls, append: Callable[[Record], None]) -> None:
        super().__init__(calls)
        self._append = append
        self.names: dict[str, str] = {}

    def create(
        self, name: str, artifact_location: str | None = None, tags: Sequence[ExperimentTag] = ()
    ) -> str:
        check_experiment_name(name)
        try:
            return super().create(name, artifact_location, tags)
        except MlflowException as error:
            if is_refusal(error):
                raise
        self._append(ExperimentCreated(name, artifact_location, [(tag.key, tag.value) for tag in tags]))
        return experiment_named(name)

    def get(self, experiment_id: str) -> Experiment:
        name = name_in(experiment_id)
        if name is not None:
            return self.find(name) or _unseen(experiment_id, name)
        found = super().get(experiment_id)
        self.names[found.experiment_id] = found.name
        return found

    def to_log_to(self, experiment_id: str) -> Experiment:
        """As it is on the server; while that is away, one of which only the id is known."""
        try:
            return self.get(experiment_id)
        except MlflowException as error:
            if is_refusal(error):
                raise
            return _unseen(experiment_id, self.names.get(experiment_id, ""))

    def find(self, name: str) -> Experiment | None:
        """As it is on the server; while that is away, one of which only the name is known."""
        try:
            found = super().find(name)
        except MlflowException as error:
            if is_refusal(error):
                raise
            return _unseen(experiment_named(name), name)
        if found is not None:
            self.names[found.experiment_id] = found.name
        return found

    def set_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        checked = check_experiment_tag(tag)
        self._append(ExperimentTagged(experiment_id, checked.key, checked.value))

    def real_ids(self, experiment_ids: Sequence[str]) -> list[str]:
        """Ids with those that stand for a name looked up; what the server does not know is left out."""
        ids = []
        for experiment_id in experiment_ids:
            name = name_in(experiment_id)
            found = None if name is None else super().find(name)
            if name is None:
                ids.append(experiment_id)
            elif found is not None:
                ids.append(found.experiment_id)
        return ids


def _unseen(experiment_id: str, name: str) -> Experiment:
    now = now_ms()
    return Experiment(experiment_id, name, "", LifecycleStage.ACTIVE, [], now, now)
