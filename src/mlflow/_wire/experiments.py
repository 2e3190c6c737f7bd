"""Wire forms: experiments."""

from __future__ import annotations

from mlflow._wire.enums import ViewTypeName
from mlflow._wire.shapes import KeyValue, Request, Response
from mlflow.entities.experiment import Experiment
from mlflow.entities.tag import ExperimentTag


class WireExperiment(Response):
    """An experiment."""

    experiment_id: str = ""
    name: str = ""
    artifact_location: str = ""
    lifecycle_stage: str = ""
    last_update_time: int | None = None
    creation_time: int | None = None
    tags: list[KeyValue] = []
    workspace: str = ""


class CreateExperiment(Request):
    """Makes an experiment."""

    name: str
    artifact_location: str = ""
    tags: list[KeyValue] = []


class GetExperiment(Request):
    """Asks for an experiment by id."""

    experiment_id: str


class GetExperimentByName(Request):
    """Asks for an experiment by name."""

    experiment_name: str


class SearchExperiments(Request):
    """Asks for experiments that match a filter. There is no default page size."""

    max_results: int = 0
    page_token: str = ""
    filter: str = ""
    order_by: list[str] = []
    view_type: ViewTypeName = "ACTIVE_ONLY"


class ListExperiments(Request):
    """Asks for all experiments, as MLflow 1.x did."""

    view_type: ViewTypeName = "ACTIVE_ONLY"
    max_results: int = 50_000
    page_token: str = ""


class UpdateExperiment(Request):
    """Renames an experiment."""

    experiment_id: str
    new_name: str = ""


class DeleteExperiment(Request):
    """Moves an experiment to the trash."""

    experiment_id: str


class RestoreExperiment(Request):
    """Takes an experiment out of the trash."""

    experiment_id: str


class SetExperimentTag(Request):
    """Sets a tag of an experiment."""

    experiment_id: str
    key: str
    value: str = ""


class DeleteExperimentTag(Request):
    """Removes a tag of an experiment."""

    experiment_id: str
    key: str


class ExperimentIdReply(Response):
    """Id of a new experiment."""

    experiment_id: str


class ExperimentReply(Response):
    """An experiment."""

    experiment: WireExperiment


class ExperimentsReply(Response):
    """A page of experiments."""

    experiments: list[WireExperiment] = []
    next_page_token: str = ""


def experiment_to_wire(experiment: Experiment) -> WireExperiment:
    """An experiment for a response."""
    return WireExperiment(
        experiment.experiment_id,
        experiment.name,
        experiment.artifact_location,
        experiment.lifecycle_stage,
        experiment.last_update_time,
        experiment.creation_time,
        [KeyValue(key, value) for key, value in experiment.tags.items()],
        experiment.workspace or "default",
    )


def experiment_from_wire(experiment: WireExperiment) -> Experiment:
    """An experiment from a response."""
    return Experiment(
        experiment.experiment_id,
        experiment.name,
        experiment.artifact_location,
        experiment.lifecycle_stage,
        [ExperimentTag(tag.key, tag.value) for tag in experiment.tags],
        experiment.creation_time,
        experiment.last_update_time,
        experiment.workspace or "default",
    )
