"""Databases of both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
