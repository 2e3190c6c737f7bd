"""A database in use: its writer, its readers, its dictionary of names."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect, OwnedConnection, translating
from mlflow._storage.sql.keys import Keys
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
        self.writer = Writer(dialect)
        self.keys = Keys()
        self._closed = False
        self._leaked: list[_Reader] = []
        self._reset_readers()
        _engines.add(self)

    def _reset_readers(self) -> None:
        self._readers = threading.local()
        self._open_readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._readers_lock = threading.Lock()

    def write(self, work: Callable[[Connection], T], subject: str = "") -> T:
        """Runs `work` in a transaction and returns its result once that is durable.

        Args:
            work: May be run more than once (see `Writer`).
            subject: Id of the run that it locks, if it locks one.
        """
        return self.writer.run(work, subject)

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
            yield self._reader().connection

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
            reader.connection.begin(write=False)
            reader.in_snapshot = True
            try:
                yield reader.connection
            finally:
                reader.in_snapshot = False
                reader.connection.rollback()

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
            reader = _Reader(self.dialect.connect(write=False))
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

    __slots__ = ("__weakref__", "_process", "connection", "in_snapshot")

    def __init__(self, connection: OwnedConnection) -> None:
        self.connection = connection
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
