from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

import mlflow.pyfunc
import mlflow.pytorch
from mlflow.exceptions import PermissionDenied
from tests.flavors.contract import FlavorContract
from tests.flavors.plain import equal, plain
from tests.flavors.samples import pytorch as sample

torch = pytest.importorskip("torch")


class TestPytorch(FlavorContract):
    name = "pytorch"

    def is_pickled(self, model: Any) -> bool:
        return True


class Explosion:
    """Makes a folder when its pickle is read."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.witness),)


def put_in_sample_inputs(parts: dict[str, bytes], explosion: Explosion) -> None:
    stream = io.BytesIO()
    torch.save(((explosion,), {}), stream)
    (name,) = [name for name in parts if "/sample_inputs/" in name]
    parts[name] = stream.getvalue()


def put_in_weights(parts: dict[str, bytes], explosion: Explosion) -> None:
    stream = io.BytesIO()
    torch.save(explosion, stream)
    (config,) = [name for name in parts if name.endswith("weights_config.json")]
    weights = json.loads(parts[config])
    found = next(iter(weights["config"].values()))
    found["use_pickle"] = True
    parts[config] = json.dumps(weights).encode()
    parts[f"{config.rpartition('/')[0]}/{found['path_name']}"] = stream.getvalue()


def put_in_constants(parts: dict[str, bytes], explosion: Explosion) -> None:
    (config,) = [name for name in parts if name.endswith("constants_config.json")]
    kept = {"path_name": "opaque_obj_0", "is_param": False, "use_pickle": True, "tensor_meta": None}
    parts[config] = json.dumps({"config": {"x": kept}}).encode()
    parts[f"{config.rpartition('/')[0]}/opaque_obj_0"] = pickle.dumps(explosion)


@pytest.mark.filterwarnings("default")
class TestGraphsWherePicklesAreForbidden:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        model = sample.models()["graph"]
        mlflow.pytorch.save_model(
            model, tmp_path / "m", serialization_format="pt2", input_example=sample.data(), signature=False
        )
        monkeypatch.setenv("MLFLOW_VERIFY_MODEL_FILES", "false")
        monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        return tmp_path / "m"

    def test_they_are_read(self, folder: Path) -> None:
        model = sample.models()["graph"]
        expected = plain(sample.answers(model, sample.data()))
        assert equal(plain(mlflow.pyfunc.load_model(folder).predict(sample.data())), expected)
        assert "TORCH_FORCE_WEIGHTS_ONLY_LOAD" not in os.environ

    @pytest.mark.parametrize("put", [put_in_sample_inputs, put_in_weights, put_in_constants])
    def test_no_pickle_inside_of_one_is_read(self, put: Any, folder: Path, tmp_path: Path) -> None:
        file = folder / "data" / "model.pt2"
        with zipfile.ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        put(parts, Explosion(tmp_path / "witness"))
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        for load in (mlflow.pytorch.load_model, mlflow.pyfunc.load_model):
            with pytest.raises(PermissionDenied, match="DESERIALIZATION is false"):
                load(str(folder))
        assert not (tmp_path / "witness").exists()


def test_objects_in_a_state_dictionary_are_read_where_asked_for_and_pickles_are_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow.pytorch.save_state_dict({"steps": torch.ones(2), "owner": tmp_path}, tmp_path / "s")
    with pytest.raises(pickle.UnpicklingError):
        mlflow.pytorch.load_state_dict(tmp_path / "s")
    assert mlflow.pytorch.load_state_dict(tmp_path / "s", weights_only=False)["owner"] == tmp_path
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(PermissionDenied, match=r"weights_only=False.*DESERIALIZATION is false"):
        mlflow.pytorch.load_state_dict(tmp_path / "s", weights_only=False)
