"""PostgreSQL, through psycopg 3."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from mlflow._storage.sql.connection import Callbacks, Columns, Connection, Row, Update, insert_statement
from mlflow._storage.sql.dialects import OwnedConnection
from mlflow.exceptions import (
    InvalidParameterValue,
    MissingExtra,
    MlflowException,
    ResourceConflict,
    StorageUnavailable,
)

if TYPE_CHECKING:
    import psycopg

_SCHEMA_LOCK = 0x48656164  # any constant of ours
_RETRYABLE = ("40001", "40P01", "23505")  # serialization failure, deadlock, a unique value made in between
_FOLDING = ("pg_unicode_fast", "pg_c_utf8", "und-x-icu")
"""Collations that know upper and lower case of all scripts, whatever the database's own; the first that exists."""


class PostgresConnection:
    """A connection in autocommit mode, whose transactions are opened by hand."""

    __slots__ = ("_callbacks", "_raw", "_writing")

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw
        self._callbacks = Callbacks()
        self._writing = False

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return self._execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        return self._execute(sql, parameters).fetchone()

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return self._execute(sql, parameters).rowcount

    def insert(self, columns: Columns, rows: Iterable[Sequence[object]], on_conflict: str = "") -> int:
        by_column = list(zip(*rows, strict=True))
        if not by_column:
            return 0
        sql = columns.statements.get(("postgres", on_conflict))
        if sql is None:
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.types)
            sql = insert_statement(columns, on_conflict, f"SELECT * FROM unnest({arrays})")
            columns.statements["postgres", on_conflict] = sql
        values = [list(column) for column in by_column]
        return self._raw.execute(sql.encode(), values, binary=True).rowcount

    def update(self, update: Update, rows: Sequence[Sequence[object]]) -> int:
        if not rows:
            return 0
        sql = update.statements.get("postgres")
        if sql is None:
            arrays = ", ".join(f"%s::{kind}[]" for kind in update.types)
            sql = (
                f"UPDATE {update.table} SET {update.assignments} "
                f"FROM unnest({arrays}) AS new ({', '.join(update.names)}) WHERE {update.where}"
            )
            update.statements["postgres"] = sql
        values = [list(column) for column in zip(*rows, strict=True)]
        return self._raw.execute(sql.encode(), values, binary=True).rowcount

    def attempt(self, work: Callable[[], bool]) -> bool:  # noqa: ARG002 - a savepoint is two trips to the server
        return False

    def after_commit(self, callback: Callable[[], None]) -> None:
        if self._writing:
            self._callbacks.add(callback)
        else:
            callback()

    def begin(self, *, write: bool) -> None:
        self._raw.execute(b"BEGIN" if write else b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._writing = write

    def savepoint(self) -> None:
        self._raw.execute(b"SAVEPOINT request")
        self._callbacks.mark()

    def release(self, *, keep: bool) -> None:
        if not keep:
            self._raw.execute(b"ROLLBACK TO SAVEPOINT request")
            self._callbacks.back_to_mark()
        self._raw.execute(b"RELEASE SAVEPOINT request")

    def commit(self) -> None:
        self._raw.execute(b"COMMIT")
        self._writing = False
        self._callbacks.call()

    def rollback(self) -> None:
        self._writing = False
        self._callbacks.forget()
        if self.in_transaction:
            self._raw.execute(b"ROLLBACK")

    def close(self) -> None:
        self._raw.close()

    @property
    def in_transaction(self) -> bool:
        return not self._raw.closed and self._raw.pgconn.transaction_status != _IDLE

    @property
    def broken(self) -> bool:
        if self._raw.closed:
            return True
        if self._raw.pgconn.transaction_status == _IDLE and _is_readable(self._raw.pgconn.socket):
            # A server says nothing to a client that asks nothing, unless it ends the connection.
            self._raw.close()
            return True
        return False

    def _execute(self, sql: str, parameters: Sequence[object]) -> psycopg.Cursor[Row]:
        text = _TEXTS.get(sql)
        if text is None:
            text = sql.replace("%", "%%").replace("?", "%s").encode()
            if len(_TEXTS) < 2000:
                _TEXTS[sql] = text
        return self._raw.execute(text, parameters, binary=True)


_TEXTS: dict[str, bytes] = {}
_IDLE = 0  # libpq's PQTRANS_IDLE


def _is_readable(socket: int) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([socket], [], [], 0)[0])


class PostgresDialect:
    """A database on a server.

    Args:
        uri: `postgresql://…`; also `postgres://` and `postgresql+psycopg2://`, as other tools write it.
    """

    cheap_savepoints = False
    fast_reads = False
    many_processes = True
    row_lock = " FOR NO KEY UPDATE"
    shared_lock = " FOR SHARE"
    like = "{column} LIKE ? ESCAPE ''"
    folder = None
    types = {
        "IDENTITY": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "NUMBER": "BIGINT PRIMARY KEY",
        "TEXT": 'TEXT COLLATE "C"',
        "DOUBLE": "DOUBLE PRECISION",
        "BYTES": "BYTEA",
        "CLUSTERED": "",
    }

    def __init__(self, uri: str) -> None:
        _, _, rest = uri.partition("://")
        self._dsn = f"postgresql://{rest}"
        self._folding = "default"

    @property
    def uri(self) -> str:
        parts = urlsplit(self._dsn)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(("postgresql", host, parts.path, "", ""))

    def connect(self, *, write: bool) -> OwnedConnection:  # noqa: ARG002 - one kind of connection does both
        try:
            import psycopg
        except ImportError:
            raise MissingExtra("A PostgreSQL store", "psycopg", "pip install 'headrace[postgres]'") from None
        try:
            raw = psycopg.connect(self._dsn, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise StorageUnavailable(f"Cannot connect to the database {self.uri}: {reason}") from error
        except psycopg.ProgrammingError as error:
            raise InvalidParameterValue(f"The database URI {self.uri} cannot be used: {error}") from error
        return PostgresConnection(raw)

    @property
    def ilike(self) -> str:
        return f"{{column}} COLLATE \"{self._folding}\" ILIKE ? ESCAPE ''"

    def create(self) -> None:
        connection = self.connect(write=False)
        try:
            known = {
                row[0]
                for row in connection.all(
                    "SELECT collname FROM pg_collation WHERE collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))"
                )
            }
        finally:
            connection.close()
        self._folding = next((name for name in _FOLDING if name in known), "default")

    def foreign_owner(self, connection: Connection) -> str | None:
        if self.table_exists(connection, "alembic_version") and self.table_exists(connection, "experiments"):
            return "MLflow"
        return None

    def lock_schema(self, connection: Connection) -> None:
        connection.all("SELECT pg_advisory_xact_lock(?)", (_SCHEMA_LOCK,))

    def table_exists(self, connection: Connection, name: str) -> bool:
        row = connection.one("SELECT to_regclass(?) IS NOT NULL", (name,))
        return bool(row and row[0])

    def one_of(self, column: str, numbers: Sequence[int]) -> tuple[str, object]:
        return f"{column} = ANY(?)", list(numbers)

    def is_retryable(self, error: Exception | None) -> bool:
        return getattr(error, "sqlstate", None) in _RETRYABLE

    def translated(self, error: Exception) -> Exception:
        import psycopg

        if isinstance(error, UnicodeEncodeError):
            return InvalidParameterValue("A text holds a lone surrogate, which is not valid Unicode")
        if not isinstance(error, psycopg.Error):
            return error
        if self.is_retryable(error):
            return ResourceConflict(
                "Another process changed the same thing again and again; try again a little later"
            )
        state = error.sqlstate or ""
        if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) or state[:2] in (
            "08",
            "53",
            "57",
        ):
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            return StorageUnavailable(f"The database {self.uri} cannot be used now: {reason}")
        if isinstance(error, psycopg.DataError) or state[:2] == "54":
            return InvalidParameterValue(
                "A value does not fit: numbers must fit into 64 bits, text must be valid Unicode without NUL "
                "characters, filters must not be endless"
            )
        return MlflowException(
            f"The database {self.uri} refused a statement ({state or type(error).__name__})"
        )
