"""Prints, as JSON, what a model receives for each of many (signature, input) pairs, or the error.

Run by `test_models_peer.py` once with the original and once with ours; it uses public names only.
"""

import datetime
import json
import logging
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.pyfunc import PyFuncModel
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType, Array, Map, Object, Property

NAN = float("nan")
SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
COLUMNS: dict[str, Any] = {
    "bool": pd.Series([True, False]),
    "int8": pd.Series([1, 2], dtype=np.int8),
    "int32": pd.Series([1, 2], dtype=np.int32),
    "int64": pd.Series([1, 2]),
    "uint32": pd.Series([1, 2], dtype=np.uint32),
    "uint64": pd.Series([1, 2], dtype=np.uint64),
    "float32": pd.Series([1, 2.5], dtype=np.float32),
    "float64": pd.Series([1, 2.5]),
    "float64_integral": pd.Series([1.0, 2.0]),
    "float64_nan": pd.Series([1, NAN]),
    "str": pd.Series(["x", "y"]),
    "str_object": pd.Series(["x", "y"], dtype=object),
    "str_none": pd.Series(["x", None], dtype=object),
    "str_numbers": pd.Series(["1", "2"], dtype=object),
    "bytes": pd.Series([b"x", b"y"]),
    "datetime": pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"])),
    "str_dates": pd.Series(["2020-01-01", "2020-01-02"], dtype=object),
    "date_objects": pd.Series([datetime.date(2020, 1, 1)] * 2),
    "category": pd.Series(pd.Categorical(["x", "y"])),
    "category_int": pd.Series(pd.Categorical([1, 2])),
    "Int64": pd.Series(pd.array([1, 2], dtype="Int64")),
    "Int64_none": pd.Series(pd.array([1, None], dtype="Int64")),
    "object_ints": pd.Series([1, 2], dtype=object),
    "object_floats": pd.Series([1.5, 2.5], dtype=object),
    "object_bools": pd.Series([True, False], dtype=object),
    "object_none": pd.Series([None, None], dtype=object),
    "lists": pd.Series([[1], [2]]),
    "mixed": pd.Series([1, "x"], dtype=object),
}
AB = Schema([ColSpec("long", "a"), ColSpec("double", "b", required=False)])
UNNAMED = Schema([ColSpec("double"), ColSpec("double")])
ONE_UNNAMED = Schema([ColSpec("string")])
TENSOR = Schema([TensorSpec(np.dtype("float32"), (-1, 2))])
NAMED_TENSORS = Schema(
    [TensorSpec(np.dtype("float64"), (-1, 2), "x"), TensorSpec(np.dtype("int32"), (-1,), "y")]
)
FRAME_TENSORS = Schema(
    [TensorSpec(np.dtype("float64"), (-1,), "x"), TensorSpec(np.dtype("int32"), (-1,), "y")]
)
ARRAY = Schema([ColSpec(Array(DataType.long), "a")])
ARRAY_FLAT = Schema([ColSpec(Array(DataType.string))])
OBJECT = Schema(
    [ColSpec(Object([Property("p", DataType.string), Property("q", DataType.long, required=False)]), "o")]
)
MAP = Schema([ColSpec(Map(DataType.long), "m")])
ANY = Schema([ColSpec(AnyType(), "x")])
ANY_UNNAMED = Schema([ColSpec(AnyType())])
NESTED = Schema([ColSpec(Array(Object([Property("r", Array(DataType.double))])), "n")])
OPTIONAL = Schema([ColSpec("string", "s", required=False), ColSpec("long", "a")])

CASES: dict[str, tuple[Schema, Any]] = {
    "ab/ok": (AB, pd.DataFrame({"a": [1], "b": [1.5]})),
    "ab/order": (AB, pd.DataFrame({"b": [1.5], "a": [1]})),
    "ab/extra": (AB, pd.DataFrame({"a": [1], "b": [1.5], "z": [0]})),
    "ab/missing_optional": (AB, pd.DataFrame({"a": [1]})),
    "ab/missing_required": (AB, pd.DataFrame({"b": [1.5]})),
    "ab/none_input": (AB, None),
    "ab/dict_scalars": (AB, {"a": 1, "b": 1.5}),
    "ab/dict_lists": (AB, {"a": [1, 2], "b": [1.5, 2]}),
    "ab/dict_arrays": (AB, {"a": np.array([1, 2]), "b": np.array([1.5, 2])}),
    "ab/list_dicts": (AB, [{"a": 1, "b": 1.5}, {"a": 2, "b": 2.5}]),
    "ab/list_lists": (AB, [[1, 1.5]]),
    "ab/array": (AB, np.array([[1, 2], [3, 4]])),
    "ab/array_double": (AB, np.array([[1.5, 2], [3, 4]])),
    "ab/array_1d": (AB, np.array([1, 2])),
    "ab/array_wrong_width": (AB, np.array([[1, 2, 3]])),
    "ab/series": (AB, pd.Series([1, 2], name="a")),
    "ab/string": (AB, "x"),
    "ab/int": (AB, 1),
    "ab/int_column_names": (AB, pd.DataFrame([[1, 1.5]])),
    "ab/empty_frame": (AB, pd.DataFrame({"a": pd.Series(dtype="int64"), "b": pd.Series(dtype="float64")})),
    "optional/null": (OPTIONAL, pd.DataFrame({"s": [None, None], "a": [1, 2]})),
    "optional/string_null": (OPTIONAL, pd.DataFrame({"s": ["x", None], "a": [1, 2]})),
    "unnamed/ok": (UNNAMED, pd.DataFrame({"p": [1.5], "q": [2.5]})),
    "unnamed/short": (UNNAMED, pd.DataFrame({"p": [1.5]})),
    "unnamed/long": (UNNAMED, pd.DataFrame({"p": [1.5], "q": [2.5], "r": [3.5]})),
    "unnamed/array": (UNNAMED, np.array([[1.5, 2.5]])),
    "unnamed/list": (UNNAMED, [[1.5, 2.5]]),
    "one_unnamed/list": (ONE_UNNAMED, ["x", "y"]),
    "one_unnamed/string": (ONE_UNNAMED, "x"),
    "one_unnamed/frame": (ONE_UNNAMED, pd.DataFrame({"p": ["x"]})),
    "one_unnamed/series": (ONE_UNNAMED, pd.Series(["x"])),
    "one_unnamed/ints": (ONE_UNNAMED, [1, 2]),
    "tensor/ok": (TENSOR, np.ones((3, 2), dtype=np.float32)),
    "tensor/float64": (TENSOR, np.ones((3, 2))),
    "tensor/int": (TENSOR, np.ones((3, 2), dtype=np.int64)),
    "tensor/shape": (TENSOR, np.ones((3, 3), dtype=np.float32)),
    "tensor/dims": (TENSOR, np.ones(3, dtype=np.float32)),
    "tensor/list": (TENSOR, [[1.0, 2.0]]),
    "tensor/dict": (TENSOR, {"x": np.ones((3, 2), dtype=np.float32)}),
    "tensor/frame": (TENSOR, pd.DataFrame({"p": [1.5], "q": [2.5]})),
    "tensor/frame_float32": (TENSOR, pd.DataFrame({"p": [1.5], "q": [2.5]}, dtype=np.float32)),
    "tensor/frame_shape": (TENSOR, pd.DataFrame({"p": [1.5]}, dtype=np.float32)),
    "tensors/ok": (NAMED_TENSORS, {"x": np.ones((3, 2)), "y": np.ones(3, dtype=np.int32)}),
    "tensors/missing": (NAMED_TENSORS, {"x": np.ones((3, 2))}),
    "tensors/extra": (
        NAMED_TENSORS,
        {"x": np.ones((3, 2)), "y": np.ones(3, dtype=np.int32), "z": np.ones(3)},
    ),
    "tensors/type": (NAMED_TENSORS, {"x": np.ones((3, 2)), "y": np.ones(3)}),
    "tensors/array": (NAMED_TENSORS, np.ones((3, 2))),
    "tensors/lists": (NAMED_TENSORS, {"x": [[1.0, 2.0]], "y": [1]}),
    "tensors/frame": (
        FRAME_TENSORS,
        pd.DataFrame({"x": [1.5, 2.5], "y": np.array([1, 2], dtype=np.int32)}),
    ),
    "tensors/frame_type": (FRAME_TENSORS, pd.DataFrame({"x": [1.5, 2.5], "y": [1, 2]})),
    "array/ok": (ARRAY, pd.DataFrame({"a": [[1, 2], [3]]})),
    "array/arrays": (ARRAY, pd.DataFrame({"a": [np.array([1, 2]), np.array([3])]})),
    "array/type": (ARRAY, pd.DataFrame({"a": [["x"]]})),
    "array/float": (ARRAY, pd.DataFrame({"a": [[1.5]]})),
    "array/scalar": (ARRAY, pd.DataFrame({"a": [1]})),
    "array/none": (ARRAY, pd.DataFrame({"a": [None]})),
    "array/dict": (ARRAY, {"a": [1, 2]}),
    "array/dict_nested": (ARRAY, {"a": [[1, 2]]}),
    "array_flat/list": (ARRAY_FLAT, [["x"], ["y"]]),
    "array_flat/flat_list": (ARRAY_FLAT, ["x"]),
    "object/ok": (OBJECT, pd.DataFrame({"o": [{"p": "x", "q": 1}]})),
    "object/optional": (OBJECT, pd.DataFrame({"o": [{"p": "x"}]})),
    "object/missing": (OBJECT, pd.DataFrame({"o": [{"q": 1}]})),
    "object/extra": (OBJECT, pd.DataFrame({"o": [{"p": "x", "z": 1}]})),
    "object/type": (OBJECT, pd.DataFrame({"o": [{"p": 1}]})),
    "object/none_value": (OBJECT, pd.DataFrame({"o": [{"p": "x", "q": None}]})),
    "object/dict": (OBJECT, {"o": {"p": "x"}}),
    "object/list_dicts": (OBJECT, [{"o": {"p": "x"}}]),
    "map/ok": (MAP, pd.DataFrame({"m": [{"k": 1}, {"l": 2}]})),
    "map/type": (MAP, pd.DataFrame({"m": [{"k": "x"}]})),
    "map/key": (MAP, pd.DataFrame({"m": [{1: 1}]})),
    "any/mixed": (ANY, pd.DataFrame({"x": [1, "x"]})),
    "any/none": (ANY, pd.DataFrame({"x": [None]})),
    "any/missing": (ANY, pd.DataFrame({"y": [None]})),
    "any_unnamed/frame": (ANY_UNNAMED, pd.DataFrame({"y": [1]})),
    "any_unnamed/list": (ANY_UNNAMED, [1, "x"]),
    "any_unnamed/dict": (ANY_UNNAMED, {"a": 1}),
    "any_unnamed/array": (ANY_UNNAMED, np.ones(2)),
    "nested/ok": (NESTED, pd.DataFrame({"n": [[{"r": [1.5]}, {"r": []}]]})),
    "nested/type": (NESTED, pd.DataFrame({"n": [[{"r": ["x"]}]]})),
    "nested/int": (NESTED, pd.DataFrame({"n": [[{"r": [1]}]]})),
}
CASES |= {
    f"scalar/{kind}/{name}": (Schema([ColSpec(kind, "c")]), pd.DataFrame({"c": column}))
    for kind in SCALARS
    for name, column in COLUMNS.items()
}

PARAMETERS = ParamSchema(
    [
        ParamSpec("n", "long", 1),
        ParamSpec("f", "double", 0.5),
        ParamSpec("s", "string", "x"),
        ParamSpec("b", "boolean", False),
        ParamSpec("l", "long", [1, 2], (-1,)),
        ParamSpec("i", "integer", 3),
        ParamSpec("t", "datetime", np.datetime64("2020-01-01T00:00:00")),
    ]
)
PARAM_CASES: dict[str, Any] = {
    "none": None,
    "empty": {},
    "ok": {"n": 5, "f": 1.5, "s": "y", "b": True, "l": [3]},
    "int_for_double": {"f": 1},
    "float_for_long": {"n": 1.5},
    "integral_float_for_long": {"n": 1.0},
    "str_for_long": {"n": "1"},
    "int_for_str": {"s": 1},
    "int_for_bool": {"b": 1},
    "bool_for_long": {"n": True},
    "scalar_for_list": {"l": 1},
    "list_for_scalar": {"n": [1]},
    "list_type": {"l": ["x"]},
    "array_for_list": {"l": np.array([3, 4])},
    "unknown": {"zzz": 1},
    "none_value": {"n": None},
    "not_a_dict": [1],
    "numpy": {"n": np.int64(4), "f": np.float32(2)},
    "datetime_text": {"t": "2021-01-01"},
    "datetime": {"t": datetime.datetime(2021, 1, 1)},
    "non_string_key": {1: 1},
}


class Echo:
    """A model that answers with what it was given."""

    def predict(self, data: Any, params: Any = None) -> Any:
        return data, params


def described(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()  # a cell's number may be numpy's or Python's
    if isinstance(value, pd.DataFrame):
        return {
            "frame": {str(name): [str(value[name].dtype), described(list(value[name]))] for name in value}
        }
    if isinstance(value, pd.Series):
        return {"series": [str(value.dtype), described(list(value))]}
    if isinstance(value, np.ndarray):
        return {"array": [str(value.dtype), list(value.shape), described(value.tolist())]}
    if isinstance(value, dict):
        return {str(key): described(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    return f"{type(value).__name__}:{value}"


def outcome(signature: ModelSignature, data: Any, params: Any = None) -> Any:
    model = Model(signature=signature)
    model.add_flavor("python_function", loader_module="mlflow.sklearn")
    try:
        received, received_params = PyFuncModel(model_meta=model, model_impl=Echo()).predict(data, params)
    except Exception as error:  # noqa: BLE001 - the kind of the error is the observation
        return {
            "error": "MlflowException" if isinstance(error, MlflowException) else type(error).__name__,
            "code": getattr(error, "error_code", None),
            "message": str(error),
        }
    return {"data": described(received), "params": described(received_params)}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found = {name: outcome(ModelSignature(inputs=schema), data) for name, (schema, data) in CASES.items()}
    with_params = ModelSignature(inputs=AB, params=PARAMETERS)
    frame = pd.DataFrame({"a": [1], "b": [1.5]})
    found |= {f"params/{name}": outcome(with_params, frame, params) for name, params in PARAM_CASES.items()}
    found["params/no_schema"] = outcome(ModelSignature(inputs=AB), frame, {"n": 1})
    json.dump(found, sys.stdout, indent=1, default=str)


if __name__ == "__main__":
    main()
