"""The connection to the database breaks while it commits: the server does not know whether the change was stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.rest.store import RestStore
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.exceptions import MlflowException, OutcomeUnknown
from tests.faults.proxy import Proxy
from tests.live_server import LiveServer


@pytest.fixture
def proxy(postgres_database: str) -> Iterator[Proxy]:
    """The line to the database."""
    parts = urlsplit(postgres_database)
    folder = parse_qs(parts.query).get("host", [""])[0]  # of a server that listens on a socket in a folder
    line = Proxy(f"{folder}/.s.PGSQL.{parts.port or 5432}" if folder else parts.port or 5432, 0)
    yield line
    line.close()


@pytest.fixture
def store(postgres_database: str, proxy: Proxy) -> Iterator[SqlStore]:
    parts = urlsplit(postgres_database)
    netloc = f"{parts.username or 'postgres'}:{parts.password or ''}@127.0.0.1:{proxy.port}"
    opened = open_sql_store(urlunsplit(parts._replace(netloc=netloc, query="")), proxied=True)
    yield opened
    opened.close()


@pytest.fixture
def client(live_server: LiveServer, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[RestStore]:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
    with live_server.serving(store) as address:
        rest = RestStore(address)
        yield rest
        rest.close()


def _wait_for(condition: Callable[[], bool]) -> None:
    """Waits until the database has done what it was asked before the line was cut."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_store_says_that_the_outcome_is_not_known(store: SqlStore, proxy: Proxy) -> None:
    proxy.cut_at = b"COMMIT"
    with pytest.raises(OutcomeUnknown, match="Look before you repeat it"):
        store.experiments.create("a")

    _wait_for(lambda: store.experiments.find("a") is not None)


def test_a_run_is_not_made_twice(client: RestStore, store: SqlStore, proxy: Proxy) -> None:
    proxy.cut_at = b"COMMIT"
    with pytest.raises(MlflowException, match="Look before you repeat it") as caught:
        client.runs.create("0", run_name="once")

    assert caught.value.error_code == "ABORTED"
    _wait_for(lambda: len(store.runs.search(["0"], "attributes.run_name = 'once'")) > 0)
    assert len(store.runs.search(["0"], "attributes.run_name = 'once'")) == 1


def test_what_may_be_repeated_is_repeated(client: RestStore, store: SqlStore, proxy: Proxy) -> None:
    run_id = client.runs.create("0").info.run_id
    proxy.cut_at = b"COMMIT"

    client.metrics.log(run_id, Metric("m", 1.0, 1, 1))

    assert proxy.cuts == 1
    assert len(store.metrics.history(run_id, "m")) == 1
