"""Files that are sent in the background."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from mlflow._base.logs import get_logger

_WORKERS = 2

_pool: ThreadPoolExecutor | None = None
_waiting: set[Future[None]] = set()
_guard = threading.Lock()


def send_later(what: str, send: Callable[[], None]) -> None:
    """Runs an upload in the background; one that fails is reported as a message.

    Args:
        what: Names the file in the message.
        send: The upload.
    """
    global _pool

    def attempt() -> None:
        try:
            send()
        except Exception as error:  # noqa: BLE001 - nobody waits for the result
            get_logger("mlflow.tracking").error("%s could not be logged in the background: %s", what, error)

    with _guard:
        if _pool is None:
            _pool = ThreadPoolExecutor(_WORKERS, "mlflow-uploads")
        future = _pool.submit(attempt)
        _waiting.add(future)
    future.add_done_callback(_waiting.discard)


def flush_uploads() -> None:
    """Waits for what is being sent in the background."""
    wait(list(_waiting))


def _forget() -> None:
    """The threads of the parent do not live in a forked process."""
    global _pool, _guard
    _pool = None
    _guard = threading.Lock()
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
