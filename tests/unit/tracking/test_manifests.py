"""Files of registered models, on record and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models.location import model_folder


@pytest.fixture
def folder(session: Path) -> Path:
    """A model folder that is registered as version 1 of `fruit`."""
    folder = session / "model"
    (folder / "data").mkdir(parents=True)
    (folder / "MLmodel").write_text("signature:\n  inputs: '[]'\n")
    (folder / "data" / "weights.bin").write_bytes(b"weights")
    mlflow.set_tracking_uri(f"sqlite:///{session}/store.db")
    MlflowClient().create_model_version("fruit", str(folder))
    return folder


def test_registering_puts_the_files_on_record(folder: Path) -> None:
    manifest = MlflowClient().get_model_version_manifest("fruit", 1)
    assert manifest is not None
    assert [(file.path, file.size) for file in manifest.files] == [("MLmodel", 26), ("data/weights.bin", 7)]
    assert (manifest.has_signature, manifest.signature) == (True, {"inputs": "[]"})
    assert MlflowClient().verify_model_version("fruit", 1).ok
    (folder / "registered_model_meta").write_text("of a download")
    assert MlflowClient().verify_model_version("fruit", 1).ok


def test_every_difference_is_told(folder: Path) -> None:
    (folder / "data" / "weights.bin").write_bytes(b"Weights")
    (folder / "MLmodel").rename(folder / "other")
    check = MlflowClient().verify_model_version("fruit", 1)
    assert not check.ok
    assert check.differences() == [
        "'MLmodel' is missing",
        "'data/weights.bin' has changed",
        "'other' was added",
    ]
    for file in (folder / "other", folder / "data" / "weights.bin"):
        file.unlink()
    assert MlflowClient().verify_model_version("fruit", 1).missing == ["MLmodel", "data/weights.bin"]


def test_loading_may_insist_on_the_registered_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_VERIFY_REGISTERED_MODELS", "true")
    with model_folder("models:/fruit/1"):
        pass
    (folder / "data" / "weights.bin").write_bytes(b"Weights")
    with pytest.raises(MlflowException, match="has changed") as caught, model_folder("models:/fruit/1"):
        pass
    assert caught.value.error_code == "DATA_LOSS"
    MlflowClient().create_model_version("fruit", "s3://nowhere/model")
    with pytest.raises(MlflowException, match="not on record"):
        MlflowClient().verify_model_version("fruit", 2)
