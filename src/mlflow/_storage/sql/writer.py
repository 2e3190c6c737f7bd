"""Writes of one process: one at a time, many to a commit.

Whoever wants to write puts an operation into the queue. One thread at a time holds the lock; it takes what is
queued, runs it in one transaction, each operation in its own savepoint, commits, and hands out the results.
A caller that waits becomes that thread itself if nobody else is: a script that logs alone pays for no hand-over.
A server that must not wait submits operations, which a thread of the writer's takes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect, OwnedConnection
from mlflow.exceptions import StorageUnavailable

T = TypeVar("T")

GROUP_SIZE = 256
"""Most operations in one transaction."""


class Operation(Generic[T]):
    """Something to be written, and what came of it."""

    __slots__ = ("delivered", "done", "error", "result", "work")

    def __init__(
        self, work: Callable[[Connection], T], delivered: Callable[[Operation[T]], None] | None = None
    ) -> None:
        self.work = work
        self.delivered = delivered
        self.done = False
        self.result: T | None = None
        self.error: Exception | None = None


class Writer:
    """The one place of a process that changes a database.

    Args:
        dialect: The engine.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Operation[Any]] = deque()
        self._connection: OwnedConnection | None = None
        self._inside = threading.local()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after_fork(self) -> None:
        """Forgets everything that belongs to the parent process."""
        leaked = self._connection
        self._reset()
        self._leaked = leaked  # closing it here would give up the parent's locks

    @property
    def current(self) -> Connection | None:
        """The connection whose transaction this thread is running an operation of, if it is."""
        connection: Connection | None = getattr(self._inside, "connection", None)
        return connection

    def run(self, work: Callable[[Connection], T]) -> T:
        """Runs an operation, waits until it is durable, and returns its result.

        Inside of another operation it becomes part of that one.
        """
        current = self.current
        if current is not None:
            return work(current)
        operation = Operation(work)
        self._queue.append(operation)
        while not operation.done:
            with self._lock:
                if not operation.done:
                    self._write_group()
        if operation.error is not None:
            raise operation.error
        return operation.result  # type: ignore[return-value]

    def submit(self, work: Callable[[Connection], T], delivered: Callable[[Operation[T]], None]) -> None:
        """Queues an operation; `delivered` is called in the writer's thread once it is durable or has failed."""
        self._queue.append(Operation(work, delivered))
        if self._thread is None:
            self._start_thread()
        self._wake.set()

    def queued(self) -> int:
        """Operations that wait."""
        return len(self._queue)

    def close(self) -> None:
        """Writes what is queued and closes the connection."""
        with self._lock:
            self._closed = True
            while self._queue:
                self._write_group()
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="headrace-writer", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            while self._queue:
                with self._lock:
                    self._write_group()

    def _write_group(self) -> None:
        group: list[Operation[Any]] = []
        while self._queue and len(group) < GROUP_SIZE:
            group.append(self._queue.popleft())
        if not group:
            return
        try:
            self._write(group)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait
            self._give_up_connection()
            translated = self._dialect.translated(error)
            for operation in group:
                operation.result, operation.error = None, translated
        for operation in group:
            operation.done = True
            if operation.delivered is not None:
                operation.delivered(operation)

    def _write(self, group: list[Operation[Any]]) -> None:
        if self._connection is None or self._connection.broken:
            if self._closed:
                raise StorageUnavailable(f"The store {self._dialect.uri} has been closed")
            self._connection = self._dialect.connect(write=True)
        connection = self._connection
        connection.begin(write=True)
        if len(group) == 1 or not self._dialect.cheap_savepoints:
            failed = self._run_all(connection, group)
            if failed is None:
                connection.commit()
                return
            connection.rollback()
            if len(group) == 1:
                return
            for operation in group:
                operation.result = operation.error = None
                self._write([operation])
            return
        for operation in group:
            connection.savepoint()
            self._run_one(connection, operation)
            connection.release(keep=operation.error is None)
        connection.commit()

    def _run_all(self, connection: OwnedConnection, group: list[Operation[Any]]) -> Operation[Any] | None:
        for operation in group:
            self._run_one(connection, operation)
            if operation.error is not None:
                return operation
        return None

    def _run_one(self, connection: OwnedConnection, operation: Operation[Any]) -> None:
        self._inside.connection = connection
        try:
            operation.result = operation.work(connection)
        except Exception as error:  # noqa: BLE001 - it is raised where the operation came from
            operation.error = self._dialect.translated(error)
        finally:
            self._inside.connection = None

    def _give_up_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.rollback()
        except Exception:  # noqa: BLE001 - it is being thrown away
            connection.close()
            return
        if not connection.broken:
            self._connection = connection
