"""Handlers: experiments."""

from __future__ import annotations

from mlflow._wire import experiments as wire
from mlflow._wire.enums import VIEW_TYPE_NAMES, enum_number
from mlflow._wire.inputs import DatasetSummaries, SearchDatasets, summary_to_wire
from mlflow._wire.shapes import Empty
from mlflow.entities.tag import ExperimentTag
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def create_experiment(context: Context, request: wire.CreateExperiment) -> wire.ExperimentIdReply:
    tags = [ExperimentTag(tag.key, tag.value) for tag in request.tags]
    return wire.ExperimentIdReply(
        context.store.experiments.create(request.name, request.artifact_location or None, tags)
    )


def get_experiment(context: Context, request: wire.GetExperiment) -> wire.ExperimentReply:
    return wire.ExperimentReply(wire.experiment_to_wire(context.store.experiments.get(request.experiment_id)))


def get_experiment_by_name(context: Context, request: wire.GetExperimentByName) -> wire.ExperimentReply:
    found = context.store.experiments.find(request.experiment_name)
    if found is None:
        raise ResourceDoesNotExist(f"Could not find experiment with name '{request.experiment_name}'")
    return wire.ExperimentReply(wire.experiment_to_wire(found))


def search_experiments(context: Context, request: wire.SearchExperiments) -> wire.ExperimentsReply:
    page = context.store.experiments.search(
        enum_number(VIEW_TYPE_NAMES, request.view_type),
        request.max_results,
        request.filter,
        request.order_by,
        request.page_token or None,
    )
    return wire.ExperimentsReply([wire.experiment_to_wire(item) for item in page], page.token or "")


def list_experiments(context: Context, request: wire.ListExperiments) -> wire.ExperimentsReply:
    page = context.store.experiments.search(
        enum_number(VIEW_TYPE_NAMES, request.view_type),
        request.max_results,
        order_by=["experiment_id ASC"],
        page_token=request.page_token or None,
    )
    return wire.ExperimentsReply([wire.experiment_to_wire(item) for item in page], page.token or "")


def update_experiment(context: Context, request: wire.UpdateExperiment) -> Empty:
    if not request.new_name:
        raise InvalidParameterValue("Missing value for required parameter 'new_name'")
    context.store.experiments.rename(request.experiment_id, request.new_name)
    return Empty()


def delete_experiment(context: Context, request: wire.DeleteExperiment) -> Empty:
    context.store.experiments.delete(request.experiment_id)
    return Empty()


def restore_experiment(context: Context, request: wire.RestoreExperiment) -> Empty:
    context.store.experiments.restore(request.experiment_id)
    return Empty()


def set_experiment_tag(context: Context, request: wire.SetExperimentTag) -> Empty:
    context.store.experiments.set_tag(request.experiment_id, ExperimentTag(request.key, request.value))
    return Empty()


def delete_experiment_tag(context: Context, request: wire.DeleteExperimentTag) -> Empty:
    context.store.experiments.delete_tag(request.experiment_id, request.key)
    return Empty()


def search_datasets(context: Context, request: SearchDatasets) -> DatasetSummaries:
    found = context.store.inputs.search_datasets(request.experiment_ids)
    return DatasetSummaries([summary_to_wire(summary) for summary in found])


HANDLERS: dict[str, Handler] = {
    "create_experiment": create_experiment,
    "get_experiment": get_experiment,
    "get_experiment_by_name": get_experiment_by_name,
    "search_experiments": search_experiments,
    "search_experiments_by_get": search_experiments,
    "list_experiments": list_experiments,
    "update_experiment": update_experiment,
    "delete_experiment": delete_experiment,
    "restore_experiment": restore_experiment,
    "set_experiment_tag": set_experiment_tag,
    "delete_experiment_tag": delete_experiment_tag,
    "search_datasets": search_datasets,
}
