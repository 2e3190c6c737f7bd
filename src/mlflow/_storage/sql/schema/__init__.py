"""Migrations: numbered files, each applied once, in one transaction, under a lock.

A file is written in the common subset of the engines; `$NAME` stands for what the dialect's `types` say.
The table `headrace_migration` keeps the number and checksum of each file that was applied. Files that were
released are never edited: an edited one is refused at the next start.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from mlflow._base.clock import now_ms
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.writer import Writer
from mlflow.exceptions import InvalidParameterValue, InvalidState

_FILE = re.compile(r"(\d{4})_\w+\.sql")
_TABLE = re.compile(r"CREATE TABLE (\w+)")


@lru_cache(maxsize=1)
def migrations() -> list[tuple[int, str]]:
    """Numbers and texts of all migrations, in order."""
    found = [
        (int(match[1]), item.read_text(encoding="utf-8"))
        for item in Path(__file__).parent.iterdir()
        if (match := _FILE.fullmatch(item.name))
    ]
    return sorted(found)


def rendered(text: str, dialect: Dialect) -> list[str]:
    """The statements of a migration, for one engine."""
    without_comments = re.sub(r"--[^\n]*", "", text)
    for name, replacement in dialect.types.items():
        without_comments = re.sub(rf"\${name}\b", replacement, without_comments)
    return [statement.strip() for statement in without_comments.split(";") if statement.strip()]


def checksum(text: str) -> str:
    """What an applied migration is recognised by."""
    return hashlib.sha256(text.encode()).hexdigest()


def applied(connection: Connection, dialect: Dialect) -> dict[int, str]:
    """Numbers and checksums of the migrations that a database has seen."""
    if not dialect.table_exists(connection, "headrace_migration"):
        return {}
    return {row[0]: row[1] for row in connection.all("SELECT number, checksum FROM headrace_migration")}


def migrate(connection: Connection, dialect: Dialect, writer: Writer) -> bool:
    """Brings a database up to date.

    Several processes may do so at once: one does the work, the others wait for it.

    Returns:
        Whether the database was new.

    Raises:
        InvalidParameterValue: The database belongs to something else.
        InvalidState: The database was made by a newer version, or a migration was edited after its release.
    """
    seen = applied(connection, dialect)
    if not seen and (owner := dialect.foreign_owner(connection) or _occupant(connection, dialect)):
        raise InvalidParameterValue(
            f"The database {dialect.uri} was made by {owner} and was left untouched. Headrace keeps its data in a "
            "database of its own: give another file or database name in the tracking URI"
            + (
                " (bringing over the data of an MLflow database is a command of its own)."
                if owner == "MLflow"
                else "."
            )
        )
    _check(seen, dialect)
    pending = [number for number, _ in migrations() if number not in seen]
    if not pending:
        return False
    for number, text in migrations():
        if number in pending:
            writer.run(lambda tx, number=number, text=text: _apply(tx, dialect, number, text))  # type: ignore[misc]
    return not seen


def _occupant(connection: Connection, dialect: Dialect) -> str | None:
    """Whose the tables are that have names of ours, if there are any."""
    names = {name for _, text in migrations() for name in _TABLE.findall(text)}
    taken = any(dialect.table_exists(connection, name) for name in sorted(names))
    # In this order, because another process may be making our tables, all of them at once.
    return "another program" if taken and not dialect.table_exists(connection, "headrace_migration") else None


def _apply(connection: Connection, dialect: Dialect, number: int, text: str) -> None:
    dialect.lock_schema(connection)
    if number in applied(connection, dialect):
        return
    if not dialect.table_exists(connection, "headrace_migration"):
        connection.run(
            "CREATE TABLE headrace_migration "
            "(number INTEGER PRIMARY KEY, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL)"
        )
    for statement in rendered(text, dialect):
        connection.run(statement)
    connection.run("INSERT INTO headrace_migration VALUES (?, ?, ?)", (number, checksum(text), now_ms()))


def _check(seen: dict[int, str], dialect: Dialect) -> None:
    known = dict(migrations())
    newer = sorted(set(seen) - set(known))
    if newer:
        raise InvalidState(
            f"The database {dialect.uri} was made by a newer version of Headrace (schema {newer[-1]}; this version "
            f"knows {max(known)}). Upgrade with: pip install --upgrade headrace"
        )
    for number, stored in seen.items():
        if stored != checksum(known[number]):
            raise InvalidState(
                f"Schema {number} of the database {dialect.uri} is not the one that this version of Headrace has. "
                "Use the version that made the database, or restore a backup."
            )
