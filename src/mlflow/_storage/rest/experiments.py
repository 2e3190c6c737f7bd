"""Experiments on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_artifact_location
from mlflow._wire import experiments as wire
from mlflow._wire.enums import VIEW_TYPE_NAMES
from mlflow._wire.shapes import Empty, KeyValue
from mlflow.entities.experiment import Experiment
from mlflow.entities.tag import ExperimentTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import MlflowException


class RestExperiments:
    """Experiments on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self, name: str, artifact_location: str | None = None, tags: Sequence[ExperimentTag] = ()
    ) -> str:
        request = wire.CreateExperiment(
            name,
            check_artifact_location(artifact_location) if artifact_location else "",
            [KeyValue(tag.key, tag.value) for tag in tags],
        )
        return self._call("create_experiment", request, wire.ExperimentIdReply).experiment_id

    def get(self, experiment_id: str) -> Experiment:
        reply = self._call("get_experiment", wire.GetExperiment(experiment_id), wire.ExperimentReply)
        return wire.experiment_from_wire(reply.experiment)

    def find(self, name: str) -> Experiment | None:
        try:
            reply = self._call("get_experiment_by_name", wire.GetExperimentByName(name), wire.ExperimentReply)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
        return wire.experiment_from_wire(reply.experiment)

    def search(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[Experiment]:
        request = wire.SearchExperiments(
            max_results,
            page_token or "",
            filter_string or "",
            list(order_by),
            VIEW_TYPE_NAMES[view_type - 1],  # type: ignore[arg-type]
        )
        reply = self._call("search_experiments", request, wire.ExperimentsReply)
        return Page(
            [wire.experiment_from_wire(item) for item in reply.experiments], reply.next_page_token or None
        )

    def rename(self, experiment_id: str, new_name: str) -> None:
        self._call("update_experiment", wire.UpdateExperiment(experiment_id, new_name), Empty)

    def delete(self, experiment_id: str) -> None:
        self._call("delete_experiment", wire.DeleteExperiment(experiment_id), Empty)

    def restore(self, experiment_id: str) -> None:
        self._call("restore_experiment", wire.RestoreExperiment(experiment_id), Empty)

    def set_tag(self, experiment_id: str, tag: ExperimentTag) -> None:
        self._call("set_experiment_tag", wire.SetExperimentTag(experiment_id, tag.key, tag.value), Empty)

    def delete_tag(self, experiment_id: str, key: str) -> None:
        self._call("delete_experiment_tag", wire.DeleteExperimentTag(experiment_id, key), Empty)
