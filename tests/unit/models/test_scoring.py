from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlflow.exceptions import BadRequest, InvalidParameterValue, MlflowException
from mlflow.models.enforcement import enforce_schema
from mlflow.models.example import convert_input_example_to_serving_input
from mlflow.models.scoring import read_request, write_answer
from mlflow.models.signature import ModelSignature, infer_signature
from mlflow.types.schema import ColSpec, Schema, TensorSpec

KINDS: dict[str, tuple[Any, Any]] = {
    "boolean": (True, True),
    "integer": (3, np.int32(3)),
    "long": (3, np.int64(3)),
    "float": (1.5, np.float32(1.5)),
    "double": (1, np.float64(1.0)),
    "string": ("x", "x"),
    "binary": ("eHk=", b"xy"),
    "datetime": ("2020-01-02T03:04:05", pd.Timestamp("2020-01-02T03:04:05")),
}


def signature(**columns: str) -> ModelSignature:
    return ModelSignature(Schema([ColSpec(kind, name) for name, kind in columns.items()]))


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "csv"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_json_and_csv_have_no_type_for_is_read_as_the_signature_says(kind: str, form: str) -> None:
    given, expected = KINDS[kind]
    wanted = signature(a=kind)
    if form == "csv":
        request = read_request(f"a\n{given}\n", wanted, "csv")
    elif form == "dataframe_split":
        request = read_request({form: {"columns": ["a"], "data": [[given]]}}, wanted)
    else:
        request = read_request(json.dumps({form: [{"a": given}]}), wanted)
    assert wanted.inputs is not None
    column = enforce_schema(request.data, wanted.inputs)["a"]
    assert column.iloc[0] == expected
    if isinstance(expected, np.generic):
        assert column.dtype == expected.dtype


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 2**31),
        ("integer", 1.5),
        ("long", 1.5),
        ("long", "x"),
        ("boolean", 1),
        ("double", "x"),
        ("string", 1),
        ("binary", "no base64!"),
        ("datetime", "someday"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: Any) -> None:
    wanted = signature(a=kind)
    assert wanted.inputs is not None
    with pytest.raises(MlflowException) as caught:
        enforce_schema(read_request({"dataframe_records": [{"a": value}]}, wanted).data, wanted.inputs)
    assert caught.value.error_code in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


def test_tensors_get_their_dtype() -> None:
    one = ModelSignature(Schema([TensorSpec(np.dtype("float32"), (-1, 2))]))
    for body in ({"inputs": [[1, 2]]}, {"instances": [[1, 2]]}):
        found = read_request(body, one).data
        assert (found.dtype, found.tolist()) == (np.float32, [[1.0, 2.0]])
    two = ModelSignature(Schema([TensorSpec(np.dtype("int64"), (-1,), n) for n in "xy"]))
    for rows in ({"inputs": {"x": [1, 2], "y": [3, 4]}}, {"instances": [{"x": 1, "y": 3}, {"x": 2, "y": 4}]}):
        data = read_request(rows, two).data
        assert {name: array.tolist() for name, array in data.items()} == {"x": [1, 2], "y": [3, 4]}


def test_values_without_a_signature_are_as_they_are() -> None:
    request = read_request({"inputs": ["a"], "params": {"t": 1}}, None)
    assert (request.data, request.params) == (["a"], {"t": 1})
    chat = {"messages": [{"role": "user", "content": "hi"}]}
    assert read_request(chat, None).data == chat


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("no json", "valid JSON"),
        ("[1]", "Received a list"),
        ({"columns": ["a"], "data": [[1]]}, r"Received dictionary with input fields: \['columns', 'data'\]"),
        ({"inputs": [1], "instances": [1]}, "exactly one"),
        ({}, "exactly one"),
        ({"inputs": [1], "params": 3}, "`params` is a dictionary"),
        ({"dataframe_split": {"columns": ["a"]}}, "`dataframe_split` cannot be read"),
        ({"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}, "`dataframe_split` cannot be read"),
        ({"dataframe_records": [1]}, "a list of dictionaries"),
    ],
)
def test_what_is_no_request_is_told(body: Any, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        read_request(body, None)


def test_other_content_types_are_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="json or csv"):
        read_request("x", None, "xml")
    with pytest.raises(BadRequest, match="no CSV"):
        read_request("", None, "csv")


def test_a_model_with_hints_takes_inputs_alone() -> None:
    hinted = infer_signature(["a"], ["b"])
    hinted._is_signature_from_type_hint = True
    assert read_request({"inputs": ["a"]}, hinted).data == ["a"]
    with pytest.raises(BadRequest, match="field `inputs`"):
        read_request({"dataframe_records": [{"x": "a"}]}, hinted)


@pytest.mark.parametrize(
    ("predictions", "expected"),
    [
        (np.array([1, 2]), [1, 2]),
        (pd.Series([1.5, float("nan")]), [1.5, None]),
        (pd.DataFrame({"a": [1], "b": ["x"]}), [{"a": 1, "b": "x"}]),
        ({"x": np.float32(2.0), "y": [b"xy"]}, {"x": 2.0, "y": ["eHk=\n"]}),
        ([datetime(2020, 1, 2)], ["2020-01-02T00:00:00"]),
        ((1, None), [1, None]),
        (float("inf"), None),
    ],
)
def test_answers_are_json(predictions: Any, expected: Any) -> None:
    assert json.loads(write_answer(predictions)) == {"predictions": expected}


def test_an_example_is_a_request_that_gives_it_back() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    body = convert_input_example_to_serving_input((frame, {"t": 1}))
    assert body is not None
    request = read_request(body, infer_signature(frame, params={"t": 1}))
    assert request.params == {"t": 1}
    pd.testing.assert_frame_equal(request.data, frame)
