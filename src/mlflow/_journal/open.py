"""The journals of this process, and what is known about them."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow._journal.store import JournalStore
from mlflow.environment_variables import MLFLOW_JOURNAL_DIR, MLFLOW_JOURNAL_EXIT_TIMEOUT

if TYPE_CHECKING:
    from mlflow._journal.folder import Refused

_open: dict[tuple[int, str], JournalStore] = {}
_guard = threading.Lock()


@dataclass(frozen=True, repr=False)
class Status:
    """How a journal stands.

    Attributes:
        server: Address that it is sent to.
        folder: Where it is.
        pending: Calls that the server has not acknowledged.
        sent: Calls of this process that it has acknowledged.
        refused: What the server refused, with the reason; it is set aside in the folder.
        lost: Calls that neither the disk nor the memory took.
        failure: Why nothing can be sent at the moment; `None` when all is well.
        disk_failure: Why the journal cannot be written to at the moment; `None` when all is well.
        last_sent_ms: When the server acknowledged something last, in milliseconds since the epoch.
    """

    server: str
    folder: Path
    pending: int
    sent: int
    refused: tuple[Refused, ...]
    lost: int
    failure: str | None
    disk_failure: str | None
    last_sent_ms: int | None

    def __str__(self) -> str:
        lines = [f"{self.server}: {self.pending} calls wait, {self.sent} are sent"]
        if self.pending or self.refused:
            lines.append(f"  journal {self.folder}")
        if self.failure:
            lines.append(f"  the server takes nothing at the moment: {self.failure}")
        if self.disk_failure:
            lines.append(f"  the journal cannot be written to: {self.disk_failure}")
        if self.lost:
            lines.append(f"  {self.lost} calls are lost")
        lines += [f"  refused: {item.describe()}: {item.reason}" for item in self.refused]
        return "\n".join(lines)

    __repr__ = __str__


def open_journal_store(uri: str) -> JournalStore:
    """The store of a server through a journal; the same object for the same address in one process."""
    key = (os.getpid(), uri)
    store = _open.get(key)
    if store is None:
        with _guard:
            store = _open.get(key)
            if store is None:
                if not _open:
                    import atexit

                    atexit.register(finish_journals)
                root = Path(MLFLOW_JOURNAL_DIR.get()).expanduser().absolute()
                store = _open[key] = JournalStore(uri, root)
    return store


def statuses() -> list[Status]:
    """How the journals of this process stand."""
    return [
        Status(
            server=store.journal.server,
            folder=store.journal.folder.path,
            pending=store.sender.pending,
            sent=store.sender.sent,
            refused=tuple(store.journal.folder.refused()),
            lost=store.journal.lost,
            failure=store.sender.failure,
            disk_failure=store.journal.disk_error,
            last_sent_ms=store.sender.last_sent_ms,
        )
        for store in _stores()
    ]


def wait_for_journals(seconds: float) -> None:
    """Waits until what has been recorded so far is sent or set aside, for some seconds at most."""
    until = time.monotonic() + seconds
    for store in _stores():
        store.sender.wait(max(until - time.monotonic(), 0))


def finish_journals(seconds: float | None = None) -> None:
    """Ends all journals of this process.

    Args:
        seconds: How long to wait for the backlog; as configured by default.
    """
    until = time.monotonic() + (MLFLOW_JOURNAL_EXIT_TIMEOUT.get() if seconds is None else seconds)
    for store in _stores():
        store.finish(max(until - time.monotonic(), 0))
    _open.clear()


def _stores() -> list[JournalStore]:
    return [store for (pid, _), store in list(_open.items()) if pid == os.getpid()]


def _after_fork() -> None:
    global _guard
    _guard = threading.Lock()  # a thread that does not exist here may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
