"""Writes of one process: one at a time, many to a commit.

Whoever wants to write puts an operation into the queue. One thread at a time holds the lock; it takes what is
queued, runs it in one transaction, each operation in its own savepoint, commits, and hands out the results.
A caller that waits becomes that thread itself if nobody else is: a script that logs alone pays for no hand-over.
A server that must not wait submits operations, which a thread of the writer's takes. Results of a group are handed out
when the next one is about to be committed: the answers are sent while the disk works.

Where the engine cannot take back what one of them did, all are done again, each in a transaction of its own. An operation that lost to another process (a deadlock, a name taken in between) or
whose connection broke before the commit is done again too. So an operation may run more than once: it must have
no effects but those on the database.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect, OwnedConnection
from mlflow._storage.sql.figures import GROUP_BOUNDS, WriterFigures
from mlflow.exceptions import MlflowException, OutcomeUnknown, StorageUnavailable

T = TypeVar("T")

GROUP_SIZE = 256
"""Most operations in one transaction."""
GATHERING_SECONDS = 0.0005
"""How long the writer's thread waits for company when operations came together before: a commit costs as much as
several operations, so that larger groups are worth more than the wait."""
KEEPING_SECONDS = 0.002
"""How long results are kept while the next group is being written."""
ATTEMPTS = 5
"""How often an operation is tried that loses to other processes."""

_logger = logging.getLogger(__name__)


class Operation(Generic[T]):
    """Something to be written, and what came of it."""

    __slots__ = ("alone", "delivered", "done", "error", "result", "subject", "work")

    def __init__(
        self,
        work: Callable[[Connection], T],
        subject: str = "",
        delivered: Callable[[Operation[T]], None] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self.alone = alone
        self.work = work
        self.subject = subject
        self.delivered = delivered
        self.done = False
        self.result: T | None = None
        self.error: Exception | None = None


class Writer:
    """The one place of a process that changes a database.

    Args:
        dialect: The engine.
        prepare: Does what the operations of a group need together; it gets their subjects.

    Attributes:
        figures: What it has done so far.
    """

    def __init__(self, dialect: Dialect, prepare: Callable[[Connection, Sequence[str]], None]) -> None:
        self._dialect = dialect
        self._prepare = prepare
        self.figures = WriterFigures()
        self._leaked: list[OwnedConnection | None] = []
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._queue: deque[Operation[Any]] = deque()
        self._undelivered: deque[Operation[Any]] = deque()
        self._connection: OwnedConnection | None = None
        self._inside = threading.local()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after_fork(self) -> None:
        """Forgets everything that belongs to the parent process."""
        self._leaked.append(self._connection)  # closing it here would disturb the parent
        closed = self._closed
        self._reset()
        self._closed = closed

    @property
    def current(self) -> Connection | None:
        """The connection whose transaction this thread is running an operation of, if it is."""
        connection: Connection | None = getattr(self._inside, "connection", None)
        return connection

    def run(self, work: Callable[[Connection], T], subject: str = "", *, alone: bool = False) -> T:
        """Runs an operation, waits until it is durable, and returns its result.

        Inside of another operation it becomes part of that one.

        Args:
            work: What to do; it may be done more than once.
            subject: What it locks first. Operations of one transaction are sorted by it, so that processes
                which lock the same things do so in the same order.
            alone: Whether it gets a transaction of its own, because it locks more than one subject.
        """
        current = self.current
        if current is not None:
            return work(current)
        operation = Operation(work, subject, alone=alone)
        self._queue.append(operation)
        while not operation.done:
            with self._lock:
                if not operation.done:
                    self._write_group(operation)
        if operation.error is not None:
            raise operation.error
        return operation.result  # type: ignore[return-value]

    def submit(
        self,
        work: Callable[[Connection], T],
        delivered: Callable[[Operation[T]], None],
        subject: str = "",
    ) -> None:
        """Queues an operation; `delivered` is called in another thread once it is durable or has failed."""
        self._queue.append(Operation(work, subject, delivered))
        if self._thread is None:
            self._start_thread()
        if not self._wake.is_set():
            self._wake.set()
        if self._closed:
            self._write_rest()

    def later(self, work: Callable[[Connection], object]) -> None:
        """Queues an operation for whoever writes next, in a transaction of its own; nobody waits for it."""
        self._queue.append(Operation(work, delivered=_complain, alone=True))
        self._wake.set()

    def queued(self) -> int:
        """Operations that wait."""
        return len(self._queue)

    def close(self) -> None:
        """Writes what is queued and closes the connection; later operations fail."""
        self._write_rest()
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)
        self._write_rest()  # what came in between fails now

    def _start_thread(self) -> None:
        with self._starting:  # not the writers' lock: who submits must not wait for who writes
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._serve, name="headrace-writer", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        crowded = False
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            if crowded:
                time.sleep(GATHERING_SECONDS)
            crowded = self._write_rest() > 1

    def _write_rest(self) -> int:
        """Writes everything that is queued; returns how many operations there were."""
        count = 0
        while self._queue:
            with self._lock:
                count += self._write_group()
        return count

    def _write_group(self, own: Operation[Any] | None = None) -> int:
        """Writes what is queued, at most a group, one operation of which may be that of the calling thread.

        Returns:
            How many operations it took from the queue.
        """
        group: list[Operation[Any]] = []
        try:
            while self._queue and len(group) < GROUP_SIZE:
                operation = self._queue.popleft()
                if operation.alone and group:
                    self._queue.appendleft(operation)
                    break
                group.append(operation)
                if operation.alone:
                    break
            if self._dialect.row_lock:
                group.sort(key=_subject)
            if group:
                self._write(group)
        finally:
            # All are done, unless the user interrupted this thread. Their own operation is given up then; those of
            # other threads are left to whoever writes next.
            left = [operation for operation in group if not operation.done and operation is not own]
            self._queue.extendleft(reversed(left))
            self._deliver()  # those of the group before, if this one came to no commit
            self._undelivered.extend(
                operation for operation in group if operation.done and operation.delivered
            )
            if not self._queue or self._queue[0].alone:
                self._deliver()
        return len(group)

    def _deliver(self) -> None:
        """Hands out results.

        While there is more to write, those of one group are handed out when the next one is about to be committed, and
        the writer is about to wait for the disk. Earlier, it would take turns with the thread that sends the answers,
        and come to its commit much later. They are not kept while it waits for others or does something long.
        """
        while self._undelivered:
            operation = self._undelivered.popleft()
            try:
                operation.delivered(operation)  # type: ignore[misc]  # only those that have one are put there
            except Exception:  # one receiver that is gone must not keep the others waiting
                _logger.exception("The result of a write could not be delivered")

    def _write(self, group: Sequence[Operation[Any]]) -> None:
        started = time.perf_counter()
        try:
            self._write_together(group)
        finally:
            figures = self.figures
            figures.groups[bisect_left(GROUP_BOUNDS, len(group))] += 1
            figures.operations += len(group)
            figures.seconds += time.perf_counter() - started

    def _write_together(self, group: Sequence[Operation[Any]]) -> None:
        if len(group) > 1 and self._transact(group):
            return
        self.figures.repeats += len(group) > 1
        for operation in group:
            for attempt in range(1, ATTEMPTS + 1):
                if self._transact([operation], last=attempt == ATTEMPTS):
                    break
                self.figures.repeats += 1
                time.sleep(random.uniform(0.5, 1) * 0.01 * 2**attempt)  # noqa: S311 - no secret

    def _transact(self, group: Sequence[Operation[Any]], *, last: bool = False) -> bool:
        """Runs operations in one transaction.

        Args:
            group: The operations.
            last: Whether there will be no other attempt.

        Returns:
            Whether they are done, well or not; otherwise nothing has happened.
        """
        committing = False
        connection = None
        for operation in group:
            operation.result = operation.error = None
        try:
            connection = self._connected()
            connection.begin(write=True, waiting=self._deliver)
            if self._run_all(connection, group):
                self._deliver()
                committing = True
                connection.commit()
            else:
                connection.rollback()
                if len(group) > 1 or (self._dialect.is_retryable(group[0].error) and not last):
                    return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait
            lost = self._give_up_connection()
            again = self._dialect.is_retryable(error) or (lost and not committing)
            if again and not last and not isinstance(error, MlflowException):
                return False
            if len(group) > 1 and not committing and not lost:
                return False  # what was put off failed: each finds out for itself
            if lost and committing:
                error = OutcomeUnknown(
                    f"The connection to the database {self._dialect.uri} broke during a commit: whether the last "
                    "change was stored is not known. Look before you repeat it."
                )
            for operation in group:
                operation.result, operation.error = None, error
        except BaseException:
            if committing and connection is not None and not connection.in_transaction:
                self._finish(group)  # the interrupt came after the commit
            else:
                self._give_up_connection()
            raise
        self._finish(group)
        return True

    def _finish(self, group: Sequence[Operation[Any]]) -> None:
        for operation in group:
            if operation.error is not None:
                operation.error = self._dialect.translated(operation.error)
            operation.done = True

    def _run_all(self, connection: OwnedConnection, group: Sequence[Operation[Any]]) -> bool:
        """Runs operations, as far as they can share a transaction; returns whether all of them could."""
        apart = len(group) > 1
        if apart:
            self._prepare(connection, [operation.subject for operation in group if operation.subject])
        begun = time.perf_counter()
        for operation in group:
            if self._undelivered and time.perf_counter() - begun > KEEPING_SECONDS:
                self._deliver()
            if apart:
                connection.savepoint()
            self._run_one(connection, operation)
            if (
                apart
                and connection.in_transaction  # some errors end the whole transaction
                and connection.release(keep=operation.error is None)
            ):
                continue
            if operation.error is not None:
                if connection.broken:
                    raise operation.error
                return False
        connection.flush()
        return True

    def _run_one(self, connection: OwnedConnection, operation: Operation[Any]) -> None:
        self._inside.connection = connection
        try:
            operation.result = operation.work(connection)
        except Exception as error:  # noqa: BLE001 - it is raised where the operation came from
            operation.error = error
        finally:
            self._inside.connection = None

    def _connected(self) -> OwnedConnection:
        connection = self._connection
        if connection is None or connection.broken:
            if self._closed:
                raise StorageUnavailable(f"The store {self._dialect.uri} has been closed")
            self._deliver()
            connection = self._connection = self._dialect.connect(write=True)
        return connection

    def _give_up_connection(self) -> bool:
        """Rolls back, on a connection that may not be usable any more; returns whether it was lost."""
        connection, self._connection = self._connection, None
        if connection is None:
            return False
        try:
            connection.rollback()
            if not connection.broken:
                self._connection = connection
                return False
        except Exception:
            _logger.debug("A connection is thrown away", exc_info=True)
        connection.close()
        return True


def _complain(operation: Operation[Any]) -> None:
    if operation.error is not None:
        _logger.warning("Housekeeping of the database failed: %s", operation.error)


def _subject(operation: Operation[Any]) -> str:
    return operation.subject
