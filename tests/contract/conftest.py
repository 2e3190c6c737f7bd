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
from mlflow._storage.rest.store import RestStore
from mlflow._storage.sql.store import SqlStore
from tests.contract.emptying import empty
from tests.live_server import LiveServer


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


@contextmanager
def _through_a_server(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    assert isinstance(store, SqlStore)  # what a server stands on
    server: LiveServer = request.getfixturevalue("live_server")
    with server.serving(store) as address:
        client = RestStore(address)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def _rest_sqlite(request: pytest.FixtureRequest) -> Iterator[Store]:
    with _sqlite(request) as store, _through_a_server(request, store) as client:
        yield client


@contextmanager
def _rest_postgresql(request: pytest.FixtureRequest) -> Iterator[Store]:
    with _postgresql(request) as store, _through_a_server(request, store) as client:
        yield client


MODES: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Store]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "rest-sqlite": _rest_sqlite,
    "rest-postgresql": _rest_postgresql,
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
