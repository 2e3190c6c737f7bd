"""What is asked of a store about tags of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlflow._storage.batches import Batch
from mlflow._storage.interface.store import Store
from mlflow.entities.tag import RunTag
from mlflow.tracking.metrics import is_synchronous, log_batch, log_later

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def set_tag(
    store: Store, run_id: str, key: str, value: Any, synchronous: bool | None = None
) -> RunOperations | None:
    """Sets a tag; any value becomes text."""
    tag = RunTag(key, str(value))
    if is_synchronous(synchronous):
        store.tags.set(run_id, tag)
        return None
    return log_later(store, run_id, Batch(tags=[tag]))


def set_tags(
    store: Store, run_id: str, tags: Mapping[str, Any], synchronous: bool | None = None
) -> RunOperations | None:
    """Sets several tags; any values become text."""
    values = [RunTag(key, str(value)) for key, value in tags.items()]
    return log_batch(store, run_id, tags=values, synchronous=synchronous)
