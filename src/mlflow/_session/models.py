"""The logged model that metrics are measured on, and the one that was made last."""

from __future__ import annotations

import threading

from mlflow.environment_variables import MLFLOW_ACTIVE_MODEL_ID


class _Threads(threading.local):
    model_id: str | None = None
    last_model_id: str | None = None


_threads = _Threads()
_last_model_id: str | None = None


def active_model_id() -> str | None:
    """Id of the active model of this thread, else the one of the environment."""
    return _threads.model_id or MLFLOW_ACTIVE_MODEL_ID.get()


def choose_model(model_id: str | None) -> str | None:
    """Sets the active model of this thread.

    Returns:
        The one before.
    """
    before, _threads.model_id = _threads.model_id, model_id
    return before


def note_model(model_id: str) -> None:
    """Remembers the model that was made last."""
    global _last_model_id
    _last_model_id = _threads.last_model_id = model_id


def last_model_id() -> str | None:
    """Id of the model that this thread made last, else the one that any thread made last."""
    return _threads.last_model_id or _last_model_id
