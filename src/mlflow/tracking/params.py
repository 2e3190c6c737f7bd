"""What is asked of a store about parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlflow._storage.batches import Batch
from mlflow._storage.interface.store import Store
from mlflow.entities.param import Param
from mlflow.tracking.metrics import is_synchronous, log_batch, log_later

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def log_param(store: Store, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Logs a parameter as text and answers its value, or what waits for it in the background."""
    param = Param(key, str(value))
    if is_synchronous(synchronous):
        store.params.log(run_id, param)
        return value
    return log_later(store, run_id, Batch(params=[param]))


def log_params(
    store: Store, run_id: str, params: Mapping[str, Any], synchronous: bool | None = None
) -> RunOperations | None:
    """Logs several parameters as text."""
    values = [Param(key, str(value)) for key, value in params.items()]
    return log_batch(store, run_id, params=values, synchronous=synchronous)
