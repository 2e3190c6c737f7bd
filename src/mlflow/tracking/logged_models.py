"""What is asked of a store about logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.interface.pages import Page, all_pages
from mlflow._storage.interface.store import Store
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking.runs import texts_of

PAGE_SIZE = 100


def create_logged_model(
    store: Store,
    experiment_id: object,
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
) -> LoggedModel:
    """Makes a model in the state PENDING."""
    return store.logged_models.create(
        str(experiment_id), name, model_type, source_run_id, _texts(params), _texts(tags)
    )


def finalize_logged_model(store: Store, model_id: str, status: LoggedModelStatus | str) -> LoggedModel:
    """Sets the state of a model.

    Raises:
        InvalidParameterValue: The state is neither READY nor FAILED.
    """
    try:
        state = LoggedModelStatus(status)
    except ValueError:
        state = LoggedModelStatus.UNSPECIFIED
    if not LoggedModelStatus.is_finalized(state):
        raise InvalidParameterValue(f"A model is finalized as 'READY' or 'FAILED', got {status!r}")
    return store.logged_models.finalize(model_id, state)


def set_logged_model_tags(store: Store, model_id: str, tags: Mapping[str, Any]) -> None:
    """Sets tags; any values become text."""
    store.logged_models.set_tags(model_id, _texts(tags))


def log_model_params(store: Store, model_id: str, params: Mapping[str, Any]) -> None:
    """Writes parameters; any values become text."""
    store.logged_models.log_params(model_id, _texts(params))


def search_logged_models(
    store: Store,
    experiment_ids: Sequence[object] | object,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, Any]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    page_token: str | None = None,
) -> Page[LoggedModel]:
    """One page of models."""
    return store.logged_models.search(
        texts_of(experiment_ids),
        filter_string,
        _dataset_filters(datasets),
        PAGE_SIZE if max_results is None else max_results,
        _orders(order_by),
        page_token,
    )


def search_all_logged_models(
    store: Store,
    experiment_ids: Sequence[object] | object,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, Any]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
) -> list[LoggedModel]:
    """Models of all pages, up to a limit."""
    ids, filters, orders = texts_of(experiment_ids), _dataset_filters(datasets), _orders(order_by)

    def page(size: int, token: str | None) -> Page[LoggedModel]:
        return store.logged_models.search(ids, filter_string, filters, size, orders, token)

    return all_pages(page, PAGE_SIZE, max_results)


def models_of_run(store: Store, experiment_id: str, run_id: str) -> dict[str, LoggedModel]:
    """Models that a run made, by name; the newest of one name."""
    quoted = run_id.replace("'", "")
    found = search_all_logged_models(store, [experiment_id], f"source_run_id = '{quoted}'")
    return {model.name: model for model in reversed(found)}


def _texts(values: Mapping[str, Any] | None) -> dict[str, str]:
    return {key: str(value) for key, value in (values or {}).items()}


def _dataset_filters(datasets: Sequence[Mapping[str, Any]] | None) -> list[DatasetFilter]:
    try:
        return [DatasetFilter(each["dataset_name"], each.get("dataset_digest")) for each in datasets or ()]
    except KeyError:
        raise InvalidParameterValue(
            "Each entry of `datasets` is a dictionary with 'dataset_name' and, where wanted, 'dataset_digest'"
        ) from None


def _orders(order_by: Sequence[Mapping[str, Any]] | None) -> list[ModelOrder]:
    try:
        return [
            ModelOrder(
                each["field_name"],
                bool(each.get("ascending", True)),
                each.get("dataset_name"),
                each.get("dataset_digest"),
            )
            for each in order_by or ()
        ]
    except (KeyError, TypeError):
        raise InvalidParameterValue(
            "Each entry of `order_by` is a dictionary with 'field_name' and, where wanted, 'ascending', "
            "'dataset_name' and 'dataset_digest'"
        ) from None
