"""The active experiment, and experiments by id and name."""

from __future__ import annotations

from typing import Any

from mlflow._session.experiments import (
    active_experiment_id,
    choose_experiment,
    find_experiment,
    find_or_create_experiment,
)
from mlflow._session.runs import current_run
from mlflow._session.stores import open_session_store
from mlflow.entities.experiment import Experiment
from mlflow.entities.tag import ExperimentTag
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import InvalidParameterValue, NotSupported
from mlflow.tracking import experiments
from mlflow.tracking.console import say_deleted


def set_experiment(
    experiment_name: str | None = None,
    experiment_id: str | int | None = None,
    trace_location: Any = None,
) -> Experiment:
    """Chooses the experiment of the runs that are started from now on, in the whole process.

    Args:
        experiment_name: Its name; a new experiment is made, and announced, when there is none.
        experiment_id: Its id.
        trace_location: Where its traces are kept elsewhere; not supported.

    Returns:
        The experiment.

    Raises:
        InvalidParameterValue: Not exactly one of name and id is given, or the experiment is deleted.
        ResourceDoesNotExist: No experiment has that id.
    """
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidParameterValue("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    if trace_location is not None:
        raise NotSupported("Traces are kept in the tracking store; leave out `trace_location`")
    store = open_session_store()
    if experiment_name is not None:
        experiment = find_or_create_experiment(store, str(experiment_name))
    else:
        experiment = find_experiment(store, str(experiment_id))
    choose_experiment(store, experiment)
    entry = current_run()
    if entry is not None and entry.run.info.experiment_id != experiment.experiment_id:
        from mlflow._base.logs import get_logger

        get_logger("mlflow.tracking.fluent").warning(
            "The active run %s stays in its experiment %s; %r is the experiment of runs that are started from now on. "
            "If the run belongs there too: mlflow.move_runs(%r, experiment_id=%r)",
            entry.run.info.run_id,
            entry.run.info.experiment_id,
            experiment.name,
            entry.run.info.run_id,
            experiment.experiment_id,
        )
    return experiment


def create_experiment(
    name: str,
    artifact_location: str | None = None,
    tags: dict[str, Any] | None = None,
    trace_location: Any = None,
) -> str:
    """Makes an experiment, which does not become the active one, and answers its id.

    Args:
        name: Unique name.
        artifact_location: URI or path for its artifacts; a folder of the store's root by default.
        tags: Tags; any values become text.
        trace_location: Where its traces are kept elsewhere; not supported.

    Raises:
        ResourceAlreadyExists: There is one of that name, perhaps in the trash.
    """
    if trace_location is not None:
        raise NotSupported("Traces are kept in the tracking store; leave out `trace_location`")
    return experiments.create_experiment(open_session_store(), name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment by id; `ResourceDoesNotExist` when there is none."""
    return experiments.get_experiment(open_session_store(), experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """An experiment by name; `None` when there is none."""
    return open_session_store().experiments.find(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[Experiment]:
    """Experiments that match a filter, newest first by default.

    Args:
        view_type: A number of `ViewType`.
        max_results: Most experiments that are wanted; all by default.
        filter_string: Such as `"name LIKE 'iris%' AND tags.team = 'a'"`.
        order_by: Such as `["name ASC"]`.
    """
    return experiments.search_all_experiments(
        open_session_store(), view_type, max_results, filter_string, order_by
    )


def list_experiments(
    view_type: int = ViewType.ACTIVE_ONLY, max_results: int | None = None
) -> list[Experiment]:
    """As `search_experiments`, by the name that it had before MLflow 2."""
    return search_experiments(view_type, max_results)


def delete_experiment(experiment_id: str) -> None:
    """Moves an experiment and its runs to the trash, until `mlflow gc` empties it."""
    open_session_store().experiments.delete(str(experiment_id))
    say_deleted("experiment", str(experiment_id), "restore_experiment")


def restore_experiment(experiment_id: str) -> None:
    """Takes an experiment and its runs out of the trash."""
    open_session_store().experiments.restore(str(experiment_id))


def set_experiment_tag(key: str, value: Any) -> None:
    """Sets a tag of the active experiment."""
    set_experiment_tags({key: value})


def set_experiment_tags(tags: dict[str, Any]) -> None:
    """Sets tags of the active experiment; any values become text."""
    store = open_session_store()
    experiment_id = active_experiment_id(store)
    for key, value in tags.items():
        store.experiments.set_tag(experiment_id, ExperimentTag(key, str(value)))


def delete_experiment_tag(key: str) -> None:
    """Removes a tag of the active experiment."""
    store = open_session_store()
    store.experiments.delete_tag(active_experiment_id(store), key)


def _get_experiment_id() -> str:
    """Id of the active experiment; other packages call it by this name."""
    return active_experiment_id(open_session_store())
