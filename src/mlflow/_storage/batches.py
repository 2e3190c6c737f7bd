"""Cutting what is logged at once into the batches that a store takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mlflow._storage.interface.store import Store
from mlflow._storage.validation import (
    MAX_BATCH_ITEMS,
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_BATCH_TAGS,
)
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag


class Batch(NamedTuple):
    """What is logged to a run at once."""

    metrics: Sequence[Metric] = ()
    params: Sequence[Param] = ()
    tags: Sequence[RunTag] = ()


def write_batch(store: Store, run_id: str, batch: Batch) -> None:
    """Logs a batch of any size; beyond the limits of one call each part is all or nothing by itself."""
    for part in split_batch(batch):
        store.runs.log_batch(run_id, *part)


def split_batch(batch: Batch) -> Iterator[Batch]:
    """Parts within the limits, in order; one without anything for an empty batch, so that it is checked."""
    metrics, params, tags = batch
    if (
        len(metrics) <= MAX_BATCH_METRICS
        and len(params) <= MAX_BATCH_PARAMS
        and len(tags) <= MAX_BATCH_TAGS
        and len(metrics) + len(params) + len(tags) <= MAX_BATCH_ITEMS
    ):
        yield batch
        return
    while metrics or params or tags:
        some_params, params = params[:MAX_BATCH_PARAMS], params[MAX_BATCH_PARAMS:]
        some_tags, tags = tags[:MAX_BATCH_TAGS], tags[MAX_BATCH_TAGS:]
        room = min(MAX_BATCH_METRICS, MAX_BATCH_ITEMS - len(some_params) - len(some_tags))
        some_metrics, metrics = metrics[:room], metrics[room:]
        yield Batch(some_metrics, some_params, some_tags)
