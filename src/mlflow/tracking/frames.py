"""Search results as DataFrames; the only place of tracking that needs pandas besides tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mlflow._artifacts.tables import need_pandas
from mlflow.entities.logged_model import LoggedModel
from mlflow.entities.run import Run

if TYPE_CHECKING:
    import pandas

_MODEL_COLUMNS = (
    "artifact_location",
    "creation_timestamp",
    "experiment_id",
    "last_updated_timestamp",
    "metrics",
    "model_id",
    "model_type",
    "name",
    "params",
    "source_run_id",
    "status",
    "status_message",
    "tags",
)


def runs_frame(runs: Sequence[Run]) -> pandas.DataFrame:
    """One row for each run: facts, then `metrics.*`, `params.*` and `tags.*`; what a run lacks is missing.

    Raises:
        MissingExtra: pandas is not installed.
    """
    pd = need_pandas("mlflow.search_runs as a DataFrame")
    infos = [run.info for run in runs]
    columns: dict[str, Any] = {
        name: [getattr(info, name) for info in infos]
        for name in ("run_id", "experiment_id", "status", "artifact_uri")
    }
    for name in ("start_time", "end_time"):
        columns[name] = pd.to_datetime([getattr(info, name) for info in infos], unit="ms", utc=True)
    columns |= _spread("metrics", runs, lambda run: run.data.metrics, float("nan"))
    columns |= _spread("params", runs, lambda run: run.data.params, None)
    columns |= _spread("tags", runs, lambda run: run.data.tags, None)
    frame: pandas.DataFrame = pd.DataFrame(columns)
    return frame


def models_frame(models: Sequence[LoggedModel]) -> pandas.DataFrame:
    """One row for each logged model, one column for each fact.

    Raises:
        MissingExtra: pandas is not installed.
    """
    pd = need_pandas("mlflow.search_logged_models as a DataFrame")
    rows = [
        {**{name: getattr(model, name) for name in _MODEL_COLUMNS}, "status": str(model.status)}
        for model in models
    ]
    frame: pandas.DataFrame = pd.DataFrame(rows, columns=list(_MODEL_COLUMNS))
    return frame


def _spread(
    prefix: str, runs: Sequence[Run], values_of: Callable[[Run], dict[str, Any]], missing: Any
) -> dict[str, list[Any]]:
    """A column for each key, in the order in which the keys first appear."""
    rows = [values_of(run) for run in runs]
    return {f"{prefix}.{key}": [row.get(key, missing) for row in rows] for key in _keys(rows)}


def _keys(rows: Iterable[dict[str, Any]]) -> dict[str, None]:
    return dict.fromkeys(key for row in rows for key in row)
