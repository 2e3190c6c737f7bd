"""The stores that every statement of the contract is tried on.

A mode is one entry of `MODES`: a context manager that takes the request and gives an empty store.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from mlflow._storage.interface.store import Store
from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.store import SqlStore
from tests.contract.emptying import empty


@contextmanager
def _sqlite(request: pytest.FixtureRequest) -> Iterator[Store]:
    template: Path = request.getfixturevalue("sqlite_template")
    path = request.getfixturevalue("tmp_path") / "store.db"
    shutil.copyfile(template, path)
    store = open_sql_store(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _postgresql(request: pytest.FixtureRequest) -> Iterator[Store]:
    store: SqlStore = request.getfixturevalue("postgres_store")
    try:
        yield store
    finally:
        empty(store)


MODES: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Store]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


@pytest.fixture(params=MODES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store, of every mode in turn."""
    with MODES[request.param](request) as opened:
        yield opened


@pytest.fixture
def run_id(store: Store) -> str:
    """A run of the default experiment."""
    return store.runs.create("0").info.run_id


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    open_sql_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_store(
    make_postgres_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlStore]:
    """A store on PostgreSQL, to be emptied after each test."""
    store = open_sql_store(make_postgres_database(), str(tmp_path_factory.mktemp("artifacts")))
    yield store
    store.close()
