"""What is asked of a store about metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlflow._storage.batches import Batch, write_batch
from mlflow._storage.interface.pages import all_pages
from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag
from mlflow.environment_variables import MLFLOW_ENABLE_ASYNC_LOGGING
from mlflow.tracking.values import make_metric

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def log_metric(
    store: Store, run_id: str, metric: Metric, synchronous: bool | None = None
) -> RunOperations | None:
    """Logs one point."""
    if is_synchronous(synchronous):
        store.metrics.log(run_id, metric)
        return None
    return log_later(store, run_id, Batch([metric]))


def log_metrics(
    store: Store,
    run_id: str,
    metrics: Mapping[str, Any],
    synchronous: bool | None = None,
    timestamp: Any = None,
    step: Any = None,
    model_id: str | None = None,
    dataset_name: str | None = None,
    dataset_digest: str | None = None,
) -> RunOperations | None:
    """Logs several points of one time and step as one batch."""
    points = [
        make_metric(key, value, timestamp, step, model_id, dataset_name, dataset_digest)
        for key, value in metrics.items()
    ]
    return log_batch(store, run_id, points, synchronous=synchronous)


def log_batch(
    store: Store,
    run_id: str,
    metrics: Sequence[Metric] = (),
    params: Sequence[Param] = (),
    tags: Sequence[RunTag] = (),
    synchronous: bool | None = None,
) -> RunOperations | None:
    """Logs a batch of any size; beyond the limits of one call it is cut."""
    batch = Batch(metrics, params, tags)
    if is_synchronous(synchronous):
        write_batch(store, run_id, batch)
        return None
    return log_later(store, run_id, batch)


def metric_history(store: Store, run_id: str, key: str) -> list[Metric]:
    """All points of a series."""
    return all_pages(lambda size, token: store.metrics.history(run_id, key, size, token), 25_000)


def is_synchronous(synchronous: bool | None) -> bool:
    """Whether a call waits until what it logs is stored; the setting decides where the call does not say."""
    return not MLFLOW_ENABLE_ASYNC_LOGGING.get() if synchronous is None else synchronous


def log_later(store: Store, run_id: str, batch: Batch) -> RunOperations:
    """Logs a batch in the background."""
    from mlflow.tracking.queue import log_queue

    return log_queue().put(store, run_id, batch)
