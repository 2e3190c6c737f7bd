from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse  # type: ignore[import-untyped]  # without types

from mlflow.exceptions import InvalidParameterValue
from mlflow.types.inference import infer_param_schema, infer_schema, type_of_dtype
from mlflow.types.schema import AnyType, Array, ColSpec, DataType, Object, Property, Schema, TensorSpec


def column(values: Any) -> tuple[Any, bool]:
    spec = infer_schema(pd.DataFrame({"c": values})).inputs[0]
    return spec.type, spec.required


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("int8", DataType.integer),
        ("uint16", DataType.integer),
        ("int32", DataType.integer),
        ("uint32", DataType.long),
        ("int64", DataType.long),
        ("float16", DataType.float),
        ("float32", DataType.float),
        ("float64", DataType.double),
        ("bool", DataType.boolean),
        ("datetime64[ms]", DataType.datetime),
    ],
)
def test_a_dtype_becomes_the_type_that_holds_all_its_values(dtype: str, expected: DataType) -> None:
    assert type_of_dtype(np.dtype(dtype)) is expected
    assert column(np.zeros(2, dtype=dtype)) == (expected, True)


@pytest.mark.parametrize("dtype", ["uint64", "complex64", "timedelta64[s]"])
def test_a_dtype_without_a_type_is_named(dtype: str) -> None:
    with pytest.raises(InvalidParameterValue, match=dtype.split("[", maxsplit=1)[0]):
        column(np.zeros(2, dtype=dtype))


@pytest.mark.parametrize(
    ("values", "expected", "required"),
    [
        ([1.5, None], DataType.double, False),
        (["x", None], DataType.string, False),
        (pd.array([1, None], dtype="Int64"), DataType.long, False),
        ([True, None], DataType.boolean, False),
        ([None, None], AnyType(), False),
        (pd.Categorical(["x", "y"]), DataType.string, True),
        ([b"x", b"y"], DataType.binary, True),
        (pd.to_datetime(["2020-01-01"]).tz_localize("UTC"), DataType.datetime, True),
        ([[1, 2], []], Array(DataType.long), True),
        ([[], []], AnyType(), True),
        ([np.ones((1, 2))], Array(Array(DataType.double)), True),
        (
            [{"p": "x", "q": 1}, {"p": "y"}],
            Object([Property("p", "string"), Property("q", "long", required=False)]),
            True,
        ),
        ([{"p": "x"}, None], Object([Property("p", "string", required=False)]), False),
    ],
)
def test_a_column_is_of_what_its_cells_have_in_common(values: Any, expected: Any, required: bool) -> None:
    assert column(values) == (expected, required)


def test_cells_with_nothing_in_common_are_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="long and string cannot share a column"):
        column([1, "x"])
    with pytest.raises(InvalidParameterValue, match=r"these repeat: \['a'\]"):
        infer_schema(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_arrays_are_tensors_whose_first_size_varies() -> None:
    assert infer_schema(np.ones((3, 2), dtype="f4")) == Schema([TensorSpec(np.dtype("f4"), (-1, 2))])
    assert infer_schema(np.array(["x"])) == Schema([TensorSpec(np.dtype("str"), (-1,))])
    assert infer_schema({"x": np.ones(2)}) == Schema([TensorSpec(np.dtype("f8"), (-1,), "x")])
    assert infer_schema(sparse.csr_matrix((2, 5))) == Schema([TensorSpec(np.dtype("f8"), (-1, 5))])


def test_dictionaries_are_named_columns_in_their_order() -> None:
    assert infer_schema({"b": 1, "a": "x"}) == Schema([ColSpec("long", "b"), ColSpec("string", "a")])
    rows = [{"b": 1}, {"b": 2, "a": None}]
    assert infer_schema(rows) == Schema([ColSpec("long", "b"), ColSpec(AnyType(), "a", required=False)])


def test_lists_series_and_scalars_are_one_column() -> None:
    assert infer_schema(["x", None]) == Schema([ColSpec("string")])
    assert infer_schema(1.5) == Schema([ColSpec("double")])
    assert infer_schema(np.int8(1)) == Schema([ColSpec("integer")])
    assert infer_schema(pd.Series([1, 2], name="s")) == Schema([ColSpec("long", "s")])
    assert infer_schema(pd.Series([1.5, None])) == Schema([ColSpec("double")])


def test_parameters_take_their_types_from_their_values() -> None:
    schema = infer_param_schema({"n": 1, "f": [0.5], "d": {"a": 1}, "m": np.array([1, 2])})
    assert [(spec.name, spec.dtype, spec.shape) for spec in schema] == [
        ("n", DataType.long, None),
        ("f", DataType.double, (-1,)),
        ("d", Object([Property("a", "long")]), None),
        ("m", DataType.long, (-1,)),
    ]


@pytest.mark.parametrize("value", [None, (1, 2), [[1]], [{"a": 1}], np.ones((1, 1)), object()])
def test_what_is_no_parameter_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="'p': Expected parameters to be 1D array or scalar"):
        infer_param_schema({"p": value})


def test_plain_values_are_inferred_without_numpy_or_pandas() -> None:
    code = (
        "import sys; from mlflow.models import infer_signature\n"
        "infer_signature({'a': [1, 2], 'b': 'x'}, [1.5], {'p': 1})\n"
        "assert not {'numpy', 'pandas'} & set(sys.modules), 'imported for nothing'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
