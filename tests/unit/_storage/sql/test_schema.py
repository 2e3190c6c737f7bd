"""Migrations: once each, under a lock, never an edited or a newer one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.dialects.postgres import PostgresDialect
from mlflow._storage.sql.dialects.sqlite import SqliteDialect
from mlflow._storage.sql.schema import checksum, migrations, rendered
from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import InvalidParameterValue, InvalidState

_OPEN_AND_WRITE = """
import sys
from mlflow._storage.open import open_sql_store
store = open_sql_store(sys.argv[1], sys.argv[2])
run = store.runs.create("0", run_name=sys.argv[3])
store.params.log(run.info.run_id, __import__("mlflow.entities.param", fromlist=["Param"]).Param("p", sys.argv[3]))
store.close()
"""


def test_no_two_migrations_have_one_number() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "dialect",
    [SqliteDialect(Path("x.db")), PostgresDialect("postgresql://h/d")],
    ids=["sqlite", "postgresql"],
)
def test_every_migration_can_be_written_for_every_engine(dialect: Dialect) -> None:
    for _, text in migrations():
        statements = rendered(text, dialect)
        assert statements
        for statement in statements:
            assert statement.split()[0] in ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")
            assert "$" not in statement
            assert "--" not in statement


def test_an_opened_database_knows_its_migrations(store: SqlStore, database_uri: str) -> None:
    assert store.is_new
    with store.engine.reading() as cx:
        rows = cx.all("SELECT number, checksum FROM headrace_migration ORDER BY number")
    assert rows == [(number, checksum(text)) for number, text in migrations()]
    again = open_sql_store(database_uri)
    assert not again.is_new
    again.close()


def test_a_database_of_a_newer_version_is_refused(store: SqlStore, database_uri: str) -> None:
    store.engine.write(lambda cx: cx.run("INSERT INTO headrace_migration VALUES (999, 'x', 0)"))
    with pytest.raises(InvalidState, match=r"newer version.*999.*pip install --upgrade headrace"):
        open_sql_store(database_uri)


def test_a_migration_that_was_edited_after_its_release_is_refused(store: SqlStore, database_uri: str) -> None:
    store.engine.write(lambda cx: cx.run("UPDATE headrace_migration SET checksum = 'x' WHERE number = 1"))
    with pytest.raises(InvalidState, match="not the one"):
        open_sql_store(database_uri)


def test_a_database_of_mlflow_is_told_and_left_alone(database_uri: str, tmp_path: Path) -> None:
    make_foreign(database_uri, ["alembic_version", "experiments"])
    before = (tmp_path / "store.db").read_bytes() if database_uri.startswith("sqlite") else b""
    with pytest.raises(InvalidParameterValue, match=r"MLflow.*untouched"):
        open_sql_store(database_uri)
    if before:
        assert (tmp_path / "store.db").read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["store.db"]


@pytest.mark.parametrize("table", ["run", "setting"])
def test_a_database_of_another_program_is_told_and_left_alone(database_uri: str, table: str) -> None:
    make_foreign(database_uri, [table])
    with pytest.raises(InvalidParameterValue, match=r"another program.*untouched"):
        open_sql_store(database_uri)


def test_a_file_of_another_program_is_told_and_left_alone(sqlite_file: Path) -> None:
    make_foreign(f"sqlite:///{sqlite_file}", ["customers"])
    before = sqlite_file.read_bytes()
    with pytest.raises(InvalidParameterValue, match=r"another program.*untouched"):
        open_sql_store(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_bytes() == before


def test_a_database_on_a_server_may_be_shared(postgres_database: str) -> None:
    make_foreign(postgres_database, ["customers"])
    open_sql_store(postgres_database).close()


def test_processes_that_open_a_new_database_together_all_succeed(database_uri: str, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN_AND_WRITE, database_uri, str(tmp_path / "artifacts"), str(number)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    outcomes = [(process.communicate()[1], process.returncode) for process in processes]
    assert outcomes == [("", 0)] * 8
    store = open_sql_store(database_uri)
    runs = store.runs.search(["0"])
    assert {run.data.params["p"] for run in runs} == {run.info.run_name for run in runs} == set("01234567")
    assert [experiment.experiment_id for experiment in store.experiments.search()] == ["0"]
    store.close()


def make_foreign(database_uri: str, tables: list[str]) -> None:
    """Makes tables that are not ours."""
    if database_uri.startswith("sqlite"):
        import sqlite3

        connection = sqlite3.connect(database_uri.removeprefix("sqlite:///"))
        for table in tables:
            connection.execute(f"CREATE TABLE {table} (x INTEGER)")
        connection.commit()
        connection.close()
        return
    import psycopg

    with psycopg.connect(database_uri, autocommit=True) as server:
        for table in tables:
            server.execute(f"CREATE TABLE {table} (x INTEGER)".encode())
