"""Prints, as JSON, the signature that the importable `mlflow` infers for each of many inputs.

Run by `test_models_peer.py` once with the original and once with ours; it uses public names only.
"""

import datetime
import json
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature

NAN = float("nan")
INPUTS: dict[str, Any] = {
    "frame_long": pd.DataFrame({"a": [1, 2]}),
    "frame_int8": pd.DataFrame({"a": np.array([1, 2], dtype=np.int8)}),
    "frame_int16": pd.DataFrame({"a": np.array([1, 2], dtype=np.int16)}),
    "frame_int32": pd.DataFrame({"a": np.array([1, 2], dtype=np.int32)}),
    "frame_uint8": pd.DataFrame({"a": np.array([1, 2], dtype=np.uint8)}),
    "frame_uint16": pd.DataFrame({"a": np.array([1, 2], dtype=np.uint16)}),
    "frame_uint32": pd.DataFrame({"a": np.array([1, 2], dtype=np.uint32)}),
    "frame_uint64": pd.DataFrame({"a": np.array([1, 2], dtype=np.uint64)}),
    "frame_float32": pd.DataFrame({"a": np.array([1, 2], dtype=np.float32)}),
    "frame_float16": pd.DataFrame({"a": np.array([1, 2], dtype=np.float16)}),
    "frame_double": pd.DataFrame({"a": [1.5, 2.5], "b": [1.0, NAN]}),
    "frame_bool": pd.DataFrame({"a": [True, False]}),
    "frame_bool_none": pd.DataFrame({"a": [True, None]}),
    "frame_string": pd.DataFrame({"a": ["x", "y"]}),
    "frame_string_none": pd.DataFrame({"a": ["x", None]}),
    "frame_object_string": pd.DataFrame({"a": pd.Series(["x", "y"], dtype=object)}),
    "frame_object_string_none": pd.DataFrame({"a": pd.Series(["x", None], dtype=object)}),
    "frame_string_dtype": pd.DataFrame({"a": pd.Series(["x", "y"], dtype="string")}),
    "frame_category": pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
    "frame_category_int": pd.DataFrame({"a": pd.Categorical([1, 2])}),
    "frame_bytes": pd.DataFrame({"a": [b"x", b"y"]}),
    "frame_bytearray": pd.DataFrame({"a": [bytearray(b"x"), bytearray(b"y")]}),
    "frame_datetime": pd.DataFrame({"a": pd.to_datetime(["2020-01-01", "2020-01-02"])}),
    "frame_datetime_nat": pd.DataFrame({"a": pd.Series([pd.Timestamp("2020-01-01"), pd.NaT])}),
    "frame_datetime_tz": pd.DataFrame({"a": pd.to_datetime(["2020-01-01"]).tz_localize("UTC")}),
    "frame_date_objects": pd.DataFrame({"a": [datetime.date(2020, 1, 1)]}),
    "frame_timedelta": pd.DataFrame({"a": pd.to_timedelta(["1D"])}),
    "frame_int_nullable": pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
    "frame_int_nullable_full": pd.DataFrame({"a": pd.array([1, 2], dtype="Int64")}),
    "frame_float_nullable": pd.DataFrame({"a": pd.array([1.5, 2], dtype="Float64")}),
    "frame_bool_nullable": pd.DataFrame({"a": pd.array([True, False], dtype="boolean")}),
    "frame_all_none": pd.DataFrame({"a": [None, None]}),
    "frame_mixed_object": pd.DataFrame({"a": [1, "x"]}),
    "frame_lists": pd.DataFrame({"a": [[1, 2], [3]]}),
    "frame_lists_str": pd.DataFrame({"a": [["x"], ["y", "z"]]}),
    "frame_lists_empty": pd.DataFrame({"a": [[], []]}),
    "frame_lists_some_empty": pd.DataFrame({"a": [[], ["x"]]}),
    "frame_lists_mixed": pd.DataFrame({"a": [[1, "x"]]}),
    "frame_lists_nested": pd.DataFrame({"a": [[[1.5]], [[2.5, 3.5]]]}),
    "frame_arrays": pd.DataFrame({"a": [np.array([1.5]), np.array([2.5])]}),
    "frame_arrays_2d": pd.DataFrame({"a": [np.array([[1.5]]), np.array([[2.5]])]}),
    "frame_dicts": pd.DataFrame({"a": [{"p": "x", "q": 1}, {"p": "y", "q": 2}]}),
    "frame_dicts_missing": pd.DataFrame({"a": [{"p": "x", "q": 1}, {"p": "y"}]}),
    "frame_dicts_nested": pd.DataFrame({"a": [{"p": {"r": [1, 2]}}, {"p": {"r": [3], "s": True}}]}),
    "frame_dicts_none": pd.DataFrame({"a": [{"p": "x"}, None]}),
    "frame_lists_of_dicts": pd.DataFrame({"a": [[{"p": 1}, {"p": 2, "q": "x"}], [{"p": 3}]]}),
    "frame_int_names": pd.DataFrame([[1, 2], [3, 4]]),
    "frame_empty": pd.DataFrame({"a": np.array([], dtype=np.int64)}),
    "frame_no_columns": pd.DataFrame(),
    "frame_duplicate": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "frame_mixed_names": pd.DataFrame({"a": [1], 3: [2]}),
    "frame_multiindex": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
    "series_named": pd.Series([1, 2], name="s"),
    "series_unnamed": pd.Series([1.5, 2]),
    "series_string": pd.Series(["x", "y"], name="s"),
    "series_nan": pd.Series([1.5, NAN], name="s"),
    "series_category": pd.Series(pd.Categorical(["x"]), name="s"),
    "array_double_2d": np.ones((3, 2)),
    "array_long_1d": np.ones(3, dtype=np.int64),
    "array_float32_4d": np.ones((3, 2, 4, 5), dtype=np.float32),
    "array_bool": np.array([True]),
    "array_unicode": np.array(["x", "yy"]),
    "array_bytes": np.array([b"x", b"yy"]),
    "array_object": np.array(["x", 1], dtype=object),
    "array_datetime": np.array(["2020-01-01"], dtype="datetime64[ns]"),
    "array_0d": np.array(1.5),
    "array_uint8": np.ones((2, 2), dtype=np.uint8),
    "dict_arrays": {"x": np.ones((2, 2)), "y": np.ones(2, dtype=np.int32)},
    "dict_scalars": {"a": 1, "b": "x", "c": 1.5, "d": True},
    "dict_lists": {"a": [1, 2], "b": ["x"]},
    "dict_nested": {"a": {"b": 1}, "c": [{"d": "x"}]},
    "dict_none": {"a": None},
    "dict_none_and_more": {"a": None, "b": 1},
    "dict_mixed_arrays": {"a": np.ones(2), "b": 1},
    "dict_array_in_list": {"a": [np.ones(2)]},
    "dict_empty": {},
    "dict_int_keys": {1: 2},
    "dict_datetime": {"a": datetime.datetime(2020, 1, 1)},
    "dict_bytes": {"a": b"x"},
    "dict_numpy_scalars": {"a": np.int32(1), "b": np.float32(1), "c": np.str_("x"), "d": np.bool_(True)},
    "list_dicts": [{"a": 1, "b": "x"}, {"a": 2}],
    "list_dicts_same": [{"a": 1}, {"a": 2}],
    "list_dicts_int_float": [{"a": 1}, {"a": 2.5}],
    "list_strings": ["x", "y"],
    "list_ints": [1, 2],
    "list_floats": [1.5],
    "list_bools": [True],
    "list_mixed": [1, "x"],
    "list_int_float": [1, 2.5],
    "list_nested": [[1, 2], [3]],
    "list_nested_strings": [["x"]],
    "list_empty": [],
    "list_none": [None],
    "list_string_none": ["x", None],
    "list_arrays": [np.ones(2)],
    "scalar_string": "x",
    "scalar_int": 1,
    "scalar_float": 1.5,
    "scalar_bool": True,
    "scalar_bytes": b"x",
    "scalar_datetime": datetime.datetime(2020, 1, 1),
    "scalar_date": datetime.date(2020, 1, 1),
    "scalar_numpy": np.float32(1.5),
    "scalar_numpy_int8": np.int8(1),
    "scalar_timestamp": pd.Timestamp("2020-01-01"),
    "none": None,
    "tuple": (1, 2),
    "set": {1, 2},
    "object": object(),
    "complex": 1j,
    "schema_like": "{}",
}
PARAMS: dict[str, Any] = {
    "int": {"p": 1},
    "several": {"a": "x", "b": 1.5, "c": True, "d": 2},
    "list": {"p": [1, 2]},
    "list_str": {"p": ["x"]},
    "list_mixed": {"p": [1, "x"]},
    "list_nested": {"p": [[1]]},
    "tuple": {"p": (1, 2)},
    "array": {"p": np.array([1, 2])},
    "array_2d": {"p": np.ones((2, 2))},
    "none": {"p": None},
    "dict": {"p": {"a": 1, "b": "x"}},
    "dict_nested": {"p": {"a": {"b": 1}}},
    "dict_list": {"p": {"a": [1, 2]}},
    "list_dicts": {"p": [{"a": 1}]},
    "datetime": {"p": datetime.datetime(2020, 1, 1)},
    "datetime64": {"p": np.datetime64("2020-01-01")},
    "numpy": {"p": np.int32(1), "q": np.float32(1.5)},
    "bytes": {"p": b"x"},
    "empty_params": {},
    "not_a_dict": [1],
    "frame": {"p": pd.DataFrame({"a": [1]})},
}


def outcome(**arguments: Any) -> Any:
    try:
        return infer_signature(**arguments).to_dict()
    except Exception as error:  # noqa: BLE001 - the kind of the error is the observation
        known = isinstance(error, MlflowException)
        return {"error": "MlflowException" if known else type(error).__name__, "message": str(error)}


def main() -> None:
    warnings.simplefilter("ignore")
    found = {f"input/{name}": outcome(model_input=value) for name, value in INPUTS.items()}
    found |= {
        f"output/{name}": outcome(model_input=pd.DataFrame({"x": [1]}), model_output=value)
        for name, value in INPUTS.items()
    }
    found |= {f"params/{name}": outcome(params=value) for name, value in PARAMS.items()}
    json.dump(found, sys.stdout, indent=1, default=str)


if __name__ == "__main__":
    main()
