"""A server with an empty store, and a way to speak raw HTTP to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import urllib3

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.store import SqlStore
from tests.live_server import LiveServer

API = "/api/2.0/mlflow"


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes
    headers: urllib3.HTTPHeaderDict

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Http:
    """Raw HTTP to one server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._pool = urllib3.PoolManager(retries=False)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        reply = self._pool.request(method, self.address + path, body=body, headers=headers or {})
        return Answer(reply.status, reply.data, reply.headers)

    def post(self, path: str, content: object, method: str = "POST") -> Answer:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send(method, path, body, {"Content-Type": "application/json"})

    def get(self, path: str, **headers: str) -> Answer:
        return self.send(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def new_run(self) -> str:
        run_id: str = self.post(f"{API}/runs/create", {"experiment_id": "0"}).json["run"]["info"]["run_id"]
        return run_id

    def close(self) -> None:
        self._pool.clear()


@pytest.fixture
def served_store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store as a server opens it."""
    store = open_sql_store(f"sqlite:///{tmp_path}/store.db", proxied=True, folder="mlartifacts")
    yield store
    store.close()


@pytest.fixture
def http(live_server: LiveServer, served_store: SqlStore) -> Iterator[Http]:
    """Raw HTTP to a server with an empty store."""
    with live_server.serving(served_store) as address:
        client = Http(address)
        yield client
        client.close()
