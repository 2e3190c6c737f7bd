from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.open import open_artifacts
from mlflow._artifacts.web import Answer, send
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import (
    InvalidParameterValue,
    MlflowException,
    PermissionDenied,
    ResourceDoesNotExist,
    TemporarilyUnavailable,
    get_error_code,
)

API = "/api/2.0/mlflow-artifacts/artifacts"


class PlainResponse:
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status = answer.status
        self.headers = answer.headers

    def read(self) -> bytes:
        with self.answer:
            return self.answer.read()

    def stream(self, chunk_bytes: int, /) -> Iterator[bytes]:
        assert chunk_bytes > 0
        return self.answer.chunks()

    def close(self) -> None:
        self.answer.close()


class PlainTransport:
    """The least that a transport has to do."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def at(self, base_url: str, /) -> PlainTransport:
        return PlainTransport(base_url)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> PlainResponse:
        url = self.base_url + path + (f"?{urlencode(query)}" if query else "")
        answer = PlainResponse(send(method, url, body=body or b"", headers=headers))
        if answer.status < 400:
            return answer
        try:
            error = json.loads(answer.read())
        except ValueError:
            error = {}
        raise MlflowException(
            error.get("message", "refused"), error.get("error_code") or get_error_code(answer.status)
        )


@pytest.fixture
def store(web_server: Any) -> ArtifactStore:
    return open_artifacts("mlflow-artifacts:/1/run/artifacts", transport=PlainTransport(web_server.url))


def listing(*files: dict[str, Any]) -> bytes:
    return json.dumps({"files": files} if files else {}).encode()


def test_a_listing_has_names_of_the_folder_and_becomes_paths_of_the_root(
    store: ArtifactStore, web_server: Any
) -> None:
    files = [
        {"path": "roc.png", "is_dir": False, "file_size": "12"}, {"path": "empty", "is_dir": False},
        {"path": "deep", "is_dir": True},
    ]  # fmt: skip
    web_server.answer = lambda _: web_server.reply(body=listing(*files))
    assert store.list("plots/ü") == [
        FileInfo("plots/ü/deep", True, None),
        FileInfo("plots/ü/empty", False, 0),
        FileInfo("plots/ü/roc.png", False, 12),
    ]
    assert web_server.requests[0].path == f"{API}?path=1%2Frun%2Fartifacts%2Fplots%2F%C3%BC"


def test_a_server_cannot_make_up_a_path_that_leads_out(store: ArtifactStore, web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply(body=listing({"path": "../../x", "is_dir": False}))
    assert store.list() == [FileInfo("x", False, 0)]
    for name in ("..", "a\\..\\b", "..%2f.."):
        web_server.answer = lambda _, name=name: web_server.reply(body=listing({"path": name}))
        with pytest.raises(InvalidParameterValue, match="Invalid artifact path"):
            store.list()


def test_the_root_of_all_artifacts_is_listed_without_a_path(web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply(body=b"{}")
    store = open_artifacts("mlflow-artifacts:/", transport=PlainTransport(web_server.url))
    assert store.list() == []
    store.write("x", [b"1"], 1)
    assert [request.path for request in web_server.requests] == [API, f"{API}/x"]


@pytest.mark.parametrize(
    "path", ["mlflow-artifacts:/1/a", "mlflow-artifacts:1/a/", "mlflow-artifacts:///1/a"]
)
def test_forms_of_the_uri_that_mean_the_same(web_server: Any, path: str) -> None:
    web_server.answer = lambda _: web_server.reply()
    open_artifacts(path, transport=PlainTransport(web_server.url)).write("k", [b"1"], 1)
    assert web_server.requests[0].path == f"{API}/1/a/k"


def test_a_uri_may_name_a_server_of_its_own(web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply()
    host = web_server.url.removeprefix("http://")
    store = open_artifacts(
        f"mlflow-artifacts://{host}/1/a", transport=PlainTransport("http://tracking.invalid")
    )
    store.write("k", [b"1"], 1)
    assert web_server.requests[0].path == f"{API}/1/a/k"


@pytest.mark.parametrize("size", [None, 3_000_000, 6])
def test_a_file_is_sent_as_it_is(store: ArtifactStore, web_server: Any, size: int | None) -> None:
    web_server.answer = lambda _: web_server.reply()
    data = b"x" * (size or 3_000_000)
    store.write("a b/100%.bin", [data[:5], data[5:]], size)
    (request,) = web_server.requests
    assert (request.method, request.path, request.body) == (
        "PUT",
        f"{API}/1/run/artifacts/a%20b/100%25.bin",
        data,
    )
    assert request.headers.get("Content-Length") == (None if size is None else str(size))


def test_a_file_that_is_not_as_announced_never_arrives_whole(store: ArtifactStore, web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply()
    for data in (b"x" * 1_999_999, b"x" * 2_000_001):
        with pytest.raises(InvalidParameterValue, match="announced with 2000000"):
            store.write("a", [data], 2_000_000)
    assert [request.body for request in web_server.wait_for(2)] == [None, None]


def test_an_error_of_the_source_cuts_the_line(store: ArtifactStore, web_server: Any) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise RuntimeError("the source broke")

    web_server.answer = lambda _: web_server.reply()
    with pytest.raises(RuntimeError, match="the source broke"):
        store.write("a", chunks())
    assert [request.body for request in web_server.wait_for(1)] == [None]


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize(
    ("offset", "length", "part"), [(0, None, b"0123456789"), (7, None, b"789"), (2, 3, b"234")]
)
def test_a_part_is_read_whether_the_server_knows_ranges_or_not(
    store: ArtifactStore, web_server: Any, knows_ranges: bool, offset: int, length: int | None, part: bytes
) -> None:
    def answer(request: Any) -> Any:
        asked = request.headers.get("Range")
        if not knows_ranges or asked is None:
            return web_server.reply(body=b"0123456789")
        first, _, last = asked.removeprefix("bytes=").partition("-")
        end = int(last) + 1 if last else 10
        return web_server.reply(
            206,
            b"0123456789"[int(first) : end],
            {"Content-Range": f"bytes {first}-{end - 1}/10", "ETag": '"v"'},
        )

    web_server.answer = answer
    with store.read("file", offset, length) as stream:
        assert stream.size == 10
        assert b"".join(stream) == part


def test_behind_the_end_there_are_no_bytes(store: ArtifactStore, web_server: Any) -> None:
    def answer(request: Any) -> Any:
        if "Range" in request.headers:
            return web_server.reply(416)
        return web_server.reply(body=listing({"path": "file", "is_dir": False, "file_size": 10}))

    web_server.answer = answer
    stream = store.read("file", 10)
    assert (stream.size, list(stream)) == (10, [])


@pytest.mark.parametrize(
    "body",
    [b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such artifact"}', b'{"detail": "Not Found"}'],
)
def test_a_missing_file_is_one_error_however_the_server_says_it(
    store: ArtifactStore, web_server: Any, body: bytes
) -> None:
    web_server.answer = lambda request: (
        web_server.reply(body=b"{}") if "?path=" in request.path else web_server.reply(404, body)
    )
    with pytest.raises(ResourceDoesNotExist, match=r"no artifact 'x' in mlflow-artifacts:/1/run/artifacts"):
        store.read("x")
    with pytest.raises(ResourceDoesNotExist):
        store.stat("x")
    store.delete("x")


def test_other_refusals_come_through(store: ArtifactStore, web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply(
        403, b'{"error_code": "PERMISSION_DENIED", "message": "not yours"}'
    )
    for call in (store.list, lambda: store.write("x", [b"1"]), lambda: store.delete("x")):
        with pytest.raises(MlflowException, match="not yours") as error:
            call()
        assert error.value.error_code == PermissionDenied.default_code


def test_a_cut_answer_is_a_transient_error(store: ArtifactStore, web_server: Any) -> None:
    web_server.answer = lambda _: web_server.reply(body=b"half", length=8)
    with pytest.raises(TemporarilyUnavailable):
        list(store.read("x"))
