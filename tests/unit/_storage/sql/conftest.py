"""Databases of both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bench.filling import fill_headrace, filled_runs
from tests.unit._storage.sql.filled import COUNT, NAN_KEY

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.store import SqlStore


@pytest.fixture
def store(database_uri: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A new store, on each engine in turn."""
    opened = open_sql_store(database_uri, str(tmp_path / "artifacts"))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_file: Path) -> Iterator[SqlStore]:
    """A new store on SQLite."""
    opened = open_sql_store(f"sqlite:///{sqlite_file}")
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(postgres_database: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A new store on PostgreSQL."""
    opened = open_sql_store(postgres_database, str(tmp_path / "artifacts"))
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """A store with many runs, every second of which has no number in one metric."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'store.db'}"
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("make_postgres_database")
        uri = make()
    fill_headrace(uri, COUNT)
    store = open_sql_store(uri, str(tmp_path_factory.mktemp("artifacts")))
    store.engine.write(
        lambda cx: cx.run(
            "UPDATE metric SET value = NULL WHERE key = (SELECT id FROM key WHERE name = ?) AND run IN "
            "(SELECT id FROM run WHERE start_ms / 60000 % 2 = ?)",
            (NAN_KEY, next(filled_runs(1)).start_ms // 60000 % 2),
        )
    )
    yield store
    store.close()
