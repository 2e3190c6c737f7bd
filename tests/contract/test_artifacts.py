"""What every artifact store does, tried on each of them."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from mlflow._artifacts import resumed, web
from mlflow._artifacts.interface import ArtifactStore, UploadedPart
from mlflow._artifacts.local import LocalArtifactStore
from mlflow._artifacts.object_store import PART_BYTES
from mlflow._artifacts.open import open_artifacts
from mlflow._storage.open import open_sql_store
from mlflow._storage.rest.transport import HttpTransport
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import (
    InvalidParameterValue,
    MlflowException,
    NotSupported,
    ResourceDoesNotExist,
    TemporarilyUnavailable,
)
from mlflow.server.app import create_app
from mlflow.server.artifacts import ServerArtifacts
from mlflow.server.context import Context

MIB = 1024 * 1024
ODD_NAMES = [
    "Größe 1 (neu).png", "日本語.csv", "a%20b", "100%", "50%25", "x#y", "q?z=1&w", "[a]{b}", "~t", "a|b", "a*b", 'a"b', "a'b",
    "a<b>", "a^b`c", "a+b", "a;b,c", "..a", ".hidden", "trailing.", "MLmodel", "é", "e\u0301", "😀.txt",
]  # fmt: skip


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of an S3 service in this process."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def empty_bucket(s3_server: str) -> Iterator[str]:
    """Root in an empty bucket, which the environment leads to."""
    import urllib3

    bucket = f"bucket-{secrets.token_hex(8)}"
    with urllib3.PoolManager() as http:
        assert http.request("PUT", f"{s3_server}/{bucket}").status == 200
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MLFLOW_S3_ENDPOINT_URL", s3_server)
        environment.setenv("AWS_ACCESS_KEY_ID", "id")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_CONFIG_FILE", "/nowhere")
        environment.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        yield f"s3://{bucket}/some where/ü%20#?"


@pytest.fixture
def s3_uri(s3_server: str) -> Iterator[str]:
    with empty_bucket(s3_server) as uri:
        yield uri


@contextmanager
def tracking_server(folder: Path, artifact_root: str) -> Iterator[str]:
    """Address of our server, in a thread of this process, which keeps its artifacts where it is told."""
    store = open_sql_store(f"sqlite:///{folder}/server.db", artifact_root, proxied=True)
    app = create_app(Context(store, ServerArtifacts(store)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, ws="none", log_level="warning", access_log=False))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="session")
def local_tracking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with tracking_server(folder, str(folder / "files")) as url:
        yield url


@pytest.fixture(scope="session")
def s3_tracking_server(s3_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        with empty_bucket(s3_server) as uri:
            url = stack.enter_context(tracking_server(tmp_path_factory.mktemp("server"), uri))
            # The server opens its store with the first request, and keeps it.
            transport = HttpTransport(url)
            assert open_artifacts("mlflow-artifacts:/", transport=transport).list() == []
            transport.close()
        yield url


@pytest.fixture(params=["local", "s3", "server over local", "server over s3"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server_url(request: pytest.FixtureRequest, backend: str) -> str:
    """Address of the tracking server that the artifacts go through; empty for none."""
    if backend.startswith("server over "):
        url: str = request.getfixturevalue(f"{backend.removeprefix('server over ')}_tracking_server")
        return url
    return ""


@pytest.fixture
def store(
    request: pytest.FixtureRequest, backend: str, server_url: str, tmp_path: Path
) -> Iterator[ArtifactStore]:
    if backend == "local":
        yield LocalArtifactStore(tmp_path / "root")
    elif backend == "s3":
        yield open_artifacts(request.getfixturevalue("s3_uri"))
    else:
        transport = HttpTransport(server_url)
        yield open_artifacts(f"mlflow-artifacts:/{secrets.token_hex(8)}/run/ü%20#?", transport=transport)
        transport.close()


def content(store: ArtifactStore, key: str, offset: int = 0, length: int | None = None) -> bytes:
    return b"".join(store.read(key, offset, length))


def names(store: ArtifactStore, path: str = "") -> list[str]:
    return [info.path for info in store.list(path)]


def all_keys(store: ArtifactStore, path: str = "") -> list[str]:
    keys = []
    for info in store.list(path):
        keys += all_keys(store, info.path) if info.is_dir else [info.path]
    return keys


def test_what_is_written_is_read(store: ArtifactStore) -> None:
    store.write("plots/roc.png", [b"abc", b"", b"def"], 6)
    assert content(store, "plots/roc.png") == b"abcdef"


def test_an_empty_store_has_an_empty_root(store: ArtifactStore) -> None:
    assert store.list() == []
    assert store.list("nowhere/at/all") == []
    assert store.stat("") == FileInfo("", is_dir=True, file_size=None)


def test_a_listing_names_files_with_their_size_and_folders_without(store: ArtifactStore) -> None:
    store.write("b.txt", [b"12345"])
    store.write("a/x/deep.txt", [b"1"])
    store.write("a/empty", [], 0)
    assert store.list() == [FileInfo("a", True, None), FileInfo("b.txt", False, 5)]
    assert store.list("a") == [FileInfo("a/empty", False, 0), FileInfo("a/x", True, None)]
    assert store.list("a/") == store.list("a")
    assert store.list("b.txt") == []


def test_a_listing_is_sorted_by_name(store: ArtifactStore) -> None:
    keys = ["b", "B", "a.txt", "a-b", "a/x", "Z", "é", "10", "9"]
    for key in keys:
        store.write(key, [b"1"])
    listed = names(store)
    assert listed == sorted(listed)
    assert len(listed) == len(keys)


def test_a_folder_does_not_show_what_only_begins_like_it(store: ArtifactStore) -> None:
    store.write("model/a", [b"1"])
    store.write("model2/b", [b"1"])
    assert names(store, "model") == ["model/a"]
    store.delete("model")
    assert all_keys(store) == ["model2/b"]


def test_stat_tells_files_folders_and_nothing_apart(store: ArtifactStore) -> None:
    store.write("a/b", [b"123"])
    assert store.stat("a/b") == FileInfo("a/b", False, 3)
    assert store.stat("a") == FileInfo("a", True, None)
    for missing in ("c", "a/c", "a/b/c"):
        with pytest.raises(ResourceDoesNotExist, match=missing):
            store.stat(missing)


def test_reading_what_is_not_there_fails_at_the_call(store: ArtifactStore) -> None:
    store.write("folder/file", [b"1"])
    with pytest.raises(ResourceDoesNotExist, match=r"missing\.txt"):
        store.read("missing.txt")
    with pytest.raises(InvalidParameterValue, match="folder"):
        store.read("folder")


@pytest.mark.parametrize(
    ("offset", "length", "part"),
    [
        (0, None, b"0123456789"), (3, None, b"3456789"), (3, 4, b"3456"), (0, 1, b"0"), (9, 1, b"9"), (8, 99, b"89"),
        (10, None, b""), (99, None, b""), (99, 5, b""), (3, 0, b""), (0, 0, b""),
    ],
)  # fmt: skip
def test_a_part_of_a_file_is_read(store: ArtifactStore, offset: int, length: int | None, part: bytes) -> None:
    store.write("digits", [b"0123456789"])
    with store.read("digits", offset, length) as stream:
        assert stream.size == 10
        assert b"".join(stream) == part


def test_a_range_before_the_file_is_refused(store: ArtifactStore) -> None:
    store.write("digits", [b"0123456789"])
    for offset, length in ((-1, None), (0, -1)):
        with pytest.raises(InvalidParameterValue, match="digits"):
            store.read("digits", offset, length)


def test_an_empty_file_is_a_file(store: ArtifactStore) -> None:
    store.write("empty", BytesIO(b""), 0)
    store.write("empty2", iter([]))
    for key in ("empty", "empty2"):
        assert content(store, key) == b""
        assert content(store, key, 0, 10) == b""
        assert store.stat(key).file_size == 0


def test_writing_again_replaces_the_file(store: ArtifactStore) -> None:
    store.write("a", [b"a long first version"])
    store.write("a", [b"short"])
    assert content(store, "a") == b"short"
    assert store.stat("a").file_size == 5


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_come_back_as_they_were(store: ArtifactStore, name: str, tmp_path: Path) -> None:
    data = name.encode()
    store.write(f"in {name}/{name}", [data])
    assert names(store) == [f"in {name}"]
    assert names(store, f"in {name}") == [f"in {name}/{name}"]
    assert content(store, f"in {name}/{name}") == data
    store.download(f"in {name}/{name}", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data
    store.delete(f"in {name}/{name}")
    assert store.list() == []


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "/etc/passwd", "%2e%2e/x", "%252e%252e%252fx", "..\\x", "C:/x", "a\x00b", "a/..", "x" * 300]
)  # fmt: skip
def test_every_method_refuses_a_bad_path(store: ArtifactStore, key: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("outside")
    for call in (
        lambda: store.list(key),
        lambda: store.stat(key),
        lambda: store.read(key),
        lambda: store.write(key, [b"1"]),
        lambda: store.upload(tmp_path / "x", key),
        lambda: store.download(key, tmp_path / "copy"),
        lambda: store.delete(key),
        lambda: store.local_path(key),
    ):
        if call.__code__.co_names[0] == "local_path" and store.local_path("x") is None:
            continue
        with pytest.raises(InvalidParameterValue, match="Invalid artifact path"):
            call()
    assert (tmp_path / "x").read_text() == "outside"
    assert not (tmp_path / "copy").exists()


def test_the_root_is_no_file(store: ArtifactStore) -> None:
    for call in (lambda: store.read(""), lambda: store.write("", [b"1"])):
        with pytest.raises(InvalidParameterValue, match="names no file"):
            call()


def test_a_write_that_is_cut_leaves_nothing(store: ArtifactStore) -> None:
    def cut(size: int) -> Iterator[bytes]:
        for _ in range(size // MIB):
            yield b"x" * MIB
        raise ConnectionResetError("the line was cut")

    for size in (2 * MIB, 20 * MIB):
        with pytest.raises(ConnectionResetError):
            store.write("new/file", cut(size))
        assert store.list() == []
    store.write("old", [b"old"])
    with pytest.raises(ConnectionResetError):
        store.write("old", cut(2 * MIB), 3 * MIB)
    assert content(store, "old") == b"old"
    assert names(store) == ["old"]


@pytest.mark.parametrize("size", [3, 20 * MIB])
@pytest.mark.parametrize("difference", [-1, 1])
def test_a_write_that_is_not_as_long_as_announced_leaves_nothing(
    store: ArtifactStore, size: int, difference: int
) -> None:
    with pytest.raises(InvalidParameterValue, match="announced"):
        store.write("file", BytesIO(b"x" * (size + difference)), size)
    assert store.list() == []


MOVE_A_LARGE_FILE = """
import hashlib, sys
from pathlib import Path
from mlflow._artifacts.open import open_artifacts
from mlflow._artifacts.transfer import download_file, upload_file
from mlflow._storage.rest.transport import HttpTransport

MIB = 1024 * 1024
uri, server, folder, size = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]) * MIB

def blocks():
    for number in range(size // MIB):
        yield number.to_bytes(4, "big") * (MIB // 4)

def digest(chunks):
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()

def peak_mib():
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024

store = open_artifacts(uri, transport=HttpTransport(server) if server else None)
store.write("small", [b"1"])
before = peak_mib()
expected = digest(blocks())
store.write("large", blocks(), size)
assert digest(store.read("large")) == expected
download_file(store, "large", folder / "large")
with (folder / "large").open("rb") as file:
    assert digest(iter(lambda: file.read(MIB), b"")) == expected
upload_file(store, folder / "large", "again")
assert store.stat("again").file_size == size
assert digest(store.read("again", size - MIB)) == digest([(size // MIB - 1).to_bytes(4, "big") * (MIB // 4)])
print(peak_mib() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_large_file_goes_through_little_memory(
    store: ArtifactStore, server_url: str, tmp_path: Path
) -> None:
    """Moves 100 MiB in a process of its own, in every way there is, and looks at its memory."""
    done = subprocess.run(
        [sys.executable, "-c", MOVE_A_LARGE_FILE, store.root_uri, server_url, str(tmp_path), "100"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 80, "MiB of memory"


def test_of_writers_at_once_one_wins_as_a_whole(store: ArtifactStore) -> None:
    versions = [bytes([number]) * (100_000 + number) for number in range(6)]
    barrier = threading.Barrier(len(versions), timeout=30)

    def write(data: bytes) -> None:
        for turn in range(5):
            barrier.wait()
            store.write(f"new {turn}/folder/one", [data[:100], data[100:]], len(data))

    with ThreadPoolExecutor(len(versions)) as pool:
        for done in [pool.submit(write, data) for data in versions]:
            done.result()
    for turn in range(5):
        assert content(store, f"new {turn}/folder/one") in versions
    assert all_keys(store) == [f"new {turn}/folder/one" for turn in range(5)]


def test_deleting_takes_a_file_or_a_whole_folder_and_does_not_mind_what_is_gone(store: ArtifactStore) -> None:
    for key in ("a/1", "a/b/2", "a/b/c/3", "d"):
        store.write(key, [b"1"])
    store.delete("a/b")
    assert all_keys(store) == ["a/1", "d"]
    store.delete("a/1")
    assert names(store) == ["d"], "a folder goes with its last file"
    store.delete("a/1")
    store.delete("never/was")
    store.delete("")
    assert store.list() == []
    store.write("e", [b"1"])
    assert names(store) == ["e"]


def test_files_are_stored_and_fetched_by_path(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(bytes(range(256)) * 1000)
    store.upload(source, "deep/folder/copy.bin")
    target = tmp_path / "target.bin"
    target.write_bytes(b"before")
    store.download("deep/folder/copy.bin", target)
    assert target.read_bytes() == source.read_bytes()
    with pytest.raises(ResourceDoesNotExist):
        store.download("missing", target)
    assert target.read_bytes() == source.read_bytes()
    with pytest.raises(FileNotFoundError):
        store.upload(tmp_path / "no such file", "x")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["source.bin", "target.bin"]


def test_a_file_and_a_folder_do_not_share_a_name_where_folders_are_real(
    store: ArtifactStore, backend: str
) -> None:
    store.write("a/b", [b"1"])
    if backend.endswith("s3"):
        store.write("a", [b"2"])
        assert (content(store, "a"), content(store, "a/b")) == (b"2", b"1")
        return
    for key, reason in (("a", "is a folder"), ("a/b/c", "is a file")):
        for size in (1, 20 * MIB):
            with pytest.raises(MlflowException, match=reason) as error:
                store.write(key, BytesIO(b"1" * size), size)
            assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert content(store, "a/b") == b"1"
    assert all_keys(store) == ["a/b"]


def test_a_signed_url_moves_bytes_without_credentials(store: ArtifactStore) -> None:
    import urllib3

    if not store.can_presign:
        with pytest.raises(NotSupported, match="cannot sign"):
            store.presign_get("a")
        with pytest.raises(NotSupported, match="cannot sign"):
            store.presign_put("a")
        return
    with urllib3.PoolManager() as http:
        put = store.presign_put("a/ä b%.txt", 60)
        assert http.request("PUT", put.url, body=b"signed", headers=put.headers).status == 200
        assert content(store, "a/ä b%.txt") == b"signed"
        get = store.presign_get("a/ä b%.txt", 60)
        assert http.request("GET", get.url, headers=get.headers).data == b"signed"


def test_a_file_is_made_from_its_parts(store: ArtifactStore) -> None:
    import urllib3

    if not store.can_multipart:
        for call in (
            lambda: store.create_multipart("a", 2),
            lambda: store.complete_multipart("a", "id", []),
            lambda: store.abort_multipart("a", "id"),
        ):
            with pytest.raises(NotSupported, match="in parts"):
                call()
        return
    data = [b"1" * 5 * MIB, b"2" * 5 * MIB, b"3"]
    upload = store.create_multipart("sub/grün 1", len(data))
    assert [part.part_number for part in upload.parts] == [1, 2, 3]
    done = []
    with urllib3.PoolManager() as http:
        for part, block in zip(upload.parts, data, strict=True):
            answer = http.request("PUT", part.url, body=block, headers=part.headers)
            assert answer.status == 200, answer.data
            done.append(UploadedPart(part.part_number, answer.headers["ETag"]))
        assert store.list() == []
        store.complete_multipart("sub/grün 1", upload.upload_id, done)
        assert content(store, "sub/grün 1") == b"".join(data)
        dropped = store.create_multipart("dropped", 1)
        http.request("PUT", dropped.parts[0].url, body=b"1")
        with pytest.raises(InvalidParameterValue, match="do not make a file: InvalidPart"):
            store.complete_multipart("dropped", dropped.upload_id, [UploadedPart(1, '"0123"')])
        store.abort_multipart("dropped", dropped.upload_id)
        assert names(store) == ["sub"]


def test_the_version_of_a_file_changes_with_it(store: ArtifactStore) -> None:
    def version() -> str | None:
        with store.read("file") as stream:
            assert b"".join(stream)
            return stream.version

    store.write("file", [b"1"])
    first = version()
    assert first == version()
    store.write("file", [b"22"])
    assert first is None or first != version()


def test_a_stream_that_is_not_read_to_its_end_is_in_nobodys_way(store: ArtifactStore) -> None:
    store.write("large", [b"x" * MIB] * 3)
    for _ in range(3):
        with store.read("large") as stream:
            next(stream)
        store.read("large").close()
    store.write("small", [b"1"])
    assert content(store, "small") == b"1"


@pytest.mark.parametrize("size", [10, 2 * PART_BYTES], ids=["one request", "parts"])
def test_objects_of_s3_are_written_with_extra_arguments(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    import urllib3

    monkeypatch.setenv(
        "MLFLOW_S3_UPLOAD_EXTRA_ARGS",
        '{"ServerSideEncryption": "AES256", "CacheControl": "no-store", "Metadata": {"team": "a"}}',
    )
    with empty_bucket(s3_server) as root:
        bucket = root.removeprefix("s3://").partition("/")[0]
        store = open_artifacts(f"s3://{bucket}")
        store.write("k", [b"x" * size], size)
        assert not store.can_presign  # who writes to a signed URL would leave the arguments out
        monkeypatch.delenv("MLFLOW_S3_UPLOAD_EXTRA_ARGS")
        with urllib3.PoolManager() as http:
            answer = http.request("GET", open_artifacts(f"s3://{bucket}").presign_get("k").url)
    headers = answer.headers
    assert len(answer.data) == size
    assert headers["x-amz-server-side-encryption"] == "AES256"
    assert (headers["Cache-Control"], headers["x-amz-meta-team"]) == ("no-store", "a")


class TestResumed:
    @pytest.fixture
    def root(self, s3_uri: str, monkeypatch: pytest.MonkeyPatch) -> ArtifactStore:
        monkeypatch.setattr(resumed, "PART_BYTES", 5 * MIB)
        return open_artifacts(s3_uri)

    def upload(
        self, root: ArtifactStore, folder: Path, monkeypatch: pytest.MonkeyPatch, breaks: int = 0
    ) -> list[int]:
        """Sends a file of four parts; the first so many answers get lost. Returns the sizes of what was sent."""
        path = folder / "copy"
        path.write_bytes(b"".join(bytes([number]) * 5 * MIB for number in range(3)) + b"end")
        sent: list[int] = []
        guard = threading.Lock()

        def send(*arguments: Any, **options: Any) -> Any:
            answer = web.send(*arguments, **options)
            with guard:
                sent.append(len(options["body"]))
                if len(sent) <= breaks:
                    answer.close()
                    raise TemporarilyUnavailable("lost")
            return answer

        monkeypatch.setattr(resumed, "send", send)
        resumed.upload_resumably(root, path, "deep/large", folder / "parts")
        return sent

    def test_only_parts_that_are_missing_are_sent_again(
        self, root: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(TemporarilyUnavailable):
            self.upload(root, tmp_path, monkeypatch, breaks=1)
        assert root.list() == []
        assert (tmp_path / "parts").stat().st_mode & 0o777 == 0o600
        assert len(self.upload(root, tmp_path, monkeypatch)) == 1
        assert content(root, "deep/large") == (tmp_path / "copy").read_bytes()
        assert [path.name for path in tmp_path.iterdir()] == ["copy"]

    def test_one_that_the_store_has_another_idea_of_begins_anew(
        self, root: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(TemporarilyUnavailable):
            self.upload(root, tmp_path, monkeypatch, breaks=1)
        progress = resumed._read(tmp_path / "parts")
        assert progress is not None
        progress.etags[1] = '"0123"'
        resumed._write(tmp_path / "parts", progress)
        with pytest.raises(TemporarilyUnavailable, match=r"begins anew: .*InvalidPart"):
            self.upload(root, tmp_path, monkeypatch)
        assert len(self.upload(root, tmp_path, monkeypatch)) == 4
        assert content(root, "deep/large") == (tmp_path / "copy").read_bytes()

    @pytest.mark.parametrize("damage", [b"", b"no json", None])
    def test_a_record_that_says_nothing_or_is_old_is_not_gone_on_with(
        self, root: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
    ) -> None:
        with pytest.raises(TemporarilyUnavailable):
            self.upload(root, tmp_path, monkeypatch, breaks=1)
        if damage is None:
            monkeypatch.setattr(resumed, "now_ms", lambda: 2**62)
        else:
            (tmp_path / "parts").write_bytes(damage)
        assert len(self.upload(root, tmp_path, monkeypatch)) == 4
        assert content(root, "deep/large") == (tmp_path / "copy").read_bytes()

    def test_only_large_files_in_stores_that_take_parts_are_gone_on_with(
        self, root: ArtifactStore, tmp_path: Path
    ) -> None:
        assert resumed.can_resume(root, resumed.FROM_BYTES)
        assert not resumed.can_resume(root, resumed.FROM_BYTES - 1)
        assert not resumed.can_resume(LocalArtifactStore(tmp_path), resumed.FROM_BYTES)
