"""Logged models, and the active one."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from mlflow._session.experiments import active_experiment_id
from mlflow._session.models import active_model_id, choose_model, last_model_id, note_model
from mlflow._session.runs import current_run
from mlflow._session.stores import open_session_store
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking import logged_models as calls
from mlflow.tracking.context.registry import resolve_tags

if TYPE_CHECKING:
    import pandas

_IS_EXTERNAL = "mlflow.model.isExternal"


class ActiveModel(LoggedModel):
    """The active model; as a context manager it makes the one before active again at the end of its block."""

    def __init__(self, logged_model: LoggedModel, set_by_user: bool, before: str | None = None) -> None:
        super().__init__(**dict(logged_model))
        self.__dict__["set_by_user"] = set_by_user
        self.__dict__["_before"] = before

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        choose_model(self.__dict__["_before"])


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Makes a logged model in the state PENDING; finalize it when its files are stored.

    Args:
        name: Name for people; a random one by default.
        source_run_id: Run that makes it; the active run by default.
        tags: Tags; any values become text.
        params: Parameters; any values become text.
        model_type: Free text.
        experiment_id: Experiment that it belongs to; that of the run, or the active one, by default.
    """
    entry = current_run()
    store = open_session_store() if entry is None else entry.store
    if source_run_id is None and entry is not None:
        source_run_id = entry.run.info.run_id
    if experiment_id is None:
        if entry is not None and source_run_id == entry.run.info.run_id:
            experiment_id = entry.run.info.experiment_id
        elif source_run_id is not None:
            experiment_id = store.runs.get(source_run_id).info.experiment_id
        else:
            experiment_id = active_experiment_id(store)
    model = calls.create_logged_model(
        store, experiment_id, name, source_run_id, resolve_tags(tags), params, model_type
    )
    note_model(model.model_id)
    return model


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Makes a logged model whose files are kept elsewhere; it is READY at once.

    Args:
        name: Name for people; a random one by default.
        source_run_id: Run that makes it; the active run by default.
        tags: Tags; any values become text.
        params: Parameters; any values become text.
        model_type: Free text.
        experiment_id: Experiment that it belongs to; that of the run, or the active one, by default.
    """
    labels = {**(tags or {}), _IS_EXTERNAL: "true"}
    made = initialize_logged_model(name, source_run_id, labels, params, model_type, experiment_id)
    return finalize_logged_model(made.model_id, LoggedModelStatus.READY)


def finalize_logged_model(model_id: str, status: LoggedModelStatus | str) -> LoggedModel:
    """Says that the files of a model are complete (`"READY"`) or will not come (`"FAILED"`)."""
    return calls.finalize_logged_model(open_session_store(), model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """A logged model by id; `ResourceDoesNotExist` when there is none."""
    return open_session_store().logged_models.get(model_id)


def last_logged_model() -> LoggedModel | None:
    """The logged model that this thread, else this process, made last; `None` without any."""
    model_id = last_model_id()
    return None if model_id is None else get_logged_model(model_id)


@overload
def search_logged_models(
    experiment_ids: list[str] | None = None,
    filter_string: str | None = None,
    datasets: list[dict[str, str]] | None = None,
    max_results: int | None = None,
    order_by: list[dict[str, Any]] | None = None,
    output_format: Literal["pandas"] = "pandas",
) -> pandas.DataFrame: ...
@overload
def search_logged_models(
    experiment_ids: list[str] | None = None,
    filter_string: str | None = None,
    datasets: list[dict[str, str]] | None = None,
    max_results: int | None = None,
    order_by: list[dict[str, Any]] | None = None,
    *,
    output_format: Literal["list"],
) -> list[LoggedModel]: ...
def search_logged_models(
    experiment_ids: list[str] | None = None,
    filter_string: str | None = None,
    datasets: list[dict[str, str]] | None = None,
    max_results: int | None = None,
    order_by: list[dict[str, Any]] | None = None,
    output_format: str = "pandas",
) -> list[LoggedModel] | pandas.DataFrame:
    """Logged models that match a filter, newest first by default.

    Args:
        experiment_ids: Experiments to look in; the active one by default.
        filter_string: Such as `"metrics.accuracy > 0.9 AND name = 'forest'"`.
        datasets: Dictionaries with `dataset_name` and perhaps `dataset_digest`: metrics of the filter count where
            measured on one of these.
        max_results: Most models that are wanted; all by default.
        order_by: Dictionaries with `field_name` and perhaps `ascending`, `dataset_name`, `dataset_digest`.
        output_format: `"pandas"` for a DataFrame, `"list"` for a list of `LoggedModel`.

    Raises:
        ValueError: Unknown `output_format`.
        MissingExtra: A DataFrame is wanted and pandas is not installed.
    """
    if output_format not in {"pandas", "list"}:
        raise ValueError(
            f"Unsupported output format: {output_format}. Supported string values are 'pandas' or 'list'"
        )
    store = open_session_store()
    ids = experiment_ids or [active_experiment_id(store)]
    found = calls.search_all_logged_models(store, ids, filter_string, datasets, max_results, order_by)
    if output_format == "list":
        return found
    from mlflow.tracking.frames import models_frame

    return models_frame(found)


def set_logged_model_tags(model_id: str, tags: dict[str, Any]) -> None:
    """Sets tags of a logged model; any values become text."""
    calls.set_logged_model_tags(open_session_store(), model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    """Removes a tag of a logged model."""
    open_session_store().logged_models.delete_tag(model_id, key)


def log_model_params(params: dict[str, str], model_id: str | None = None) -> None:
    """Writes parameters of a logged model, once.

    Args:
        params: Values by name.
        model_id: The model; the active one by default.

    Raises:
        InvalidParameterValue: No model is given, and none is active.
    """
    chosen = model_id or active_model_id()
    if chosen is None:
        raise InvalidParameterValue(
            "There is no active model; give `model_id`, or call mlflow.set_active_model first"
        )
    calls.log_model_params(open_session_store(), chosen, params)


def set_active_model(*, name: str | None = None, model_id: str | None = None) -> ActiveModel:
    """Makes a logged model the one that metrics of this thread are measured on, unless they name another.

    Args:
        name: Name; the newest model of that name in the active experiment, made when there is none.
        model_id: Id.

    Returns:
        The model; as a context manager it makes the one before active again.

    Raises:
        InvalidParameterValue: Neither is given, or both for different models.
        ResourceDoesNotExist: No model has that id.
    """
    if name is None and model_id is None:
        raise InvalidParameterValue("Either name or model_id must be provided")
    if model_id is not None:
        model = get_logged_model(model_id)
        if name is not None and model.name != name:
            raise InvalidParameterValue(
                f"The model {model_id} is named {model.name!r}, not {name!r}; give only one of them"
            )
    else:
        model = _find_or_create(str(name))
    return ActiveModel(model, set_by_user=True, before=choose_model(model.model_id))


def get_active_model_id() -> str | None:
    """Id of the active model of this thread; `None` without one."""
    return active_model_id()


def clear_active_model() -> None:
    """Leaves this thread without an active model."""
    choose_model(None)


def _find_or_create(name: str) -> LoggedModel:
    quoted = name.replace("'", "''")
    found = search_logged_models(filter_string=f"name = '{quoted}'", max_results=1, output_format="list")
    if found:
        return found[0]
    from mlflow._base.logs import get_logger

    get_logger("mlflow.tracking.fluent").info(
        "LoggedModel with name %r does not exist, creating one...", name
    )
    return create_external_model(name)
