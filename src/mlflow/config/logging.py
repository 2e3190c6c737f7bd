"""Whether logging waits."""

from __future__ import annotations

from mlflow.environment_variables import MLFLOW_ENABLE_ASYNC_LOGGING


def enable_async_logging(enable: bool = True) -> None:
    """Makes the functions that log metrics, parameters and tags return at once and store in the background.

    Args:
        enable: `False` makes them wait again.
    """
    MLFLOW_ENABLE_ASYNC_LOGGING.set(enable)
