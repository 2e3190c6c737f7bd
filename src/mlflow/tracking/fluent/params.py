"""Parameters of the active run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlflow.tracking import params as calls
from mlflow.tracking.fluent.runs import target_of

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Logs a parameter as text, once; starts a run when none is active.

    Args:
        key: Name of the parameter.
        value: Any value; its text is stored.
        synchronous: Whether to wait until it is stored; as configured by default.

    Returns:
        The value; what to wait for, when it is logged in the background.
    """
    store, run_id = target_of()
    return calls.log_param(store, run_id, key, value, synchronous)


def log_params(
    params: dict[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Logs several parameters as text; starts a run when none is active.

    Args:
        params: Values by name.
        synchronous: Whether to wait until they are stored; as configured by default.
        run_id: The run; the active one by default.

    Returns:
        What to wait for, when they are logged in the background.
    """
    store, run_id = target_of(run_id)
    return calls.log_params(store, run_id, params, synchronous)
