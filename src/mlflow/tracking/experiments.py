"""What is asked of a store about experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow._storage.interface.pages import Page, all_pages
from mlflow._storage.interface.store import Store
from mlflow.entities.experiment import Experiment
from mlflow.entities.tag import ExperimentTag
from mlflow.entities.view_type import ViewType

PAGE_SIZE = 1000


def create_experiment(
    store: Store, name: str, artifact_location: object = None, tags: Mapping[str, Any] | None = None
) -> str:
    """Makes an experiment and answers its id."""
    location = None if artifact_location is None else str(artifact_location)
    return store.experiments.create(
        name, location, [ExperimentTag(key, str(value)) for key, value in (tags or {}).items()]
    )


def get_experiment(store: Store, experiment_id: object) -> Experiment:
    """An experiment by id; numbers are taken for ids."""
    return store.experiments.get(str(experiment_id))


def search_experiments(
    store: Store,
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = PAGE_SIZE,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
    page_token: str | None = None,
) -> Page[Experiment]:
    """One page of experiments."""
    size = PAGE_SIZE if max_results is None else max_results
    return store.experiments.search(view_type, size, filter_string, order_by or (), page_token)


def search_all_experiments(
    store: Store,
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Experiments of all pages, up to a limit."""

    def page(size: int, token: str | None) -> Page[Experiment]:
        return store.experiments.search(view_type, size, filter_string, order_by or (), token)

    return all_pages(page, PAGE_SIZE, max_results)


def set_experiment_tag(store: Store, experiment_id: object, key: str, value: Any) -> None:
    """Sets a tag; any value becomes text."""
    store.experiments.set_tag(str(experiment_id), ExperimentTag(key, str(value)))
