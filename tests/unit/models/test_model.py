from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.models.model import Model, get_model_info
from mlflow.models.signature import ModelSignature
from mlflow.types.schema import ColSpec, Schema
from mlflow.version import API_LEVEL

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=9)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, JSON, max_size=3), max_size=3), JSON)
def test_a_model_survives_its_file(flavors: dict[str, Any], metadata: Any) -> None:
    model = Model(flavors=flavors, metadata={"kept": metadata})
    assert Model.from_yaml(model.to_yaml()) == model


def test_a_saved_model_has_the_keys_of_mlflow() -> None:
    model = Model(signature=ModelSignature(Schema([ColSpec("long", "a")])))
    form = model.to_dict()
    assert sorted(form) == [
        "flavors",
        "is_signature_from_type_hint",
        "mlflow_version",
        "model_id",
        "model_uuid",
        "prompts",
        "signature",
        "type_hint_from_example",
        "utc_time_created",
    ]
    assert form["mlflow_version"] == API_LEVEL
    assert len(form["model_uuid"]) == 32


def test_keys_that_are_not_known_are_kept() -> None:
    text = "flavors: {}\nfrom_the_future: {a: 1}\n"
    assert Model.from_yaml(Model.from_yaml(text).to_yaml()).to_dict()["from_the_future"] == {"a": 1}


def test_a_file_of_mlflow_1_has_only_flavors(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(
        "flavors:\n  python_function:\n    env: conda.yaml\n    loader_module: mlflow.sklearn\n"
        "    data: model.pkl\n  sklearn:\n    pickled_model: model.pkl\n"
    )
    model = Model.load(tmp_path)
    assert model.signature is None
    assert model.mlflow_version is None
    assert model.model_uuid is None
    assert model.flavors["python_function"]["env"] == "conda.yaml"


def test_a_model_is_found_by_its_folder_or_file(tmp_path: Path) -> None:
    model = Model().add_flavor("sklearn")
    model.save(tmp_path / "MLmodel")
    for path in (tmp_path, str(tmp_path), tmp_path / "MLmodel", tmp_path.as_uri()):
        assert Model.load(path) == model


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceDoesNotExist, match=r'"MLmodel" configuration file at ".*nowhere"'):
        Model.load(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "just text", "flavors: [1]", "a: [", "flavors:\n"])
def test_what_is_no_mlmodel_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterValue, match="MLmodel file"):
        Model.from_yaml(text)


def test_the_file_is_data_not_code() -> None:
    with pytest.raises(InvalidParameterValue, match="not YAML"):
        Model.from_yaml("flavors: !!python/object/apply:os.getcwd []")


def test_model_info_tells_of_a_saved_model(tmp_path: Path) -> None:
    model = Model(metadata={"k": "v"}).add_flavor("sklearn", code=None)
    model.save(tmp_path / "MLmodel")
    info = get_model_info(str(tmp_path))
    assert info.metadata == {"k": "v"}
    assert info.model_uuid == model.model_uuid
    assert info.flavors == {"sklearn": {"code": None}}
    assert (info.model_id, info.name, info.params, info.registered_model_version) == (None,) * 4
