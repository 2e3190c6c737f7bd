"""From the name of an experiment to the experiment."""

from __future__ import annotations

from mlflow._storage.interface.store import Store
from mlflow.entities.experiment import Experiment
from mlflow.exceptions import MlflowException


def create_or_find(store: Store, name: str) -> Experiment:
    """A new experiment, or the one of that name that another process has made meanwhile."""
    try:
        return store.experiments.get(store.experiments.create(name))
    except MlflowException as error:
        # A server's error has the code, not the class.
        made = store.experiments.find(name) if error.error_code == "RESOURCE_ALREADY_EXISTS" else None
        if made is None:
            raise
        return made
