from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mlflow.exceptions import DataLoss
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


def test_all_that_is_wrong_is_named(folder: Path) -> None:
    digests = file_digests(folder)
    verify_files(folder, digests)
    (folder / "payload").write_bytes(b"abd")
    (folder / "code" / "deep" / "own.py").unlink()
    with pytest.raises(DataLoss, match=r"'code/deep/own.py' is missing, 'payload' has changed") as caught:
        verify_files(folder, digests)
    assert caught.value.error_code == "DATA_LOSS"


def test_files_without_a_digest_are_not_looked_at(folder: Path) -> None:
    digests = file_digests(folder)
    (folder / "notes.txt").write_text("mine")
    verify_files(folder, digests)
    verify_files(folder, None)


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


def test_the_mlmodel_file_keeps_digests() -> None:
    model = Model(file_digests={"a": "sha256:0"})
    assert Model.from_yaml(model.to_yaml()).file_digests == {"a": "sha256:0"}
    assert "file_digests" not in Model().to_dict()
