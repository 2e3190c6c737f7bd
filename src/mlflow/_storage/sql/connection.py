"""What a connection to either engine can do, and how tables are described to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
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

    def defer(self, write: Deferred, item: Any) -> None:
        """Puts a write off until the next statement of its transaction or its end, where many become one."""
        ...

    held: dict[int, Any]
    """Rows of runs by number that this transaction holds and has not changed; `None` for one that is not there."""

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls back once what this transaction has seen is committed: at once unless it writes, else maybe never."""
        ...


class Deferred:
    """A write that can wait for others of its kind.

    Args:
        perform: Does many of them at once.
    """

    __slots__ = ("perform",)

    def __init__(self, perform: Callable[[Connection, list[Any]], object]) -> None:
        self.perform = perform


class DeferringConnection(ABC):
    """What connections do about operations that share a transaction.

    An operation that runs no statement of its own, because it only defers writes, needs no savepoint: if it fails,
    what it put off is dropped. So a hundred calls that log a metric are two statements and a commit.
    """

    __slots__ = ("_apart", "_callbacks", "_changed", "_deferred", "_marks", "_touched", "_writing", "held")

    def __init__(self) -> None:
        self._writing = False
        self._forget()

    def _forget(self) -> None:
        self._callbacks: list[Callable[[], None]] = []
        self._deferred: dict[Deferred, list[Any]] = {}
        self._marks: tuple[int, dict[Deferred, int]] = (0, {})
        self._apart = self._touched = self._changed = False
        self.held: dict[int, Any] = {}

    def defer(self, write: Deferred, item: Any) -> None:
        if not self._writing:
            write.perform(self, [item])  # type: ignore[arg-type]  # what is derived from this is one
        elif write in self._deferred:
            self._deferred[write].append(item)
        else:
            self._deferred[write] = [item]

    def after_commit(self, callback: Callable[[], None]) -> None:
        if self._writing:
            self._callbacks.append(callback)
        else:
            callback()

    def savepoint(self) -> None:
        self._marks = len(self._callbacks), {write: len(items) for write, items in self._deferred.items()}
        self._apart, self._touched, self._changed = True, False, False

    def release(self, *, keep: bool) -> bool:
        touched, self._apart, self._touched = self._touched, False, False
        if keep:
            if touched:
                self._keep_savepoint()
            return True
        if touched:
            if not self._undo_to_savepoint():
                return False
            self._deferred = {}
            self.held = {}
        else:
            self._deferred = self._before_mark()
        del self._callbacks[self._marks[0] :]
        return True

    def flush(self) -> None:
        held = self.held
        deferred, self._deferred = self._deferred, {}
        for write, items in deferred.items():
            write.perform(self, items)  # type: ignore[arg-type]  # what is derived from this is one
        self.held = held

    def _before(self, sql: str) -> None:
        """Comes before every statement that answers rows."""
        if not sql.startswith("SELECT"):  # such as DELETE … RETURNING
            self._changing()
        elif self._apart or self._deferred:
            self._reading()

    def _reading(self) -> None:
        """Does what was put off, so that the next statement sees it."""
        if self._apart:
            self._apart, self._touched = False, True
            before = self._before_mark()
            own = {write: items[len(before.get(write, ())) :] for write, items in self._deferred.items()}
            self._deferred = before
            self.flush()
            self._set_savepoint()
            self._deferred = {write: items for write, items in own.items() if items}
        if self._deferred:
            self.flush()

    def _changing(self) -> None:
        """Comes before every statement that changes something."""
        if self._apart or self._deferred:
            self._reading()
        self._changed = True
        if self.held:
            self.held = {}

    def _before_mark(self) -> dict[Deferred, list[Any]]:
        return {write: self._deferred[write][:count] for write, count in self._marks[1].items()}

    def _committed(self) -> None:
        callbacks = self._callbacks
        self._writing = False
        self._forget()
        for callback in callbacks:
            callback()

    @abstractmethod
    def _set_savepoint(self) -> None:
        """Marks a point inside of the transaction, where the engine can go back to one cheaply."""

    @abstractmethod
    def _keep_savepoint(self) -> None:
        """Keeps what was done since the savepoint."""

    @abstractmethod
    def _undo_to_savepoint(self) -> bool:
        """Takes back what was done since the savepoint; returns whether the engine can."""


def insert_statement(columns: Columns, on_conflict: str, values: str) -> str:
    """Text of an insert whose rows come from `values`."""
    return f"INSERT INTO {columns.table} ({', '.join(columns.names)}) {values} {on_conflict}".rstrip()
