from __future__ import annotations

import datetime
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest

from mlflow.exceptions import InvalidParameterValue
from mlflow.models import enforcement
from mlflow.models.enforcement import enforce_params, enforce_schema, validate_schema
from mlflow.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)

AB = Schema([ColSpec("long", "a"), ColSpec("double", "b", required=False)])


def one(kind: Any, values: Any, **kwargs: Any) -> Any:
    return enforce_schema(pd.DataFrame({"c": values}), Schema([ColSpec(kind, "c", **kwargs)]))["c"]


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        ("integer", "int8", "int32"),
        ("long", "int32", "int64"),
        ("long", "uint32", "int64"),
        ("double", "int32", "float64"),
        ("double", "uint32", "float64"),
        ("double", "float32", "float64"),
        ("datetime", "datetime64[s]", "datetime64[ns]"),
    ],
)
def test_numbers_are_widened(kind: str, source: str, target: str) -> None:
    assert one(kind, np.array([1, 2]).astype(source)).dtype == target


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", np.array([1], dtype="int64")),
        ("long", np.array([1.0])),
        ("long", np.array([True])),
        ("long", np.array([1], dtype="uint64")),
        ("float", np.array([1.0])),
        ("float", np.array([1], dtype="int32")),
        ("double", np.array([1], dtype="int64")),
        ("double", ["x"]),
        ("boolean", [1]),
        ("string", [1]),
        ("datetime", ["2020-01-01"]),
        ("double", [datetime.date(2020, 1, 1)]),
        ("datetime", pd.Series([1, "x"], dtype=object)),
    ],
)
def test_nothing_is_narrowed_or_parsed(kind: str, values: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="column c"):
        one(kind, values)


def test_a_missing_integer_is_explained() -> None:
    with pytest.raises(InvalidParameterValue, match="likely caused by missing values"):
        one("long", [1.0, float("nan")])


def test_missing_values_pass_where_the_column_can_hold_them() -> None:
    assert one("double", [None, None]).isna().all()
    assert list(one("string", pd.Series(["x", None], dtype=object))) == ["x", None]
    assert one("datetime", pd.Series([None], dtype=object)).isna().all()


def test_dates_are_moments() -> None:
    assert one("datetime", [datetime.date(2020, 1, 2)])[0] == pd.Timestamp("2020-01-02")


def test_a_model_trained_on_categories_gets_categories() -> None:
    assert one("string", pd.Categorical(["x", "y"])).dtype == "category"
    with pytest.raises(InvalidParameterValue, match="Can not safely convert int64"):
        one("integer", pd.Categorical([1, 2]))


def test_columns_come_in_the_order_of_the_signature_without_others() -> None:
    frame = enforce_schema(pd.DataFrame({"z": [0], "b": [1.5], "a": [1]}), AB)
    assert list(frame.columns) == ["a", "b"]
    assert list(enforce_schema(pd.DataFrame({"a": [1]}), AB).columns) == ["a"]


def test_a_frame_that_fits_is_handed_on_as_it_is() -> None:
    frame = pd.DataFrame({"a": [1], "b": [1.5]})
    assert enforce_schema(frame, AB) is frame


@pytest.mark.parametrize(
    ("kind", "values", "is_kept"),
    [
        ("double", [1.5], True),
        ("double", np.array([1], dtype="int32"), False),
        ("string", ["x"], True),
        ("string", pd.Series(["x"], dtype=object), True),
        ("binary", [b"x"], True),
        ("boolean", [True], True),
        ("datetime", pd.to_datetime(["2020-01-01"]).astype("datetime64[ns]"), True),
    ],
)
def test_tables_that_need_no_work_cost_none(
    kind: str, values: Any, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = Mock(wraps=enforcement._columns)
    monkeypatch.setattr(enforcement, "_columns", columns)
    one(kind, values)
    assert columns.called is not is_kept


def test_the_index_is_kept() -> None:
    frame = pd.DataFrame({"a": np.array([1], dtype="int32")}, index=["row"])
    assert list(enforce_schema(frame, AB).index) == ["row"]


def test_a_missing_required_column_is_named_with_what_came_instead() -> None:
    with pytest.raises(InvalidParameterValue) as caught:
        enforce_schema(pd.DataFrame({"b": [1.5], "zzz": [1]}), AB)
    assert "Model is missing inputs ['a']" in caught.value.message
    assert "extra inputs: ['zzz']" in caught.value.message
    assert (caught.value.sqlstate, caught.value.error_class) == ("KAM01", "SCHEMA_ENFORCEMENT_FAILED")


def test_the_error_does_not_show_the_data() -> None:
    with pytest.raises(InvalidParameterValue) as caught:
        enforce_schema(pd.DataFrame({"a": ["secret-value"]}), AB)
    assert "secret-value" not in str(caught.value)
    assert "DataFrame of shape (1, 1)" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1, "b": 1.5},
        {"a": [1], "b": [1.5]},
        {"a": np.array([1]), "b": np.array([1.5])},
        [{"a": 1, "b": 1.5}],
    ],
)
def test_dictionaries_become_a_frame(data: Any) -> None:
    pd.testing.assert_frame_equal(enforce_schema(data, AB), pd.DataFrame({"a": [1], "b": [1.5]}))


def test_columns_without_names_are_counted() -> None:
    schema = Schema([ColSpec("double"), ColSpec("double")])
    assert enforce_schema([[1.5, 2.5, 3.5]], schema).shape == (1, 2)
    with pytest.raises(InvalidParameterValue, match="declares 2 inputs"):
        enforce_schema([[1.5]], schema)
    assert list(enforce_schema(["x", "y"], Schema([ColSpec("string")]))[0]) == ["x", "y"]
    assert list(enforce_schema("x", Schema([ColSpec("string")]))[0]) == ["x"]
    assert list(enforce_schema([["x"], ["y"]], Schema([ColSpec(Array("string"))]))[0]) == [["x"], ["y"]]


def test_nothing_is_no_input() -> None:
    with pytest.raises(InvalidParameterValue, match="Found: NoneType"):
        enforce_schema(None, AB)


OBJECT = Object([Property("p", "string"), Property("q", "long", required=False)])


@pytest.mark.parametrize(
    ("kind", "cell", "kept"),
    [
        (Array("double"), [1, 2.5], [1.0, 2.5]),
        (OBJECT, {"p": "x"}, {"p": "x"}),
        (OBJECT, {"p": "x", "q": None}, {"p": "x", "q": None}),
        (Map("long"), {"k": np.int64(1)}, {"k": 1}),
        (AnyType(), object, object),
        (Array(OBJECT), [{"p": "x", "q": 1}], [{"p": "x", "q": 1}]),
    ],
)
def test_nested_cells_are_checked_to_the_bottom(kind: Any, cell: Any, kept: Any) -> None:
    assert list(one(kind, [cell])) == [kept]


@pytest.mark.parametrize(
    ("kind", "cell", "message"),
    [
        (Array("long"), ["x"], "Can not safely convert"),
        (Array("long"), 1, "Expected data to be list"),
        (Array("long"), None, "Expected data to be list"),
        (OBJECT, {"q": 1}, r"Missing required properties: \['p'\]"),
        (OBJECT, {"p": "x", "z": 1}, r"not defined in the schema found: \['z'\]"),
        (OBJECT, {"p": 1}, "for key `p`"),
        (Map("long"), {1: 1}, "keys in the map"),
        (Map("long"), {"k": "x"}, "Can not safely convert"),
        (Map("long"), [1], "must be a dictionary"),
    ],
)
def test_a_nested_cell_that_does_not_fit_is_explained(kind: Any, cell: Any, message: str) -> None:
    with pytest.raises(InvalidParameterValue, match=message):
        one(kind, pd.Series([cell], dtype=object))


def test_an_optional_nested_cell_may_be_missing() -> None:
    assert list(one(Array("long"), pd.Series([[1], None], dtype=object), required=False)) == [[1], None]


def test_arrays_in_cells_stay_arrays() -> None:
    (cell,) = one(Array("double"), pd.Series([np.array([1, 2], dtype="int32")], dtype=object))
    assert isinstance(cell, np.ndarray)


TENSOR = Schema([TensorSpec(np.dtype("float32"), (-1, 2))])
TENSORS = Schema([TensorSpec(np.dtype("float64"), (-1, 2), "x"), TensorSpec(np.dtype("int32"), (-1,), "y")])


def test_a_tensor_that_fits_is_handed_on_as_it_is() -> None:
    array = np.ones((3, 2), dtype="float32")
    assert enforce_schema(array, TENSOR) is array
    frame = pd.DataFrame({"p": [1.5], "q": [2.5]}, dtype="float32")
    assert enforce_schema(frame, TENSOR).shape == (1, 2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.ones((3, 2)), "dtype of input float64 does not match expected dtype float32"),
        (np.ones((3, 3), dtype="float32"), r"Shape of input \(3, 3\) does not match"),
        (np.ones(3, dtype="float32"), r"Shape of input \(3,\) does not match"),
        ([[1.0, 2.0]], "suggests a numpy array"),
    ],
)
def test_a_tensor_that_does_not_fit_is_refused(data: Any, message: str) -> None:
    with pytest.raises(InvalidParameterValue, match=message):
        enforce_schema(data, TENSOR)


def test_tensors_are_matched_by_name() -> None:
    data = {"x": np.ones((3, 2)), "y": np.ones(3, dtype="int32"), "z": np.ones(3)}
    assert sorted(enforce_schema(data, TENSORS)) == ["x", "y"]
    columns = Schema([TensorSpec(np.dtype("float64"), (-1,), "x"), TensorSpec(np.dtype("int32"), (-1,), "y")])
    found = enforce_schema(pd.DataFrame({"x": [1.5], "y": [2]}), columns)
    assert (found["x"].dtype, found["y"].dtype) == (np.dtype("float64"), np.dtype("int32"))
    with pytest.raises(InvalidParameterValue, match=r"missing inputs \['y'\]"):
        enforce_schema({"x": np.ones((3, 2))}, TENSORS)
    with pytest.raises(InvalidParameterValue, match=r"missing inputs \['x', 'y'\]"):
        enforce_schema(np.ones((3, 2)), TENSORS)
    with pytest.raises(InvalidParameterValue, match="a dict with value type"):
        enforce_schema({"x": [[1.0, 2.0]], "y": [1]}, TENSORS)


PARAMETERS = ParamSchema(
    [ParamSpec("n", "long", 1), ParamSpec("f", "double", 0.5), ParamSpec("l", "long", [1, 2], (-1,))]
)


def test_defaults_fill_in_what_is_not_given() -> None:
    assert enforce_params(None, PARAMETERS) == {"n": 1, "f": 0.5, "l": [1, 2]}
    assert enforce_params({"f": 1, "l": np.array([3])}, PARAMETERS) == {"n": 1, "f": 1.0, "l": [3]}


def test_parameters_that_nobody_declared_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    assert enforce_params({"zzz": 1}, PARAMETERS) == {"n": 1, "f": 0.5, "l": [1, 2]}
    assert enforce_params({"zzz": 1}, None) == {}
    assert enforce_params(None, None) is None
    assert caplog.text.count("['zzz']") == 2


def test_a_parameter_of_another_type_is_named() -> None:
    with pytest.raises(InvalidParameterValue, match="'n': Failed to validate"):
        enforce_params({"n": 1.5}, PARAMETERS)
    with pytest.raises(InvalidParameterValue, match="Parameters must be a dictionary"):
        enforce_params([1], PARAMETERS)  # type: ignore[arg-type]  # refused


def test_validate_schema_says_nothing_of_data_that_fits() -> None:
    validate_schema(pd.DataFrame({"a": [1]}), AB)
    with pytest.raises(InvalidParameterValue):
        validate_schema(pd.DataFrame({"a": ["x"]}), AB)


def test_scalar_types_of_the_contract_are_all_there() -> None:
    assert [kind.name for kind in DataType] == [
        "boolean",
        "integer",
        "long",
        "float",
        "double",
        "string",
        "binary",
        "datetime",
    ]
