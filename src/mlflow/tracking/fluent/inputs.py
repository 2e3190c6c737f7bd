"""What the active run reads and makes."""

from __future__ import annotations

from typing import Any

from mlflow.entities.run_inputs import LoggedModelInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.tracking import inputs as calls
from mlflow.tracking.fluent.runs import target_of


def log_input(
    dataset: Any = None,
    context: str | None = None,
    tags: dict[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Links a dataset or a logged model to the active run, which used it.

    Args:
        dataset: A dataset of `mlflow.data`.
        context: What it is used for, such as `"training"`.
        tags: Tags of this use; any values become text.
        model: A logged model.
    """
    store, run_id = target_of()
    datasets = [] if dataset is None else [calls.dataset_input(dataset, context, tags)]
    store.inputs.log_inputs(run_id, datasets, [] if model is None else [model])


def log_inputs(
    datasets: list[Any] | None = None,
    contexts: list[str | None] | None = None,
    tags_list: list[dict[str, str] | None] | None = None,
    models: list[LoggedModelInput | None] | None = None,
) -> None:
    """Links several datasets and logged models to the active run, which used them.

    Args:
        datasets: Datasets of `mlflow.data`.
        contexts: What each is used for.
        tags_list: Tags of each use.
        models: Logged models.

    Raises:
        InvalidParameterValue: The lists differ in length.
    """
    store, run_id = target_of()
    store.inputs.log_inputs(
        run_id,
        calls.dataset_inputs(datasets, contexts, tags_list),
        [model for model in models or () if model is not None],
    )


def log_outputs(models: list[LoggedModelOutput] | None = None) -> None:
    """Links logged models to the active run, which made them."""
    store, run_id = target_of()
    store.inputs.log_outputs(run_id, models or [])
