"""Waiting for what is done in the background, without loading what does it."""

from __future__ import annotations

import sys


def flush_async_logging() -> None:
    """Waits until metrics, parameters and tags that are logged in the background are stored."""
    queue = sys.modules.get("mlflow.tracking.queue")
    if queue is not None:
        queue.flush_queue()


def flush_artifact_async_logging() -> None:
    """Waits until artifacts that are logged in the background are stored."""
    uploads = sys.modules.get("mlflow.tracking.uploads")
    if uploads is not None:
        uploads.flush_uploads()
