"""Bytes of artifacts, both ways."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.server.context import ServerSettings
from tests.live_server import LiveServer
from tests.server.conftest import API, Http

FILES = "/api/2.0/mlflow-artifacts/artifacts"


def _root(store: SqlStore) -> Path:
    return Path(store.settings.artifact_root())


def test_a_file_goes_up_and_comes_back(http: Http, served_store: SqlStore) -> None:
    assert http.send("PUT", f"{FILES}/0/run/artifacts/a/b.txt", b"hello").status == 200

    assert http.get(f"{FILES}/0/run/artifacts/a/b.txt").body == b"hello"
    assert (_root(served_store) / "0/run/artifacts/a/b.txt").read_bytes() == b"hello"


def test_a_file_of_a_run_is_listed_and_downloaded_through_the_run(http: Http) -> None:
    run_id = http.new_run()
    http.send("PUT", f"{FILES}/0/{run_id}/artifacts/plots/curve.png", b"png")

    root = http.get(f"{API}/artifacts/list?run_id={run_id}").json
    folder = http.get(f"{API}/artifacts/list?run_id={run_id}&path=plots").json
    assert root["files"] == [{"path": "plots", "is_dir": True}]
    assert folder["files"] == [{"path": "plots/curve.png", "is_dir": False, "file_size": 3}]
    assert http.get(f"/get-artifact?run_id={run_id}&path=plots/curve.png").body == b"png"


def test_what_is_downloaded_cannot_act_as_a_page(http: Http) -> None:
    http.send("PUT", f"{FILES}/0/x/page.html", b"<script>")

    headers = http.get(f"{FILES}/0/x/page.html").headers

    assert headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MLmodel", "text/plain"),
        ("a.json", "text/plain"),
        ("a.png", "image/png"),
        ("a.bin", "application/octet-stream"),
    ],
)
def test_types_follow_the_name(http: Http, name: str, kind: str) -> None:
    http.send("PUT", f"{FILES}/0/x/{name}", b"1")

    assert http.get(f"{FILES}/0/x/{name}").headers["Content-Type"].startswith(kind)


def test_names_that_are_not_ascii_are_encoded(http: Http) -> None:
    http.send("PUT", f"{FILES}/0/x/{quote('größe é.txt')}", b"1")

    reply = http.get(f"{FILES}/0/x/{quote('größe é.txt')}")
    assert reply.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%C3%A9.txt"


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-99", 200, b"0123456789"),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=99-", 416, b""),
        ("pages=1-2", 200, b"0123456789"),
    ],
)
def test_ranges(http: Http, asked: str, status: int, body: bytes) -> None:
    http.send("PUT", f"{FILES}/0/x/digits", b"0123456789")

    reply = http.get(f"{FILES}/0/x/digits", Range=asked)

    assert (reply.status, reply.body) == (status, body)


@pytest.mark.parametrize(
    "path",
    [
        "../secret", "a/../../secret", "%2e%2e/secret", "%252e%252e/secret", "a/%2e%2e/%2e%2e/secret",
        "/etc/passwd", "%2fetc/passwd", "C:%5Csecret", "a%5C..%5C..%5Csecret", "a%00b",
    ],
)  # fmt: skip
def test_paths_do_not_leave_the_root(http: Http, path: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    parts = urlsplit(http.address)

    # A client library would tidy the path up before it sends it.
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as raw:
        raw.sendall(f"GET {FILES}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := raw.recv(65536):
            answer += chunk

    assert answer.split()[1] in (b"400", b"404")
    assert b"\r\n\r\nsecret" not in answer
    assert b"root:" not in answer


def test_a_link_out_of_the_root_is_not_followed(http: Http, served_store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = _root(served_store) / "0" / "x"
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "secret")

    reply = http.get(f"{FILES}/0/x/link")

    assert reply.status in (400, 404)
    assert reply.body != b"secret"


def test_an_upload_that_is_cut_off_leaves_nothing(http: Http, served_store: SqlStore) -> None:
    parts = urlsplit(http.address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as raw:
        raw.sendall(
            f"PUT {FILES}/0/x/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n".encode()
        )
        raw.sendall(b"x" * 1000)
        time.sleep(0.1)

    assert http.get("/health").status == 200
    assert http.get(f"{FILES}/0/x/half").status == 404
    deadline = time.monotonic() + 5
    while [path for path in _root(served_store).rglob("*") if path.is_file()] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [path for path in _root(served_store).rglob("*") if path.is_file()]


def test_missing_files_and_folders_are_told_apart_from_files(http: Http) -> None:
    http.send("PUT", f"{FILES}/0/x/file", b"1")

    missing, folder = http.get(f"{FILES}/0/x/none"), http.get(f"{FILES}/0/x")
    assert (missing.status, missing.json["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert (folder.status, folder.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_deleting_what_is_not_there_is_no_error(http: Http) -> None:
    http.send("PUT", f"{FILES}/0/x/file", b"1")

    assert http.send("DELETE", f"{FILES}/0/x").json == {}
    assert http.send("DELETE", f"{FILES}/0/x").json == {}
    assert http.get(f"{FILES}/0/x/file").status == 404


def test_the_upload_for_browsers_wants_a_body_of_limited_size(http: Http) -> None:
    run_id = http.new_run()
    path = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path=a.txt"

    assert http.send("POST", path, b"").status == 400
    assert http.send("POST", path, b"x" * (10 * 1024 * 1024 + 1)).status == 400
    assert http.send("POST", path, b"hello").status == 200
    assert http.get(f"/get-artifact?run_uuid={run_id}&path=a.txt").body == b"hello"


def test_a_logged_model_is_found_among_the_artifacts_of_its_run(http: Http) -> None:
    run_id = http.new_run()
    model = http.post(
        "/api/2.0/mlflow/logged-models", {"experiment_id": "0", "name": "net", "source_run_id": run_id}
    )
    model_id = model.json["model"]["info"]["model_id"]
    http.post(f"{API}/runs/outputs", {"run_id": run_id, "models": [{"model_id": model_id, "step": 0}]})
    http.send("PUT", f"{FILES}/0/models/{model_id}/artifacts/MLmodel", b"flavors: {}")

    assert http.get(f"{API}/artifacts/list?run_id={run_id}").json["files"] == [
        {"path": "net", "is_dir": True}
    ]
    inside = http.get(f"{API}/artifacts/list?run_id={run_id}&path=net").json["files"]
    assert inside == [{"path": "net/MLmodel", "is_dir": False, "file_size": 11}]
    assert http.get(f"/get-artifact?run_id={run_id}&path=net/MLmodel").body == b"flavors: {}"


def test_without_artifact_serving_the_answer_says_how_to_get_it(
    live_server: LiveServer, served_store: SqlStore
) -> None:
    with live_server.serving(served_store, ServerSettings(serve_artifacts=False)) as address:
        http = Http(address)
        reply = http.get(f"{FILES}/0/x/file")
        assert (reply.status, reply.json["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
        assert "--serve-artifacts" in reply.json["message"]
        http.close()


def test_what_a_store_cannot_do_is_said_as_such(http: Http) -> None:
    reply = http.post("/api/2.0/mlflow-artifacts/mpu/create/0/x", {"path": "big", "num_parts": 2})

    assert (reply.status, reply.json["error_code"]) == (501, "NOT_IMPLEMENTED")


def test_a_place_that_a_client_named_on_this_machine_is_not_read_for_others(
    http: Http, tmp_path: Path
) -> None:
    (tmp_path / "private").mkdir()
    location = str(tmp_path / "private")
    number = http.post(f"{API}/experiments/create", {"name": "a", "artifact_location": location}).json[
        "experiment_id"
    ]
    run = http.post(f"{API}/runs/create", {"experiment_id": number}).json["run"]["info"]
    artifacts = Path(run["artifact_uri"])
    artifacts.mkdir(parents=True)
    (artifacts / "key").write_text("secret")

    for path in (
        f"/get-artifact?run_id={run['run_id']}&path=key",
        f"{API}/artifacts/list?run_id={run['run_id']}",
    ):
        reply = http.get(path)
        assert (reply.status, reply.json["error_code"]) == (403, "PERMISSION_DENIED")
        assert "--artifacts-destination" in reply.json["message"]


def test_a_part_is_refused_when_the_file_has_changed_since(http: Http) -> None:
    http.send("PUT", f"{FILES}/0/x/file", b"0123456789")
    etag = http.get(f"{FILES}/0/x/file").headers["ETag"]

    assert http.get(f"{FILES}/0/x/file", Range="bytes=5-", If_Range=etag).body == b"56789"
    assert http.get(f"{FILES}/0/x/file", Range="bytes=5-", If_Range='"other"').body == b"0123456789"


@pytest.mark.parametrize("scripts", [False, True])
def test_a_page_is_shown_in_an_origin_of_its_own(http: Http, scripts: bool) -> None:
    run_id = http.new_run()
    http.send("PUT", f"{FILES}/0/{run_id}/artifacts/page.html", b"<p style='color: red'>")

    reply = http.get(
        f"/api/1.0/headrace/artifacts/raw?run_id={run_id}&path=page.html&scripts={str(scripts).lower()}"
    )

    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert ("allow-scripts" in policy) is scripts
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_only_pages_are_shown(http: Http) -> None:
    run_id = http.new_run()
    http.send("PUT", f"{FILES}/0/{run_id}/artifacts/picture.svg", b"<svg>")

    assert http.get(f"/api/1.0/headrace/artifacts/raw?run_id={run_id}&path=picture.svg").status == 400
