"""What a connection to either engine can do, and how tables are described to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]


class Columns:
    """Columns of a table that many rows are inserted into at once.

    Args:
        table: Name of the table.
        **types: Column names and their types on PostgreSQL.
    """

    __slots__ = ("names", "statements", "table", "types")

    def __init__(self, table: str, **types: str) -> None:
        self.table = table
        self.names = tuple(types)
        self.types = tuple(types.values())
        self.statements: dict[tuple[str, str], str] = {}


class Update:
    """How many rows of a table are changed at once, each by a row of new values called `new`.

    Args:
        table: Name of the table.
        assignments: Columns and the expressions that they are set to.
        where: Which row of the table a row of `new` belongs to.
        **types: Columns of `new` and their types on PostgreSQL.
    """

    __slots__ = ("assignments", "names", "statements", "table", "types", "where")

    def __init__(self, table: str, assignments: Mapping[str, str], where: str, **types: str) -> None:
        self.table = table
        self.assignments = ", ".join(f"{name} = {expression}" for name, expression in assignments.items())
        self.where = where
        self.names = tuple(types)
        self.types = tuple(types.values())
        self.statements: dict[str, str] = {}


class Connection(Protocol):
    """A connection, in or out of a transaction. Statements use `?` for parameters."""

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row that a statement answers."""
        ...

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row that a statement answers."""
        ...

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Runs a statement; returns how many rows it changed."""
        ...

    def insert(self, columns: Columns, rows: Iterable[Sequence[object]], on_conflict: str = "") -> int:
        """Inserts many rows in one go; returns how many rows it changed."""
        ...

    def update(self, update: Update, rows: Sequence[Sequence[object]]) -> int:
        """Changes many rows in one go, no row twice; returns how many it changed."""
        ...

    def attempt(self, work: Callable[[], bool]) -> bool:
        """Does something that is undone if it returns false, where the engine undoes cheaply; else just false."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls back once what this transaction has seen is committed: at once unless it writes, else maybe never."""
        ...


class Callbacks:
    """What is to be called once a transaction has been committed."""

    __slots__ = ("_marked", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._marked = 0

    def add(self, callback: Callable[[], None]) -> None:
        self._waiting.append(callback)

    def mark(self) -> None:
        """Remembers what was waiting at a savepoint."""
        self._marked = len(self._waiting)

    def back_to_mark(self) -> None:
        """Forgets what has been added since the savepoint."""
        del self._waiting[self._marked :]

    def forget(self) -> None:
        """Forgets everything: the transaction was rolled back."""
        self._waiting.clear()
        self._marked = 0

    def call(self) -> None:
        """Calls back: the transaction was committed."""
        waiting, self._waiting, self._marked = self._waiting, [], 0
        for callback in waiting:
            callback()


def insert_statement(columns: Columns, on_conflict: str, values: str) -> str:
    """Text of an insert whose rows come from `values`."""
    return f"INSERT INTO {columns.table} ({', '.join(columns.names)}) {values} {on_conflict}".rstrip()
