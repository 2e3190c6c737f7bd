"""PostgreSQL, through psycopg 3.

What is sent also works through a pooler that gives a connection to another client after each transaction: nothing is kept in the
session but statements that are prepared, and those only where there is no pooler.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from mlflow._storage.sql.connection import (
    Columns,
    Connection,
    DeferringConnection,
    Row,
    Update,
    insert_statement,
)
from mlflow._storage.sql.dialects import OwnedConnection, took_too_long
from mlflow.exceptions import (
    InvalidParameterValue,
    MissingExtra,
    MlflowException,
    ResourceConflict,
    StorageUnavailable,
)

if TYPE_CHECKING:
    import psycopg

_PREPARED_AFTER = 5
"""How often a statement is run before the server is asked to remember how."""
_SCHEMA_LOCK = 0x48656164  # any constant of ours
_RETRYABLE = ("40001", "40P01", "23505")  # serialization failure, deadlock, a unique value made in between
_CANCELLED = "57014"
_FOLDING = ("pg_unicode_fast", "pg_c_utf8", "und-x-icu")
"""Collations that know upper and lower case of all scripts, whatever the database's own; the first that exists."""


class PostgresConnection(DeferringConnection):
    """A connection in autocommit mode, whose transactions are opened by hand."""

    __slots__ = ("_raw",)

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        super().__init__()
        self._raw = raw

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        self._before(sql)
        return self._execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        self._before(sql)
        return self._execute(sql, parameters).fetchone()

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        self._changing()
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
        self._changing()
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
        self._changing()
        return self._raw.execute(sql.encode(), values, binary=True).rowcount

    def begin(self, *, write: bool, waiting: Callable[[], None] | None = None) -> None:
        if waiting is not None:
            waiting()
        self._raw.execute(_BEGIN_WRITING if write else _BEGIN_READING, prepare=False)
        self._writing = write

    def _set_savepoint(self) -> None:
        """Nothing: a savepoint is two trips to the server, more than doing operations again when one has failed."""

    _keep_savepoint = _set_savepoint

    def _undo_to_savepoint(self) -> bool:
        return not self._changed and self._raw.pgconn.transaction_status == _IN_TRANSACTION

    def commit(self) -> None:
        self.flush()
        self._raw.execute(b"COMMIT", prepare=False)
        self._committed()

    def rollback(self) -> None:
        self._writing = False
        self._forget()
        if self.in_transaction:
            self._raw.execute(b"ROLLBACK", prepare=False)

    def interrupt(self) -> None:
        self._raw.cancel_safe(timeout=5)

    def close(self) -> None:
        self._raw.close()

    @property
    def in_transaction(self) -> bool:
        return not self._raw.closed and self._raw.pgconn.transaction_status != _IDLE

    @property
    def backend(self) -> int:
        """Number of the process at the other end, as it was told when the connection was opened."""
        return self._raw.pgconn.backend_pid

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


# Searches choose their plan themselves: compiling it takes longer than running it, and a plan that is made without
# the values of the parameters, as the engine does after some repetitions, does not know how few rows are wanted.
# Writes begin when tables are empty: the plan that is right for those, a look at every row, would be kept while they
# grow, until statistics are gathered for the first time.
_CUSTOM = b"SET LOCAL plan_cache_mode = force_custom_plan"
_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off; " + _CUSTOM
_BEGIN_WRITING = b"BEGIN; " + _CUSTOM
_TEXTS: dict[str, bytes] = {}
_IDLE, _IN_TRANSACTION = 0, 2  # libpq's PQTRANS_IDLE and PQTRANS_INTRANS


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

    fast_reads = False
    many_processes = True
    row_lock = " FOR NO KEY UPDATE"
    shared_lock = " FOR SHARE"
    like = "{column} LIKE ? ESCAPE ''"
    folder = None
    types = {
        "IDENTITY": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "NUMBER": "BIGINT PRIMARY KEY",
        "ARRIVAL": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "TEXT": 'TEXT COLLATE "C"',
        "DOUBLE": "DOUBLE PRECISION",
        "BYTES": "BYTEA",
        "CLUSTERED": "",
    }

    def __init__(self, uri: str) -> None:
        _, _, rest = uri.partition("://")
        self._dsn = f"postgresql://{rest}"
        self._pooled = False
        self.distributed = False
        self._folding = "default"

    @property
    def uri(self) -> str:
        parts = urlsplit(self._dsn)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(("postgresql", host, parts.path, "", ""))

    def connect(self, *, write: bool) -> OwnedConnection:  # noqa: ARG002 - one kind of connection does both
        return self._connect()

    def _connect(self) -> PostgresConnection:
        try:
            import psycopg
        except ImportError:
            raise MissingExtra("A PostgreSQL store", "psycopg", "pip install 'headrace[postgres]'") from None
        try:
            raw = psycopg.connect(
                self._dsn,
                autocommit=True,
                connect_timeout=10,
                prepare_threshold=None if self._pooled else _PREPARED_AFTER,
            )
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise StorageUnavailable(f"Cannot connect to the database {self.uri}: {reason}") from error
        except psycopg.ProgrammingError as error:
            raise InvalidParameterValue(f"The database URI {self.uri} cannot be used: {error}") from error
        return PostgresConnection(raw)

    @property
    def ilike(self) -> str:
        return f"{{column}} COLLATE \"{self._folding}\" ILIKE ? ESCAPE ''"

    @property
    def contains(self) -> str:
        return f'strpos(lower({{column}} COLLATE "{self._folding}"), CAST(? AS TEXT)) > 0'

    def create(self) -> None:
        connection = self._connect()
        try:
            row = connection.one("SELECT pg_backend_pid()")
            # A pooler gives every client a number of its own. Statements that were prepared in one of its
            # connections are not known in the next.
            self._pooled = row is None or row[0] != connection.backend
            self.distributed = self._is_distributed(connection)
            known = {
                row[0]
                for row in connection.all(
                    "SELECT collname FROM pg_collation WHERE collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))"
                )
            }
        finally:
            connection.close()
        self._folding = next((name for name in _FOLDING if name in known), "default")

    def along(self, index: str) -> str:  # noqa: ARG002 - its statistics tell the planner
        return ""

    @property
    def fence(self) -> str:
        return "" if self.distributed else " OFFSET 0"

    def in_turn(self, table: str, alias: str, on: str) -> str:
        if self.distributed:
            return f"JOIN {table} {alias} ON {on}"
        return f"CROSS JOIN LATERAL (SELECT * FROM {table} {alias} WHERE {on}{self.fence}) {alias}"

    def _is_distributed(self, connection: Connection) -> bool:
        """Whether Citus has spread the table of runs over machines."""
        if not self.table_exists(connection, "pg_dist_partition"):
            return False
        sql = "SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass('run')"
        return connection.one(sql) is not None

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
        if state == _CANCELLED:
            return took_too_long()
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
