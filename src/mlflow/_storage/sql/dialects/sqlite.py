"""SQLite, through the standard library."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mlflow._storage.sql.connection import (
    Columns,
    Connection,
    DeferringConnection,
    Row,
    Update,
    insert_statement,
)
from mlflow._storage.sql.dialects import OwnedConnection, took_too_long
from mlflow.exceptions import InvalidParameterValue, MlflowException, StorageUnavailable

OLDEST_VERSION = (3, 35, 0)  # RETURNING
BUSY_SECONDS = 60.0
COURTESY_SECONDS = 0.0004
"""How long a process keeps off after a commit while others want to write."""


class SqliteConnection(DeferringConnection):
    """A connection in autocommit mode, whose transactions are opened by hand."""

    __slots__ = ("_left", "_raw", "_shared_until", "execute")

    def __init__(self, raw: sqlite3.Connection) -> None:
        super().__init__()
        self._raw = raw
        self.execute = raw.execute
        self._left = self._shared_until = 0.0

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        self._before(sql)
        return self.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        self._before(sql)
        row: Row | None = self.execute(sql, parameters).fetchone()
        return row

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        self._changing()
        return self.execute(sql, parameters).rowcount

    def insert(self, columns: Columns, rows: Iterable[Sequence[object]], on_conflict: str = "") -> int:
        sql = columns.statements.get(("sqlite", on_conflict))
        if sql is None:
            marks = ", ".join("?" * len(columns.names))
            sql = insert_statement(columns, on_conflict, f"VALUES ({marks})")
            columns.statements["sqlite", on_conflict] = sql
        self._changing()
        return self._raw.executemany(sql, rows).rowcount

    def update(self, update: Update, rows: Sequence[Sequence[object]]) -> int:
        if not rows:
            return 0
        sql = update.statements.get("sqlite")
        if sql is None:
            text = f"UPDATE {update.table} SET {update.assignments} WHERE {update.where}"
            numbered = {name: f"?{i + 1}" for i, name in enumerate(update.names)}
            sql = re.sub(r"\bnew\.(\w+)", lambda found: numbered[found[1]], text)
            update.statements["sqlite"] = sql
        self._changing()
        return self._raw.executemany(sql, rows).rowcount

    def begin(self, *, write: bool, waiting: Callable[[], None] | None = None) -> None:
        if not write:
            self.execute("BEGIN")
            return
        now = time.monotonic()
        if now < self._shared_until and now - self._left < COURTESY_SECONDS:
            if waiting is not None:
                waiting()
            # Others wait; without this the last owner would nearly always be the next.
            time.sleep(COURTESY_SECONDS)
        if _patiently(lambda: self.execute("BEGIN IMMEDIATE"), waiting):
            self._shared_until = time.monotonic() + 1
        self._writing = True

    def _set_savepoint(self) -> None:
        self.execute("SAVEPOINT request")

    def _keep_savepoint(self) -> None:
        self.execute("RELEASE request")

    def _undo_to_savepoint(self) -> bool:
        self.execute("ROLLBACK TO request")
        self.execute("RELEASE request")
        return True

    @property
    def in_transaction(self) -> bool:
        return self._raw.in_transaction

    @property
    def broken(self) -> bool:
        return False

    def commit(self) -> None:
        self.flush()
        self.execute("COMMIT")
        self._left = time.monotonic()
        self._committed()

    def rollback(self) -> None:
        self._writing = False
        self._forget()
        if self._raw.in_transaction:
            self.execute("ROLLBACK")

    def interrupt(self) -> None:
        self._raw.interrupt()

    def close(self) -> None:
        self._raw.close()


class SqliteDialect:
    """A database file, in write-ahead mode with full synchronisation.

    Args:
        path: The file.
    """

    fast_reads = True
    many_processes = False
    distributed = False
    row_lock = shared_lock = ""  # the write lock covers everything
    like = "{column} LIKE ?"
    fence = ""
    contains = "instr(lowered({column}), ?) > 0"
    ilike = "lowered({column}) LIKE lowered(?)"
    types = {
        "IDENTITY": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "NUMBER": "INTEGER PRIMARY KEY",
        "ARRIVAL": "INTEGER PRIMARY KEY",
        "TEXT": "TEXT",
        "DOUBLE": "REAL",
        "BYTES": "BLOB",
        "CLUSTERED": "WITHOUT ROWID",
    }

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.path}"

    @property
    def folder(self) -> str | None:
        return str(self.path.parent)

    def connect(self, *, write: bool) -> OwnedConnection:
        raw = sqlite3.connect(
            self.path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            raw.create_function("lowered", 1, _lowered, deterministic=True)
            raw.execute("PRAGMA case_sensitive_like=ON")
            raw.execute("PRAGMA cache_size=-65536")
            raw.execute("PRAGMA mmap_size=1073741824")
            if write:
                raw.execute("PRAGMA synchronous=FULL")
                raw.execute(
                    "PRAGMA wal_autocheckpoint=4000"
                )  # pages; a page that is written often is copied once
                raw.execute("PRAGMA busy_timeout=0")
            else:
                raw.execute("PRAGMA query_only=ON")
        except BaseException:
            raw.close()
            raise
        return SqliteConnection(raw)

    def create(self) -> None:
        if sqlite3.sqlite_version_info < OLDEST_VERSION:
            wanted = ".".join(map(str, OLDEST_VERSION))
            raise StorageUnavailable(
                f"This Python is linked with SQLite {sqlite3.sqlite_version}; Headrace needs {wanted} or newer. "
                "Use another build of Python, or a PostgreSQL database."
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageUnavailable(
                f"Cannot make the folder {self.path.parent} for the database: {error.strerror or error}"
            ) from error
        if self.path.is_dir():
            raise InvalidParameterValue(
                f"{self.path} is a folder, not a database file. For a store in a folder, give the folder's path as "
                "the tracking URI."
            )
        raw = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            _patiently(lambda: self._use_write_ahead_log(raw))
        finally:
            raw.close()

    def _use_write_ahead_log(self, raw: sqlite3.Connection) -> None:
        (mode,) = raw.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal" and not self.foreign_owner(SqliteConnection(raw)):
            raw.execute("PRAGMA journal_mode=WAL")

    def along(self, index: str) -> str:
        return f" INDEXED BY {index}"

    def in_turn(self, table: str, alias: str, on: str) -> str:
        return f"CROSS JOIN {table} {alias} ON {on}"

    def foreign_owner(self, connection: Connection) -> str | None:
        if self.table_exists(connection, "alembic_version") and self.table_exists(connection, "experiments"):
            return "MLflow"
        tables = connection.one(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        if tables and tables[0] and not self.table_exists(connection, "headrace_migration"):
            return "another program"
        return None

    def lock_schema(self, connection: Connection) -> None:
        """The write lock that the transaction holds is enough."""

    def table_exists(self, connection: Connection, name: str) -> bool:
        return (
            connection.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
            is not None
        )

    def one_of(self, column: str, numbers: Sequence[int]) -> tuple[str, object]:
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(numbers))

    def is_retryable(self, error: Exception | None) -> bool:  # noqa: ARG002 - the write lock keeps others out
        return False

    def translated(self, error: Exception) -> Exception:
        if isinstance(error, OverflowError):
            return InvalidParameterValue("A whole number is too large: it must fit into 64 bits")
        if isinstance(error, UnicodeEncodeError):
            return InvalidParameterValue("A text holds a lone surrogate, which is not valid Unicode")
        if not isinstance(error, sqlite3.Error):
            return error
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if isinstance(code, int) else None
        text = str(error)
        remedies: dict[int | None, str] = {
            sqlite3.SQLITE_FULL: "is on a full disk, so nothing was stored. Free some space and try again.",
            sqlite3.SQLITE_READONLY: "is read-only, so nothing was stored. Check the rights of the file and its folder.",
            sqlite3.SQLITE_CORRUPT: "is damaged. Restore it from a backup, or save what is left with `sqlite3 FILE .recover`.",
            sqlite3.SQLITE_NOTADB: "is not a SQLite database. Give another file in the tracking URI.",
            sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check that its folder exists and that you may write there.",
            sqlite3.SQLITE_BUSY: f"was locked by another process for {BUSY_SECONDS:.0f} s. Find it with `fuser` and stop it.",
            sqlite3.SQLITE_IOERR: f"cannot be read or written ({text}). Check the disk and its free space.",
            sqlite3.SQLITE_PERM: "may not be used by this user. Check the rights of the file.",
        }
        if primary == sqlite3.SQLITE_INTERRUPT:
            return took_too_long()
        if primary in remedies:
            return StorageUnavailable(f"The database {self.path} {remedies[primary]}")
        if isinstance(error, sqlite3.ProgrammingError) and "closed" in text:
            return StorageUnavailable(f"The store {self.uri} has been closed")
        if primary == sqlite3.SQLITE_TOOBIG or any(phrase in text for phrase in _TOO_COMPLEX):
            return InvalidParameterValue("The filter is too long for this database; ask for less at a time")
        return MlflowException(f"The database {self.path} refused a statement: {type(error).__name__}")


_TOO_COMPLEX = ("maximum depth", "too many SQL variables", "pattern too complex", "parser stack overflow")


def _lowered(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _patiently(work: Callable[[], object], waiting: Callable[[], None] | None = None) -> bool:
    """Does something as soon as other processes allow it; returns whether it had to wait, which `waiting` hears before.

    The engine's own waiting sleeps for up to 100 ms at a time, and gives up at once where it fears a deadlock;
    short random pauses are fairer.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    pause = 0.0001
    while True:
        try:
            work()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            if waiting is not None:
                waiting()
            time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - no secret
            pause = min(pause * 1.3, 2.5 * COURTESY_SECONDS)
        else:
            return pause > 0.0001


def _is_busy(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return (code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
