"""Logging in the background.

One thread writes for all runs of the process, in the order in which things were logged. What has piled up
for a run while the last write was under way is written as one batch. When a batch is refused, its parts are
written one by one, so that only what is wrong is lost, and only its own `RunOperations` raise.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from mlflow._base.logs import get_logger
from mlflow._storage.batches import Batch, write_batch
from mlflow._storage.interface.store import Store
from mlflow._storage.validation import MAX_BATCH_ITEMS, MAX_BATCH_PARAMS, MAX_BATCH_TAGS
from mlflow.exceptions import MlflowException

_IDLE_S = 5.0


class RunOperations:
    """Things that are being logged in the background.

    Args:
        operation_futures: One for each thing; its result is `None`.
    """

    def __init__(self, operation_futures: Sequence[Future[None]]) -> None:
        self._operation_futures = list(operation_futures)

    def wait(self) -> None:
        """Waits until everything is stored.

        Raises:
            MlflowException: Something was refused; the message says what and why.
        """
        failures = [error for future in self._operation_futures if (error := future.exception()) is not None]
        if failures:
            code = failures[0].error_code if isinstance(failures[0], MlflowException) else None
            raise MlflowException(
                "The following failures occurred while performing one or more async logging operations: "
                f"{failures}",
                code,
            )


class _Entry(NamedTuple):
    store: Store
    run_id: str
    batch: Batch
    done: Future[None]


class LogQueue:
    """What waits to be logged, and the thread that logs it; the thread ends when nothing comes for a while."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()
        self._changed = threading.Condition()
        self._num_put = 0
        self._num_done = 0
        self._writer: threading.Thread | None = None

    def put(self, store: Store, run_id: str, batch: Batch) -> RunOperations:
        """Adds something to log; returns at once."""
        done: Future[None] = Future()
        with self._changed:
            self._entries.append(_Entry(store, run_id, batch, done))
            self._num_put += 1
            if self._writer is None:
                # A daemon, because the end of the process flushes; a thread that must be joined could hang it.
                self._writer = threading.Thread(target=self._write_all, name="mlflow-log-queue", daemon=True)
                self._writer.start()
            self._changed.notify_all()
        return RunOperations([done])

    def flush(self) -> None:
        """Waits until everything that was put so far is stored, or refused."""
        with self._changed:
            wanted = self._num_put
            self._changed.wait_for(lambda: self._num_done >= wanted)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: bool(self._entries), timeout=_IDLE_S):
                    self._writer = None
                    return
                group = self._take_group()
            try:
                _write_group(group)
            finally:
                with self._changed:
                    self._num_done += len(group)
                    self._changed.notify_all()

    def _take_group(self) -> list[_Entry]:
        """The entries at the front that are for one run and fit into one batch."""
        group: list[_Entry] = []
        metrics = params = tags = 0
        while self._entries:
            entry = self._entries[0]
            metrics += len(entry.batch.metrics)
            params += len(entry.batch.params)
            tags += len(entry.batch.tags)
            fits = (
                params <= MAX_BATCH_PARAMS
                and tags <= MAX_BATCH_TAGS
                and metrics + params + tags <= MAX_BATCH_ITEMS
            )
            if group and not (fits and entry.store is group[0].store and entry.run_id == group[0].run_id):
                break
            group.append(self._entries.popleft())
        return group


def _write_group(group: Sequence[_Entry]) -> None:
    first = group[0]
    if len(group) > 1:
        merged = Batch(
            [metric for entry in group for metric in entry.batch.metrics],
            [param for entry in group for param in entry.batch.params],
            [tag for entry in group for tag in entry.batch.tags],
        )
        try:
            write_batch(first.store, first.run_id, merged)
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
            if not _is_refusal(error):
                _fail(group, error)
                return
        else:
            for entry in group:
                entry.done.set_result(None)
            return
    for entry in group:
        try:
            write_batch(entry.store, entry.run_id, entry.batch)
        except Exception as error:  # noqa: BLE001 - as above
            _fail([entry], error)
        else:
            entry.done.set_result(None)


def _is_refusal(error: Exception) -> bool:
    """Whether the store did not like what it was given, as opposed to being out of order."""
    return isinstance(error, MlflowException) and 400 <= error.get_http_status_code() < 500


def _fail(group: Sequence[_Entry], error: Exception) -> None:
    get_logger("mlflow.tracking").error(
        "Run %s: what was logged in the background could not be stored: %s", group[0].run_id, error
    )
    for entry in group:
        entry.done.set_exception(error)


_queue: LogQueue | None = None
_guard = threading.Lock()


def log_queue() -> LogQueue:
    """The queue of this process; what waits at its end is still stored."""
    global _queue
    with _guard:
        if _queue is None:
            _queue = LogQueue()
            import atexit

            atexit.register(flush_queue)
        return _queue


def flush_queue() -> None:
    """Waits for what is being logged in the background."""
    if _queue is not None:
        _queue.flush()


def _forget() -> None:
    """The thread of the parent does not live in a forked process, which has logged nothing yet."""
    global _queue, _guard
    _queue = None
    _guard = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
