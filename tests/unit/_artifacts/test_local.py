from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlflow._artifacts.interface import PARTIAL_SUFFIX
from mlflow._artifacts.local import LocalArtifactStore, _explained
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist, StorageUnavailable


@pytest.fixture
def store(tmp_path: Path) -> LocalArtifactStore:
    return LocalArtifactStore(tmp_path / "root")


def test_a_store_makes_its_folder_with_the_first_file_only(store: LocalArtifactStore) -> None:
    assert store.list() == []
    store.delete("x")
    assert not store.root.exists()
    store.write("a/b", [b"1"])
    assert (store.root / "a/b").read_bytes() == b"1"


def test_files_put_there_by_hand_are_artifacts(store: LocalArtifactStore) -> None:
    store.root.mkdir()
    (store.root / "by hand").write_bytes(b"12")
    assert [(info.path, info.file_size) for info in store.list()] == [("by hand", 2)]
    assert store.local_path("by hand") == store.root / "by hand"


@pytest.mark.parametrize("link", ["file", "folder", "loop"])
def test_a_link_out_of_the_root_is_not_followed(store: LocalArtifactStore, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    store.write("ok", [b"1"])
    (store.root / "file").symlink_to(outside / "secret")
    (store.root / "folder").symlink_to(outside)
    (store.root / "loop").symlink_to(store.root.parent)
    key = {"file": "file", "folder": "folder/secret", "loop": "loop/outside/secret"}[link]
    for call in (
        lambda: store.read(key),
        lambda: store.stat(key),
        lambda: store.list(key),
        lambda: store.write(key, [b"overwritten"]),
        lambda: store.local_path(key),
        lambda: store.download(key, tmp_path / "copy"),
    ):
        with pytest.raises(InvalidParameterValue, match="symbolic link that leads out"):
            call()
    assert [info.path for info in store.list()] == ["ok"]
    store.delete(link)
    assert not (store.root / link).is_symlink()
    assert (outside / "secret").read_text() == "secret"


def test_deleting_all_takes_links_and_not_what_they_lead_to(
    store: LocalArtifactStore, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_bytes(b"1")
    store.write("a/b", [b"1"])
    (store.root / "a/out").symlink_to(tmp_path / "outside")
    (store.root / "out").symlink_to(tmp_path / "outside")
    store.delete("")
    assert list(store.root.iterdir()) == []
    assert (tmp_path / "outside/file").exists()


def test_a_link_that_stays_inside_is_followed(store: LocalArtifactStore) -> None:
    store.write("a/file", [b"12"])
    (store.root / "link").symlink_to("a/file")
    assert b"".join(store.read("link")) == b"12"
    assert [info.path for info in store.list()] == ["a", "link"]


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "disk")
    store = LocalArtifactStore(tmp_path / "root")
    store.write("a/b", [b"1"])
    assert (tmp_path / "disk/a/b").exists()
    store.delete("")
    assert (tmp_path / "root").is_symlink()
    assert list((tmp_path / "disk").iterdir()) == []


def test_a_root_that_begins_like_another_does_not_hold_it(tmp_path: Path) -> None:
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root-2/file").write_bytes(b"1")
    store = LocalArtifactStore(tmp_path / "root")
    store.write("x", [b"1"])
    (store.root / "link").symlink_to(tmp_path / "root-2/file")
    with pytest.raises(InvalidParameterValue, match="leads out"):
        store.read("link")


def test_a_pipe_is_no_artifact(store: LocalArtifactStore) -> None:
    store.write("a", [b"1"])
    os.mkfifo(store.root / "pipe")
    assert [info.path for info in store.list()] == ["a"]
    with pytest.raises(ResourceDoesNotExist):
        store.read("pipe")


def test_unfinished_files_cannot_be_named(store: LocalArtifactStore) -> None:
    with pytest.raises(InvalidParameterValue, match="unfinished"):
        store.write(f".x{PARTIAL_SUFFIX}", [b"1"])


def test_writers_and_deleters_of_one_folder_do_not_disturb_each_other(store: LocalArtifactStore) -> None:
    def write(number: int) -> None:
        for turn in range(60):
            store.write(f"a/b{turn}/c/{number}", [b"1"])

    def delete(number: int) -> None:
        for turn in range(60):
            store.delete(f"a/b{turn}/c/{number}")

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(4) for work in (write, delete)]:
            done.result()
    assert [path.name for path in store.root.iterdir()] in (["a"], [])


def test_a_root_below_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    store = LocalArtifactStore(tmp_path / "file/root")
    with pytest.raises(InvalidParameterValue, match="'a/b' would lie below 'file', which is a file"):
        store.write("a/b", [b"1"])
    assert store.list() == []


KILLED = """
import sys, time
from mlflow._artifacts.local import LocalArtifactStore

def chunks():
    yield b"x" * 100_000
    print("half", flush=True)
    time.sleep(60)

LocalArtifactStore(sys.argv[1]).write("folder/file", chunks())
"""


def test_a_killed_writer_leaves_no_file_and_its_rest_is_swept_later(store: LocalArtifactStore) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(store.root)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert store.list() == []
    (partial,) = store.root.iterdir()
    store.write("young", [b"1"])
    assert partial.exists(), "another process may still be writing it"
    os.utime(partial, (0, 0))
    LocalArtifactStore(store.root).write("later", [b"1"])
    assert sorted(path.name for path in store.root.iterdir()) == ["later", "young"]


def test_a_full_disk_is_said_and_leaves_nothing(store: LocalArtifactStore) -> None:
    """A limit on the size of files stands for the disk."""
    import resource

    store.write("before", [b"1"])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StorageUnavailable, match=r"'big' could not be read or written: File too large"):
            store.write("big", [b"x" * 200_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert [info.path for info in store.list()] == ["before"]
    assert [path.name for path in store.root.iterdir()] == ["before"]


def test_errors_of_the_disk_say_what_to_do() -> None:
    assert "disk is full. Free some" in _explained("k", OSError(errno.ENOSPC, "No space left")).message
    assert "Read-only" in _explained("k", OSError(errno.EROFS, "Read-only file system")).message
    assert isinstance(
        _explained("k", OSError(errno.ENAMETOOLONG, "File name too long")), InvalidParameterValue
    )
