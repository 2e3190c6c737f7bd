from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mlflow.exceptions import DataLoss
from mlflow.models import digests
from mlflow.models.digests import file_digests, verify_files
from mlflow.models.model import Model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code" / "deep").mkdir(parents=True)
    (tmp_path / "MLmodel").write_text("flavors: {}")
    (tmp_path / "payload").write_bytes(b"abc")
    (tmp_path / "code" / "deep" / "own.py").write_bytes(b"")
    return tmp_path


def test_every_file_but_the_mlmodel_file_has_a_digest(folder: Path) -> None:
    assert file_digests(folder) == {
        "code/deep/own.py": f"sha256:{hashlib.sha256().hexdigest()}",
        "payload": f"sha256:{hashlib.sha256(b'abc').hexdigest()}",
    }


def test_a_file_of_many_pieces_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    content = os.urandom(1024) * (17 * 1024) + b"end"
    (tmp_path / "payload").write_bytes(content)
    assert file_digests(tmp_path) == {"payload": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def test_all_that_is_wrong_is_named(folder: Path) -> None:
    known = file_digests(folder)
    verify_files(folder, known)
    (folder / "payload").write_bytes(b"abd")
    (folder / "code" / "deep" / "own.py").unlink()
    with pytest.raises(DataLoss, match=r"'code/deep/own.py' is missing, 'payload' has changed") as caught:
        verify_files(folder, known)
    assert caught.value.error_code == "DATA_LOSS"


def test_files_without_a_digest_are_not_looked_at(folder: Path) -> None:
    known = file_digests(folder)
    (folder / "notes.txt").write_text("mine")
    verify_files(folder, known)
    verify_files(folder, None)


@pytest.mark.parametrize("name", ["code/new.py", "code/deep/new.zip", "code/newer/new.so"])
def test_what_is_put_into_a_folder_of_the_model_is_named(name: str, folder: Path) -> None:
    known = file_digests(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    with pytest.raises(DataLoss, match=f"not loaded: '{name}' was added.*again into an empty folder"):
        verify_files(folder, known)


def test_a_link_to_a_folder_is_something_that_was_put_in(folder: Path, tmp_path_factory: Any) -> None:
    known = file_digests(folder)
    (folder / "code" / "package").symlink_to(tmp_path_factory.mktemp("package"))
    with pytest.raises(DataLoss, match="'code/package' was added"):
        verify_files(folder, known)


def test_what_python_and_desktops_leave_behind_is_nothing(folder: Path) -> None:
    known = file_digests(folder)
    (folder / "code" / "__pycache__").mkdir()
    (folder / "code" / "__pycache__" / "own.cpython-311.pyc").write_bytes(b"")
    (folder / "code" / ".DS_Store").write_bytes(b"")
    (folder / "results").mkdir()
    (folder / "results" / "mine.csv").write_bytes(b"")
    verify_files(folder, known)


def test_a_path_out_of_the_folder_is_no_file_of_the_model(folder: Path, tmp_path: Path) -> None:
    (tmp_path.parent / "outside").write_bytes(b"abc")
    digest = file_digests(folder)["payload"]
    with pytest.raises(DataLoss, match=r"'../outside' is missing"):
        verify_files(folder, {"../outside": digest})


def test_a_changed_model_is_loaded_where_that_is_wanted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
    verify_files(folder, {"payload": "sha256:0"})


class TestLargeFiles:
    @pytest.fixture
    def large(self, folder: Path) -> Path:
        file = folder / "large"
        file.write_bytes(bytes(2 << 20))
        an_hour_ago = time.time() - 3600
        os.utime(file, (an_hour_ago, an_hour_ago))
        return file

    @pytest.fixture
    def read(self, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """The files that are read for their digests."""
        files: list[Path] = []
        original = digests._read_digest

        def record(file: Path) -> str:
            files.append(file)
            return original(file)

        monkeypatch.setattr(digests, "_read_digest", record)
        return files

    @pytest.fixture
    def settled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(digests, "_is_settled", lambda _status: True)

    @pytest.mark.usefixtures("settled")
    def test_are_read_once_and_again_after_a_change(
        self, folder: Path, large: Path, read: list[Path]
    ) -> None:
        known = file_digests(folder)
        verify_files(folder, known)
        assert read.count(large) == 1
        with large.open("r+b") as stream:
            stream.write(b"x")
        os.utime(large, ns=(large.stat().st_atime_ns, 0))  # the time of the last change cannot be set back
        with pytest.raises(DataLoss, match="'large' has changed"):
            verify_files(folder, known)
        assert read.count(large) == 2

    @pytest.mark.usefixtures("settled")
    def test_are_read_again_after_a_day(
        self, folder: Path, large: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file_digests(folder)
        monkeypatch.setattr(digests, "_KEPT_S", -1)
        file_digests(folder)
        assert read.count(large) == 2

    def test_are_read_again_while_a_change_may_not_show(
        self, folder: Path, large: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(digests, "_is_settled", lambda _status: False)
        file_digests(folder)
        file_digests(folder)
        assert read.count(large) == 2

    @pytest.mark.usefixtures("settled")
    def test_are_read_each_time_where_nothing_can_be_kept(
        self, folder: Path, large: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
        file_digests(folder)
        file_digests(folder)
        assert read.count(large) == 2


@pytest.mark.parametrize(
    ("fraction_ns", "age_s", "settled"),
    [(123_456_789, 0.05, False), (123_456_789, 1, True), (0, 1, False), (0, 3, True)],
)
def test_a_file_is_settled_when_the_clock_of_its_file_system_has_moved_on(
    fraction_ns: int, age_s: float, settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = SimpleNamespace(st_ctime=1000.0, st_ctime_ns=1_000_000_000_000 + fraction_ns)
    monkeypatch.setattr(time, "time", lambda: 1000.0 + age_s)
    assert digests._is_settled(cast("os.stat_result", changed)) is settled


def test_the_mlmodel_file_keeps_digests() -> None:
    model = Model(file_digests={"a": "sha256:0"})
    assert Model.from_yaml(model.to_yaml()).file_digests == {"a": "sha256:0"}
    assert "file_digests" not in Model().to_dict()
