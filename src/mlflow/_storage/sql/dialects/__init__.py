"""The engines, and what they differ in.

A difference has a name, and stores ask for the name, never for the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from mlflow._storage.sql.connection import Connection
from mlflow.exceptions import BadRequest, MlflowException


class OwnedConnection(Connection, Protocol):
    """A connection as its owner has it: with transactions."""

    def begin(self, *, write: bool, waiting: Callable[[], None] | None = None) -> None:
        """Opens a transaction; one that writes holds the engine's write lock from here on, if it has one.

        Args:
            write: Whether it may write.
            waiting: Called before it waits for other processes, or becomes one that may have to at every statement.
        """
        ...

    def savepoint(self) -> None:
        """Marks a point inside of the transaction that `release` goes back to; costs nothing until a statement runs."""
        ...

    def release(self, *, keep: bool) -> bool:
        """Keeps what was done since the savepoint, or takes it back; returns whether the engine could."""
        ...

    def flush(self) -> None:
        """Does the writes that were put off."""
        ...

    def interrupt(self) -> None:
        """Ends the statement that another thread is running, if it is running one; it fails there."""
        ...

    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; some errors end it."""
        ...

    @property
    def broken(self) -> bool:
        """Whether the connection can no longer be used."""
        ...


class Dialect(Protocol):
    """An engine that stores can stand on."""

    @property
    def uri(self) -> str:
        """URI of the database, absolute and without credentials."""
        ...

    @property
    def folder(self) -> str | None:
        """Folder that relative artifact roots start from; `None` where the database has no place of its own."""
        ...

    @property
    def types(self) -> dict[str, str]:
        """What the placeholders of the schema stand for."""
        ...

    @property
    def fast_reads(self) -> bool:
        """Whether a read by key takes microseconds, so that handing it to another thread costs more."""
        ...

    @property
    def many_processes(self) -> bool:
        """Whether several server processes can share the database at full speed."""
        ...

    @property
    def distributed(self) -> bool:
        """Whether the rows of runs lie on several machines: then no statement may be recursive, fence sub-selects,
        or lock rows of more than one run.
        """
        ...

    @property
    def row_lock(self) -> str:
        """What a SELECT ends with that keeps other writers from the row until the transaction ends."""
        ...

    @property
    def shared_lock(self) -> str:
        """As `row_lock`, for a row that must only stay as it is: several writers may hold it."""
        ...

    @property
    def like(self) -> str:
        """Case-sensitive LIKE without an escape character, as a format of `{column}`."""
        ...

    @property
    def fence(self) -> str:
        """What the end of a probing sub-select needs, so that the planner leaves it where it stands: a probe by key."""
        ...

    def along(self, index: str) -> str:
        """What stands behind a table so that it is read along an index, where the planner would not see that it should."""
        ...

    def in_turn(self, table: str, alias: str, on: str) -> str:
        """A join to what stands before it, row by row in the order of that, of at most one row each."""
        ...

    @property
    def ilike(self) -> str:
        """LIKE that ignores case, without an escape character, as a format of `{column}`."""
        ...

    @property
    def contains(self) -> str:
        """Whether a text contains another one that is in lower case, ignoring case, as a format of `{column}`."""
        ...

    def connect(self, *, write: bool) -> OwnedConnection:
        """A new connection."""
        ...

    def create(self) -> None:
        """Makes the database where the engine allows it, and proves that it can be used."""
        ...

    def foreign_owner(self, connection: Connection) -> str | None:
        """What else the database belongs to, for the error message; `None` when it is ours or empty."""
        ...

    def lock_schema(self, connection: Connection) -> None:
        """Keeps other processes from migrating until the transaction ends."""
        ...

    def table_exists(self, connection: Connection, name: str) -> bool:
        """Whether there is such a table."""
        ...

    def one_of(self, column: str, numbers: Sequence[int]) -> tuple[str, object]:
        """A condition that a column is one of any number of whole numbers, and its one parameter."""
        ...

    def is_retryable(self, error: Exception | None) -> bool:
        """Whether an error of the driver means that another process came first: the same again may succeed."""
        ...

    def translated(self, error: Exception) -> Exception:
        """An error of the driver as one of ours; any other error as it is."""
        ...


@contextmanager
def translating(dialect: Dialect) -> Iterator[None]:
    """Turns errors of the driver into errors of ours."""
    try:
        yield
    except Exception as error:
        translated = dialect.translated(error)
        if translated is error:
            raise
        raise translated from error


def took_too_long() -> MlflowException:
    """The error for a statement that was ended because it took too long. Clients do not send it again by themselves."""
    return BadRequest(
        "The database took too long for this and was stopped. Ask for less at a time: fewer experiments, a narrower "
        "filter, smaller pages"
    )
