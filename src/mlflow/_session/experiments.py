"""The experiment that new runs belong to."""

from __future__ import annotations

from typing import NamedTuple

from mlflow._session.project import project_experiment_name
from mlflow._session.stores import journaled
from mlflow._storage.experiment_names import create_or_find
from mlflow._storage.interface.store import Store
from mlflow.entities.experiment import Experiment
from mlflow.environment_variables import MLFLOW_EXPERIMENT_ID, MLFLOW_EXPERIMENT_NAME
from mlflow.exceptions import InvalidParameterValue

DEFAULT_EXPERIMENT_ID = "0"


class _Choice(NamedTuple):
    store_uri: str
    experiment_id: str
    name: str


_choice: _Choice | None = None


def choose_experiment(store: Store, experiment: Experiment) -> None:
    """Makes an experiment the one of new runs, in this process and in those that it starts.

    Raises:
        InvalidParameterValue: It is deleted.
    """
    global _choice
    if experiment.lifecycle_stage != "active":
        raise InvalidParameterValue(
            f"Cannot set a deleted experiment {experiment.name!r} as the active experiment. Restore it with "
            f"mlflow.restore_experiment({experiment.experiment_id!r}), or choose another name."
        )
    _choice = _Choice(store.uri, experiment.experiment_id, experiment.name)
    MLFLOW_EXPERIMENT_ID.set(experiment.experiment_id)


def forget_experiment() -> None:
    """Goes back to the experiment of the environment, of the project's file, or the default one."""
    global _choice
    if _choice is not None and MLFLOW_EXPERIMENT_ID.get() == _choice.experiment_id:
        MLFLOW_EXPERIMENT_ID.unset()
    _choice = None


def active_experiment_id(store: Store) -> str:
    """Id of the experiment that new runs of a store belong to.

    An experiment that was chosen while another store was in use stands for the experiment of the same name
    in this one: ids of different stores have nothing to do with each other.
    """
    chosen = chosen_experiment_id(store)
    if chosen is not None:
        return chosen
    name = _choice.name if _choice is not None else MLFLOW_EXPERIMENT_NAME.get() or project_experiment_name()
    if not name:
        return DEFAULT_EXPERIMENT_ID
    experiment = find_or_create_experiment(store, name)
    choose_experiment(store, experiment)
    return experiment.experiment_id


def chosen_experiment_id(store: Store) -> str | None:
    """Id of the experiment of a store that was asked for, `None` when nothing names one by its id."""
    if _choice is not None:
        return _choice.experiment_id if _choice.store_uri == store.uri else None
    return MLFLOW_EXPERIMENT_ID.get() or None


def find_experiment(store: Store, experiment_id: str) -> Experiment:
    """An experiment by id; through a journal, one of which only that is known while the server is away.

    Raises:
        ResourceDoesNotExist: There is no such experiment.
    """
    journal = journaled(store)
    if journal is None:
        return store.experiments.get(experiment_id)
    return journal.experiments.to_log_to(experiment_id)


def find_or_create_experiment(store: Store, name: str) -> Experiment:
    """An experiment by name; a new one is made, and announced, when there is none."""
    found = store.experiments.find(name)
    if found is not None:
        return found
    from mlflow._base.logs import get_logger

    message = f"Experiment with name {name!r} does not exist. Creating a new experiment."
    close = _close_name(store, name)
    if close:
        message += f" (There is one named {close!r}.)"
    get_logger("mlflow.tracking.fluent").info(message)
    return create_or_find(store, name)


def _close_name(store: Store, name: str) -> str | None:
    from difflib import get_close_matches

    names = [experiment.name for experiment in store.experiments.search(max_results=200)]
    matches = get_close_matches(name, names, n=1, cutoff=0.85)
    return matches[0] if matches else None
