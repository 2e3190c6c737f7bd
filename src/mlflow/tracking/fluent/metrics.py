"""Metrics of the active run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlflow._session.models import active_model_id
from mlflow.tracking import metrics as calls
from mlflow.tracking.fluent.runs import target_of
from mlflow.tracking.values import make_metric

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Logs one point of a metric; starts a run when none is active.

    Args:
        key: Name of the metric.
        value: A number, or what holds one (numeric text, arrays and tensors of one element).
        step: Whole number; 0 by default.
        synchronous: Whether to wait until it is stored; as configured by default.
        timestamp: Milliseconds since the epoch; now by default.
        run_id: The run; the active one by default.
        model_id: Logged model that it is measured on; the active model by default.
        dataset: Dataset that it is measured on.

    Returns:
        What to wait for, when it is logged in the background.
    """
    store, run_id = target_of(run_id)
    name, digest = (None, None) if dataset is None else (dataset.name, dataset.digest)
    point = make_metric(key, value, timestamp, step, model_id or active_model_id(), name, digest)
    return calls.log_metric(store, run_id, point, synchronous)


def log_metrics(
    metrics: dict[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Logs several metrics of one step as one batch; starts a run when none is active.

    Args:
        metrics: Values by name.
        step: Whole number; 0 by default.
        synchronous: Whether to wait until they are stored; as configured by default.
        run_id: The run; the active one by default.
        timestamp: Milliseconds since the epoch; now by default.
        model_id: Logged model that they are measured on; the active model by default.
        dataset: Dataset that they are measured on.

    Returns:
        What to wait for, when they are logged in the background.
    """
    store, run_id = target_of(run_id)
    name, digest = (None, None) if dataset is None else (dataset.name, dataset.digest)
    return calls.log_metrics(
        store, run_id, metrics, synchronous, timestamp, step, model_id or active_model_id(), name, digest
    )
