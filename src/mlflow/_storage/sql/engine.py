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
        self._readers = threading.local()
        self._open_readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        _engines.add(self)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction and returns its result once that is durable."""
        return self.writer.run(work)

    def submit(self, work: Callable[[], T], delivered: Callable[[Operation[T]], None]) -> None:
        """As `write`, without waiting: everything that `work` writes becomes one operation of the writer."""
        self.writer.submit(lambda _connection: work(), delivered)

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
        reader = self._reader()
        if reader.in_snapshot:
            yield reader.connection
            return
        with translating(self.dialect):
            reader.connection.begin(write=False)
            reader.in_snapshot = True
            try:
                yield reader.connection
            finally:
                reader.in_snapshot = False
                reader.connection.rollback()

    def close(self) -> None:
        """Finishes writing and frees the connections of all threads."""
        self.writer.close()
        for reader in list(self._open_readers):
            reader.connection.close()
        self._readers = threading.local()

    def _reader(self) -> _Reader:
        reader: _Reader | None = getattr(self._readers, "reader", None)
        if reader is None or reader.connection.broken:
            with translating(self.dialect):
                reader = _Reader(self.dialect.connect(write=False))
            self._readers.reader = reader
            self._open_readers.add(reader)
        return reader

    def after_fork(self) -> None:
        """Makes a child process open connections of its own; those of the parent are left alone."""
        self._leaked = list(self._open_readers)
        self._readers = threading.local()
        self._open_readers = weakref.WeakSet()
        self.keys = Keys()
        self.writer.after_fork()


class _Reader:
    __slots__ = ("__weakref__", "connection", "in_snapshot")

    def __init__(self, connection: OwnedConnection) -> None:
        self.connection = connection
        self.in_snapshot = False


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _after_fork() -> None:
    for engine in list(_engines):
        engine.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
