"""A database in use: its writer, its readers, its dictionary of names."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect, OwnedConnection, translating
from mlflow._storage.sql.figures import Figures
from mlflow._storage.sql.inbox import Arrivals
from mlflow._storage.sql.keys import Keys
from mlflow._storage.sql.outbox import Subscriptions
from mlflow._storage.sql.run_rows import hold_runs
from mlflow._storage.sql.writer import Operation, Writer
from mlflow.exceptions import StorageUnavailable

T = TypeVar("T")


class Engine:
    """A database in use.

    Writes go through one `Writer`. Reads use a connection for each thread and never wait for writes. Inside of a
    write, reads of the same thread see what it has written so far.

    Args:
        dialect: Which database.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.writer = Writer(dialect, lambda cx, run_ids: hold_runs(cx, dialect, run_ids))
        self.keys = Keys()
        self.arrivals = Arrivals()
        self.subscriptions = Subscriptions()
        self.token_key = b""
        """What page tokens are signed with; the store sets it when it opens the database."""
        self._closed = False
        self._leaked: list[_Reader] = []
        self._reset_readers()
        _engines.add(self)

    def _reset_readers(self) -> None:
        self._readers = threading.local()
        self._open_readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._readers_lock = threading.Lock()

    def write(self, work: Callable[[Connection], T], subject: str = "", *, alone: bool = False) -> T:
        """Runs `work` in a transaction and returns its result once that is durable.

        Args:
            work: May be run more than once (see `Writer`).
            subject: Id of the run that it locks, if it locks one.
            alone: Whether it locks several, so that it needs a transaction of its own.
        """
        return self.writer.run(work, subject, alone=alone)

    def submit(
        self, work: Callable[[], T], delivered: Callable[[Operation[T]], None], subject: str = ""
    ) -> None:
        """As `write`, without waiting: everything that `work` writes becomes one operation of the writer."""
        self.writer.submit(lambda _connection: work(), delivered, subject)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for one statement, or several that need not agree with each other."""
        current = self.writer.current
        if current is not None:
            yield current
            return
        with translating(self.dialect):
            reader = self._reader()
            if reader.in_snapshot:
                yield reader.connection
                return
            started = reader.busy_since = time.perf_counter()
            try:
                yield reader.connection
            finally:
                reader.busy_since = None
                reader.seconds += time.perf_counter() - started

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection for several statements that must see the same state."""
        current = self.writer.current
        if current is not None:
            yield current
            return
        with translating(self.dialect):
            reader = self._reader()
            if reader.in_snapshot:
                yield reader.connection
                return
            started = reader.busy_since = time.perf_counter()
            reader.connection.begin(write=False)
            reader.in_snapshot = True
            try:
                yield reader.connection
            finally:
                reader.in_snapshot = False
                reader.busy_since = None
                reader.connection.rollback()
                reader.seconds += time.perf_counter() - started

    def interrupt_reads(self, seconds: float) -> int:
        """Ends reads of other threads that have taken longer; they fail. Returns how many there were."""
        with self._readers_lock:
            readers = list(self._open_readers)
        now = time.perf_counter()
        overdue = [
            reader
            for reader in readers
            if reader.busy_since is not None and now - reader.busy_since > seconds
        ]
        for reader in overdue:
            reader.connection.interrupt()
        return len(overdue)

    def figures(self) -> Figures:
        """What has been done so far in this process."""
        with self._readers_lock:
            readers = list(self._open_readers)
        return Figures(
            self.writer.figures,
            self.writer.queued(),
            sum(reader.seconds for reader in readers),
            len(readers),
        )

    def close(self) -> None:
        """Finishes writing and frees the connections of all threads; whatever is called later fails."""
        self.writer.close()
        self._closed = True
        with self._readers_lock:
            readers = list(self._open_readers)
        for reader in readers:
            reader.connection.close()
        self._reset_readers()

    def _reader(self) -> _Reader:
        reader: _Reader | None = getattr(self._readers, "reader", None)
        if reader is None or reader.connection.broken:
            if self._closed:
                raise StorageUnavailable(f"The store {self.dialect.uri} has been closed")
            seconds = reader.seconds if reader is not None else 0.0
            reader = _Reader(self.dialect.connect(write=False), seconds)
            self._readers.reader = reader
            with self._readers_lock:
                self._open_readers.add(reader)
        return reader

    def after_fork(self) -> None:
        """Makes a child process open connections of its own; those of the parent are left alone."""
        self._leaked += list(self._open_readers)
        self._reset_readers()
        self.keys = Keys()
        self.writer.after_fork()


class _Reader:
    """The connection that one thread reads with; it is closed when the thread ends."""

    __slots__ = ("__weakref__", "_process", "busy_since", "connection", "in_snapshot", "seconds")

    def __init__(self, connection: OwnedConnection, seconds: float) -> None:
        self.connection = connection
        self.seconds = seconds
        self.busy_since: float | None = None
        self.in_snapshot = False
        self._process = os.getpid()

    def __del__(
        self, getpid: Callable[[], int] = os.getpid
    ) -> None:  # when the interpreter ends, `os` is gone
        if self._process == getpid():
            self.connection.close()


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _after_fork() -> None:
    for engine in list(_engines):
        engine.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
