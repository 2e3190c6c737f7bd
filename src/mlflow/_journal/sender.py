"""The thread that sends what this process records, and what earlier ones have left."""

from __future__ import annotations

import os
import random
import threading
import time
import weakref
from pathlib import Path

from mlflow._base.clock import now_ms
from mlflow._base.logs import get_logger
from mlflow._journal.delivery import Delivery, Tally
from mlflow._journal.folder import JournalFolder, journals_in
from mlflow._journal.frames import Frame, frames
from mlflow._journal.journal import Journal
from mlflow._storage.interface.store import Store
from mlflow.exceptions import MlflowException

LINGER_S = 0.1
"""How long records are collected before they are sent."""
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
LONGEST_WISH_S = 300.0
"""How long a server may ask us to stay away."""
LOOK_S = 10.0
"""How often journals are looked for whose process is gone."""
SETTLE_S = 10.0
"""How long reading waits for what was logged before it, as long as the server takes calls."""
SYNC_S = 1.0
"""How often the system is told to write the journal to its disk."""


class Stopped(Exception):
    """The thread is told to end."""


class Sender:
    """Sends a journal in the background.

    Args:
        journal: What this process records.
        store: The server; asked without repeats, because the thread has its own patience.
        wake: Set for each record.
    """

    def __init__(self, journal: Journal, store: Store, wake: threading.Event) -> None:
        self._journal = journal
        self._store = store
        self._wake = wake
        self._reset()
        _senders.add(self)

    def _reset(self) -> None:
        self._delivery = Delivery(self._store, self._journal.folder, self._persist, self._count)
        self._hurry = threading.Event()
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._attempts = 0
        self._synced_at = 0.0
        self._look_at = 0.0
        self._num_looks = 0
        self._left_alone: set[str] = set()
        self.sent = 0
        self.refused = 0
        self.failure: str | None = None
        self.last_sent_ms: int | None = None

    def start(self) -> None:
        """Begins, if it has not begun."""
        if self._thread is not None:
            return
        with self._changed:
            if self._thread is None:
                # A daemon, because the end of the process waits for it as long as it is told to, not longer.
                self._thread = threading.Thread(target=self._run, name="mlflow-journal", daemon=True)
                self._thread.start()

    @property
    def pending(self) -> int:
        """Records of this process that the server has not acknowledged."""
        return self._journal.appended - self._journal.lost - self.sent - self.refused

    @property
    def folder(self) -> Path:
        """Where the journal is."""
        return self._journal.folder.path

    def settle(self) -> None:
        """Waits a moment for what was recorded so far, unless the server is known to take nothing."""
        if self.pending:
            self.wait(SETTLE_S, while_healthy=True)

    def wait(self, seconds: float, *, while_healthy: bool = False, with_others: bool = False) -> bool:
        """Waits until what has been recorded so far is sent or set aside.

        Args:
            seconds: How long at most.
            while_healthy: Whether to give up as soon as the server does not take calls.
            with_others: Whether to wait as well for what processes have left that are gone, such as workers.

        Returns:
            Whether it is.
        """
        wanted = self._journal.appended - self._journal.lost
        num_looks = self._num_looks + (with_others and self._thread is not None)
        self._look_at = 0.0 if with_others else self._look_at
        if self.sent + self.refused >= wanted and self._num_looks >= num_looks:
            return True
        self.start()
        self._wake.set()
        if not while_healthy:
            self._hurry.set()

        def is_over() -> bool:
            is_sent = self.sent + self.refused >= wanted and self._num_looks >= num_looks
            return is_sent or (while_healthy and self.failure is not None)

        with self._changed:
            self._changed.wait_for(is_over, seconds)
        return self.sent + self.refused >= wanted

    def stop(self) -> None:
        """Ends the thread; what is not sent stays in the journal."""
        self._stop.set()
        self._hurry.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._stop.wait(LINGER_S)
            self._wake.clear()
            try:
                self._send_new()
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001 - the training goes on, whatever it is
                # A mistake of ours, or a disk that cannot be read: it is seen, and tried again.
                get_logger("mlflow.journal").exception("%s could not be sent", self._journal.folder.path)
                self._fail(f"{type(error).__name__}: {error}")
                self._wake.set()
                self._stop.wait(LONGEST_PAUSE_S)

    def _send_new(self) -> None:
        self._sync()
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_S
            self._send_others()
            with self._changed:
                self._num_looks += 1
                self._changed.notify_all()
        end = self._journal.end
        if end.segment:
            self._delivery.send_all(end)
        held, place = self._journal.held()
        if held:
            self._delivery.send_payloads(
                [item.payload for data in held for item in frames(data, 0) if isinstance(item, Frame)]
            )
            self._journal.release_held(place)

    def _send_others(self) -> None:
        """Sends what processes have left that are gone: earlier ones, and workers of this one."""
        if not self._journal.root.is_dir():
            return
        for journal in journals_in(self._journal.root):
            if journal.name == self._journal.folder.name:
                continue
            try:
                if journal.hold():
                    self._send_left(journal)
            except FileNotFoundError:
                pass  # another process has sent it meanwhile
            except (MlflowException, OSError) as error:
                if journal.name not in self._left_alone:
                    self._left_alone.add(journal.name)
                    get_logger("mlflow.journal").warning("%s is left as it is: %s", journal.path, error)
            finally:
                journal.let_go()

    def _send_left(self, journal: JournalFolder) -> None:
        if journal.facts().get("server", self._journal.server) != self._journal.server:
            return
        tally = Delivery(self._store, journal, self._persist).finish()
        if tally.sent:
            get_logger("mlflow.journal").info(
                "%d calls of an earlier process were sent from %s", tally.sent, journal.path
            )

    def _count(self, tally: Tally) -> None:
        with self._changed:
            self.sent += tally.sent
            self.refused += tally.refused
            self.failure = None
            self._attempts = 0
            if tally.sent:
                self.last_sent_ms = now_ms()
            self._changed.notify_all()

    def _persist(self, error: MlflowException) -> None:
        """Waits before a call is made again: longer each time, and as long as the server asks."""
        reason = _reason(error)
        if self._attempts == 0:
            get_logger("mlflow.journal").warning(
                "The server at %s takes nothing at the moment; what is logged waits in %s. %s",
                self._journal.server,
                self._journal.folder.path,
                reason,
            )
        self._attempts += 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._attempts - 1, 10))
        pause *= random.uniform(0.5, 1.0)  # noqa: S311 - spreads load
        if error.retry_after_s is not None:
            pause = max(pause, min(error.retry_after_s, LONGEST_WISH_S))
        self._fail(reason)
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0:
            if self._hurry.wait(min(left, SYNC_S)):
                self._hurry.clear()
                if self._stop.is_set():
                    raise Stopped
                if error.retry_after_s is None:
                    return
            self._sync()

    def _fail(self, reason: str) -> None:
        with self._changed:
            self.failure = reason
            self._changed.notify_all()

    def _sync(self) -> None:
        now = time.monotonic()
        if now - self._synced_at >= SYNC_S:
            self._synced_at = now
            self._journal.sync()


_senders: weakref.WeakSet[Sender] = weakref.WeakSet()


def _after_fork() -> None:
    """The thread of the parent does not live in a forked process, which records in a journal of its own."""
    for sender in list(_senders):
        sender._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _reason(error: MlflowException) -> str:
    if error.error_code in {"NOT_FOUND", "ENDPOINT_NOT_FOUND"}:
        return (
            "A journal needs a server of Headrace, which takes ids that clients make, and this one does not know the "
            "endpoint. Send the journal to one: mlflow sync FOLDER --to URI"
        )
    return error.message
