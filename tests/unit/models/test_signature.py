from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.model import Model
from mlflow.models.signature import ModelSignature, infer_signature, set_signature
from mlflow.types.schema import AnyType, ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


def test_a_signature_survives_the_mlmodel_file() -> None:
    signature = infer_signature(FRAME, np.array([1.5, 2.5]), {"top": 3})
    assert ModelSignature.from_dict(signature.to_dict()) == signature
    assert signature.inputs == Schema([ColSpec("long", "a"), ColSpec("string", "b")])
    assert signature.outputs == Schema([TensorSpec(np.dtype("float64"), (-1,))])
    assert signature.params == ParamSchema([ParamSpec("top", "long", 3)])


def test_parts_that_are_not_given_are_null() -> None:
    assert infer_signature(FRAME).to_dict() == {
        "inputs": '[{"type": "long", "name": "a", "required": true}, '
        '{"type": "string", "name": "b", "required": true}]',
        "outputs": None,
        "params": None,
    }


def test_an_example_without_a_schema_is_anything_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert infer_signature([1, "x"]).inputs == Schema([ColSpec(AnyType())])
    assert "long and string cannot share a column" in caplog.text


def test_nothing_is_no_signature() -> None:
    message = "At least one of inputs, outputs or params"
    with pytest.raises(ValueError, match=message):
        ModelSignature()
    with pytest.raises(ValueError, match=message):
        infer_signature()
    with pytest.raises(ValueError, match=message):
        ModelSignature.from_dict({"inputs": None})


def test_something_else_is_no_schema() -> None:
    with pytest.raises(TypeError, match="got 'int'"):
        ModelSignature(inputs=3)
    with pytest.raises(TypeError, match="got 'list'"):
        ModelSignature(params=[1])  # type: ignore[arg-type]  # refused


@dataclass
class _Input:
    a: int


def test_a_dataclass_stands_for_its_schema() -> None:
    assert ModelSignature(inputs=_Input).inputs == Schema([ColSpec("long", "a")])


def test_set_signature_changes_a_saved_model_and_nothing_else_of_it(tmp_path: Path) -> None:
    model = Model(metadata={"k": "v"}, unknown_key=[1])
    model.add_flavor("sklearn", pickled_model="model.pkl")
    model.save(tmp_path / "MLmodel")
    before = model.to_dict()
    signature = infer_signature(FRAME)

    set_signature(str(tmp_path), signature)

    after = Model.load(tmp_path).to_dict()
    assert after.pop("signature") == signature.to_dict()
    assert {key: after[key] for key in before} == before
    assert [file.name for file in tmp_path.iterdir()] == ["MLmodel"]


def test_set_signature_takes_signatures_only(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="Expected a ModelSignature, got dict"):
        set_signature(str(tmp_path), {})  # type: ignore[arg-type]  # refused
