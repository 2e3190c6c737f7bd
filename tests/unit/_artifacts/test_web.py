from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._artifacts.interface import cut
from mlflow._artifacts.open import open_artifacts
from mlflow._artifacts.web import send
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import (
    InvalidUrlException,
    MlflowException,
    NotSupported,
    PermissionDenied,
    ResourceDoesNotExist,
    StorageUnavailable,
    TemporarilyUnavailable,
)


def test_a_file_of_a_web_server_is_read(web_server: Any, tmp_path: Path) -> None:
    web_server.answer = lambda _: web_server.reply(body=b"0123456789", headers={"ETag": '"v1"'})
    store = open_artifacts(f"{web_server.url}/data?token=abc")
    assert not store.can_write
    with store.read("a b/ü#1.csv", 2, 5) as stream:
        assert (stream.size, stream.version) == (10, '"v1"')
        assert b"".join(stream) == b"23456"
    assert store.stat("x") == FileInfo("x", False, 10)
    store.download("x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"0123456789"
    assert [(request.method, request.path) for request in web_server.requests] == [
        ("GET", "/data/a%20b/%C3%BC%231.csv?token=abc"),
        ("HEAD", "/data/x?token=abc"),
        ("GET", "/data/x?token=abc"),
    ]


def test_redirects_are_followed(web_server: Any) -> None:
    def answer(request: Any) -> Any:
        if request.path == "/old/x":
            return web_server.reply(302, headers={"Location": "/new"})
        return web_server.reply(body=b"moved")

    web_server.answer = answer
    assert b"".join(open_artifacts(f"{web_server.url}/old").read("x")) == b"moved"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, ResourceDoesNotExist), (410, ResourceDoesNotExist), (401, PermissionDenied), (403, PermissionDenied),
        (503, TemporarilyUnavailable), (429, TemporarilyUnavailable), (500, StorageUnavailable),
    ],
)  # fmt: skip
def test_a_refusal_says_what_it_means_without_the_secret_of_the_url(
    web_server: Any, status: int, error: type[MlflowException]
) -> None:
    web_server.answer = lambda _: web_server.reply(status, b"page")
    with pytest.raises(error, match=r"/data/x\?token=\*\*\*") as raised:
        open_artifacts(f"{web_server.url}/data?token=abc").read("x")
    assert "abc" not in raised.value.message


def test_a_line_that_is_cut_is_a_transient_error_and_no_short_file(web_server: Any, tmp_path: Path) -> None:
    web_server.answer = lambda _: web_server.reply(body=b"half", length=8)
    with pytest.raises(TemporarilyUnavailable, match="broke off"):
        open_artifacts(web_server.url).download("x", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_a_transient_error() -> None:
    with pytest.raises(TemporarilyUnavailable, match="cannot be reached"):
        open_artifacts("http://127.0.0.1:9").read("x")


def test_a_malformed_url_is_said() -> None:
    with pytest.raises(InvalidUrlException):
        send("GET", "http://")


def test_nothing_can_be_written_listed_or_deleted() -> None:
    store = open_artifacts("https://example.invalid/data")
    for call in (lambda: store.write("x", []), lambda: store.delete("x"), store.list):
        with pytest.raises(NotSupported):
            call()


def test_the_proxy_of_the_environment_is_used(web_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    web_server.answer = lambda _: web_server.reply(body=b"through the proxy")
    monkeypatch.setenv("http_proxy", web_server.url)
    monkeypatch.setenv("no_proxy", "")
    assert b"".join(open_artifacts("http://example.invalid").read("x")) == b"through the proxy"
    assert web_server.requests[0].path == "http://example.invalid/x"


@given(st.lists(st.binary(max_size=5)), st.integers(0, 20), st.none() | st.integers(0, 20))
def test_a_part_is_cut_from_a_stream_as_from_its_bytes(
    chunks: list[bytes], offset: int, length: int | None
) -> None:
    whole = b"".join(chunks)
    expected = whole[offset:] if length is None else whole[offset : offset + length]
    assert b"".join(cut(chunks, offset, length)) == expected
