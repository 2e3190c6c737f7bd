"""Which hosts a request may name, and which pages may write."""

from __future__ import annotations

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.server.context import ServerSettings
from mlflow.server.middleware.security import SecurityMiddleware
from tests.live_server import LiveServer
from tests.server.conftest import API, Http


async def _nothing(*_: object) -> None: ...


def _allows(host: str, *allowed: str) -> bool:
    return SecurityMiddleware(_nothing, allowed_hosts=allowed).allows_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:5000", "127.0.0.1", "127.0.0.1:80", "[::1]:5000", "0.0.0.0:5000",
        "10.1.2.3", "192.168.0.7:5000", "172.16.0.1", "172.31.255.255", "[fd00::1]",
    ],
)  # fmt: skip
def test_local_and_private_hosts_are_allowed(host: str) -> None:
    assert _allows(host)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "8.8.8.8",
        "172.32.0.1",
        "localhost.example.com",
        "127.0.0.1.nip.example",
        "10.evil.com",
        "",
    ],
)
def test_foreign_hosts_are_not(host: str) -> None:
    assert not _allows(host)


def test_more_hosts_can_be_allowed() -> None:
    assert _allows("ml.example.com:443", "ml.example.com")
    assert _allows("a.example.com", "*.example.com")
    assert _allows("anything.at.all", "*")
    assert not _allows("ml.example.com:444", "ml.example.com:443")


def test_a_foreign_host_is_refused_with_the_remedy(http: Http) -> None:
    reply = http.get(f"{API}/experiments/get?experiment_id=0", Host="evil.example")

    assert reply.status == 403
    assert b"--allowed-hosts" in reply.body


@pytest.mark.parametrize("path", ["/health", "/version"])
def test_probes_may_name_any_host(http: Http, path: str) -> None:
    assert http.get(path, Host="evil.example").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example"])
def test_a_foreign_page_may_not_write_but_may_read(http: Http, origin: str) -> None:
    headers = {"Content-Type": "application/json", "Origin": origin}

    refused = http.send("POST", f"{API}/experiments/create", b'{"name": "a"}', headers)

    assert refused.status == 403
    assert b"--cors-allowed-origins" in refused.body
    assert http.get(f"{API}/experiments/get-by-name?experiment_name=a").status == 404
    assert http.get(f"{API}/experiments/get?experiment_id=0", Origin=origin).status == 200


def test_the_servers_own_page_may_write(http: Http) -> None:
    headers = {"Content-Type": "application/json", "Origin": http.address}

    assert http.send("POST", f"{API}/experiments/create", b'{"name": "a"}', headers).status == 200


def test_other_origins_can_be_allowed(live_server: LiveServer, served_store: SqlStore) -> None:
    with live_server.serving(
        served_store, ServerSettings(allowed_origins=("https://app.example",))
    ) as address:
        http = Http(address)
        headers = {"Content-Type": "application/json", "Origin": "https://app.example"}
        assert http.send("POST", f"{API}/experiments/create", b'{"name": "a"}', headers).status == 200
        http.close()


def test_answers_carry_the_protective_headers(http: Http) -> None:
    reply = http.get(f"{API}/experiments/get?experiment_id=0")

    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_prefix_stands_before_every_path(live_server: LiveServer, served_store: SqlStore) -> None:
    with live_server.serving(served_store, ServerSettings(static_prefix="/ml")) as address:
        http = Http(address)
        assert http.get(f"/ml{API}/experiments/get?experiment_id=0").status == 200
        assert http.get(f"{API}/experiments/get?experiment_id=0").status == 200  # clients that know no prefix
        assert http.get("/ml/").status == 200
        http.close()
