"""Whether logging waits, and what for."""

from __future__ import annotations

import os
from pathlib import Path

from mlflow.environment_variables import MLFLOW_ENABLE_ASYNC_LOGGING, MLFLOW_JOURNAL, MLFLOW_JOURNAL_DIR


def enable_async_logging(enable: bool = True) -> None:
    """Makes the functions that log metrics, parameters and tags return at once and store in the background.

    Args:
        enable: `False` makes them wait again.
    """
    MLFLOW_ENABLE_ASYNC_LOGGING.set(enable)


def enable_journal(enable: bool = True, folder: str | os.PathLike[str] | None = None) -> None:
    """Makes everything that is logged to a server go into a local journal first, from where it is sent.

    A server that is slow or away then stops nothing, and what a killed process had logged is sent later. Call it
    before the first run starts; databases are written to as always.

    Args:
        enable: `False` makes new runs log to the server itself again.
        folder: Where journals are kept; `mljournal` in the current folder by default.
    """
    MLFLOW_JOURNAL.set(enable)
    if folder is not None:
        MLFLOW_JOURNAL_DIR.set(Path(folder).absolute())
