"""Waiting for what is done in the background, without loading what does it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow._journal.open import Status


def flush_async_logging() -> None:
    """Waits until metrics, parameters and tags that are logged in the background are stored."""
    queue = sys.modules.get("mlflow.tracking.queue")
    if queue is not None:
        queue.flush_queue()


def finish_journals(seconds: float | None = None) -> None:
    """Ends the journals of this process, if it has any; what cannot be sent in time stays on the disk."""
    journals = sys.modules.get("mlflow._journal.open")
    if journals is not None:
        journals.finish_journals(seconds)


def status(wait: float = 0) -> list[Status]:
    """How the journals of this process stand: what waits, what was refused, why nothing can be sent.

    Args:
        wait: Seconds to wait, at most, until what has been logged so far is sent.

    Returns:
        One entry for each server that is reached through a journal; empty without `MLFLOW_JOURNAL`.
    """
    journals = sys.modules.get("mlflow._journal.open")
    if journals is None:
        return []
    if wait > 0:
        journals.wait_for_journals(wait)
    found: list[Status] = journals.statuses()
    return found


def flush_artifact_async_logging() -> None:
    """Waits until artifacts that are logged in the background are stored."""
    uploads = sys.modules.get("mlflow.tracking.uploads")
    if uploads is not None:
        uploads.flush_uploads()
