from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlflow._artifacts import transfer
from mlflow._artifacts.interface import PARTIAL_SUFFIX, ByteStream
from mlflow._artifacts.local import LocalArtifactStore
from mlflow._artifacts.transfer import ATTEMPTS, download_file, download_tree, upload_file, upload_tree
from mlflow.exceptions import (
    InvalidParameterValue,
    PermissionDenied,
    ResourceConflict,
    ResourceDoesNotExist,
    StorageUnavailable,
    TemporarilyUnavailable,
)


class FlakyStore(LocalArtifactStore):
    """A local store whose reads break off after some bytes, as often as it is told."""

    breaks: list[int]
    on_break: Callable[[], object] = staticmethod(lambda: None)
    has_versions = True

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        self.reads.append(offset)
        stream = super().read(key, offset, length)
        limit = self.breaks.pop(0) if self.breaks else None

        def chunks() -> Iterator[bytes]:
            data = b"".join(stream)
            yield data[:limit]
            if limit is not None:
                self.on_break()
                raise TemporarilyUnavailable("the line was cut")

        return ByteStream(chunks(), stream.size, stream.version if self.has_versions else None, stream.close)

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads: list[int] = []
        self.breaks = []


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlakyStore:
    monkeypatch.setattr(transfer, "_FIRST_PAUSE_S", 0.001)
    return FlakyStore(tmp_path / "store")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_folder_goes_there_and_back(store: FlakyStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    expected = {
        f"{folder}file {n}.txt": f"{folder}{n}".encode() for folder in ("", "a/", "a/b/") for n in range(12)
    }
    for name, data in expected.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    (source / "empty folder").mkdir()
    assert upload_tree(store, source, "runs/1/") == len(expected)
    assert download_tree(store, "runs/1", tmp_path / "target") == tmp_path / "target/runs/1"
    assert tree(tmp_path / "target/runs/1") == expected
    assert download_tree(store, "", tmp_path / "all") == tmp_path / "all"
    assert tree(tmp_path / "all") == {f"runs/1/{name}": data for name, data in expected.items()}


def test_a_single_file_keeps_its_path_below_the_target(store: FlakyStore, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"1")
    upload_file(store, tmp_path / "x", "plots/x.png")
    assert download_tree(store, "plots/x.png", tmp_path / "target").read_bytes() == b"1"
    assert tree(tmp_path / "target") == {"plots/x.png": b"1"}


def test_nothing_there_is_an_error_and_an_empty_store_is_an_empty_folder(
    store: FlakyStore, tmp_path: Path
) -> None:
    with pytest.raises(ResourceDoesNotExist, match="'nowhere'"):
        download_tree(store, "nowhere", tmp_path / "target")
    assert list(download_tree(store, "", tmp_path / "target").iterdir()) == []
    with pytest.raises(FileNotFoundError):
        upload_tree(store, tmp_path / "no folder")
    with pytest.raises(FileNotFoundError):
        upload_file(store, tmp_path / "no file", "x")


def test_links_are_followed_but_not_in_circles(store: FlakyStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "a").mkdir(parents=True)
    (source / "a/file").write_bytes(b"1")
    (source / "link").symlink_to(source / "a/file")
    (source / "folder").symlink_to(source / "a")
    (source / "a/circle").symlink_to(source)
    upload_tree(store, source)
    download_tree(store, "", tmp_path / "target")
    assert tree(tmp_path / "target") == {"a/file": b"1", "link": b"1", "folder/file": b"1"}


def test_a_download_goes_on_where_it_broke_off(store: FlakyStore, tmp_path: Path) -> None:
    store.write("file", [b"0123456789"])
    store.breaks = [3, 4]
    seen: list[int] = []
    download_file(store, "file", tmp_path / "file", seen.append)
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    assert store.reads == [0, 3, 7]
    assert seen == [3, 4, 3]


def test_a_download_starts_again_when_the_file_changed_meanwhile(store: FlakyStore, tmp_path: Path) -> None:
    store.write("file", [b"old old old"])
    store.breaks = [3]
    store.on_break = lambda: store.write("file", [b"brand new file"])
    seen: list[int] = []
    download_file(store, "file", tmp_path / "file", seen.append)
    assert (tmp_path / "file").read_bytes() == b"brand new file"
    assert sum(seen) == 14


def test_a_download_starts_again_when_the_store_knows_no_versions(store: FlakyStore, tmp_path: Path) -> None:
    store.write("file", [b"0123456789"])
    store.breaks = [3]
    store.has_versions = False
    download_file(store, "file", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_download_that_keeps_failing_leaves_the_old_file_and_nothing_else(
    store: FlakyStore, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").write_bytes(b"before")
    store.write("file", [b"0123456789"])
    store.breaks = [1] * ATTEMPTS
    with pytest.raises(TemporarilyUnavailable, match="cut"):
        download_file(store, "file", target / "file")
    assert tree(target) == {"file": b"before"}
    assert store.reads == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "error", [StorageUnavailable("full"), PermissionDenied("no"), InvalidParameterValue("bad"), OSError("x")]
)
def test_only_what_may_pass_is_tried_again(
    store: FlakyStore, tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def refuse(local_path: object, key: str) -> None:
        calls.append(key)
        raise error

    monkeypatch.setattr(store, "upload", refuse)
    with pytest.raises(type(error)):
        upload_file(store, tmp_path, "key")
    assert calls == ["key"]


def test_the_first_error_stops_what_has_not_begun(store: FlakyStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(200):
        (source / f"{number:03}").write_bytes(b"1")
    (source / "000").write_bytes(b"the largest comes first")
    sent = []
    lock = threading.Lock()

    class Refusing(LocalArtifactStore):
        max_transfers = 2

        def upload(self, local_path: object, key: str) -> None:
            with lock:
                sent.append(key)
            raise PermissionDenied(f"not {key}")

    with pytest.raises(PermissionDenied, match="not "):
        upload_tree(Refusing(tmp_path / "refusing"), source)
    assert sent[0] == "000"
    assert len(sent) < 200


def test_a_large_file_is_read_by_several_ranges_at_once(
    store: FlakyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_RANGES_FROM_BYTES", 1000)
    monkeypatch.setattr(transfer, "_RANGE_BYTES", 300)
    store.ranges_at_once = 3
    data = bytes(range(256)) * 5 + b"end"
    store.write("file", [data])
    store.breaks = [0, 100]
    seen: list[int] = []
    download_file(store, "file", tmp_path / "file", seen.append)
    assert (tmp_path / "file").read_bytes() == data
    assert sum(seen) == len(data)
    assert {0, 300, 600, 900, 1200} <= set(store.reads)
    assert len(store.reads) == 1 + 5 + 1, "one range went on where it broke off"
    assert any(offset % 300 == 100 for offset in store.reads)


def test_ranges_of_different_versions_are_not_mixed(
    store: FlakyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_RANGES_FROM_BYTES", 1000)
    monkeypatch.setattr(transfer, "_RANGE_BYTES", 600)
    store.ranges_at_once = 2
    store.write("file", [b"1" * 1200])
    store.breaks = [0, 100, 100]
    store.on_break = lambda: store.write("file", [b"2" * 1201])
    with pytest.raises(ResourceConflict, match="replaced while it was read"):
        download_file(store, "file", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_name_that_leads_out_of_the_folder_is_never_written(tmp_path: Path) -> None:
    from mlflow.entities.file_info import FileInfo

    class Hostile(LocalArtifactStore):
        def list(self, path: str = "") -> list[FileInfo]:
            return [FileInfo("../evil", False, 1)]

    with pytest.raises(InvalidParameterValue, match="evil"):
        download_tree(Hostile(tmp_path / "store"), "", tmp_path / "target")
    assert not (tmp_path / "evil").exists()


def test_progress_is_shown_on_a_terminal_only(
    store: FlakyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(transfer, "_PROGRESS_FROM_BYTES", 10)
    store.write("file", [b"0123456789" * 1_000_000])
    download_tree(store, "", tmp_path / "one")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    download_tree(store, "", tmp_path / "two")
    assert capsys.readouterr().err.endswith("\rDownloading artifacts: 100 % of 10 MB\n")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    download_tree(store, "", tmp_path / "three")
    assert capsys.readouterr().err == ""


def test_unfinished_names_are_hidden_from_listings(store: FlakyStore) -> None:
    store.write("a", [b"1"])
    (store.root / f".x{PARTIAL_SUFFIX}").write_bytes(b"half")
    assert [info.path for info in store.list()] == ["a"]
