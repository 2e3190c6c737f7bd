"""Input examples: an input of the model, kept beside it for people, tests and scoring requests."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue, MissingExtra
from mlflow.models.fetched import payload_path
from mlflow.types._libraries import (
    is_array,
    is_dictionary_of_arrays,
    is_frame,
    is_numpy_scalar,
    is_series,
    is_sparse,
)
from mlflow.types.schema import DataType, Schema

EXAMPLE_FILE_NAME = "input_example.json"
SERVING_FILE_NAME = "serving_input_example.json"

ModelInputExample = Any
"""A DataFrame, array, dictionary of arrays, sparse matrix, dictionary, list or scalar; or a pair of one of
these and a dictionary of parameters."""


@dataclass(frozen=True)
class Example:
    """An input example.

    Attributes:
        data: The input.
        params: The parameters that go with it.
        is_request: Whether it is the body of a scoring request as it stands, as chats are.
    """

    data: Any
    params: dict[str, Any] | None = None
    is_request: bool = False


def split_example(input_example: Any) -> Example:
    """The input and parameters of what users pass as `input_example`."""
    if isinstance(input_example, Example):
        return input_example
    if isinstance(input_example, tuple) and len(input_example) == 2 and isinstance(input_example[1], dict):
        return Example(*input_example)
    return Example(input_example)


def write_example(example: Example, folder: Path) -> dict[str, Any]:
    """Writes the two files of an example.

    Returns:
        What the MLmodel file says about them.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: nothing that an example can be.
    """
    content, serving, info = _forms(example.data)
    serving = content if example.is_request else serving
    info = {"artifact_path": EXAMPLE_FILE_NAME, **info, "serving_input_path": SERVING_FILE_NAME}
    if example.params is not None:
        params = as_json(example.params)
        content = {"inputs": content, "params": params}
        serving = {**serving, "params": params}
        info["params"] = "true"
    (folder / EXAMPLE_FILE_NAME).write_text(json.dumps(content), encoding="utf-8")
    (folder / SERVING_FILE_NAME).write_text(json.dumps(serving, indent=2), encoding="utf-8")
    return info


def convert_input_example_to_serving_input(input_example: Any) -> str | None:
    """The body of a scoring request for an input example, as JSON text; `None` for `None`."""
    if input_example is None:
        return None
    example = split_example(input_example)
    serving = _forms(example.data)[1]
    if example.params is not None:
        serving = {**serving, "params": as_json(example.params)}
    return json.dumps(serving, indent=2)


def read_example(info: dict[str, Any] | None, folder: Path, schema: Schema | None = None) -> Example | None:
    """The example that an MLmodel file says to be in its folder.

    Args:
        info: What the MLmodel file says about it.
        folder: The model folder.
        schema: The model's input schema; JSON knows neither moments nor single precision.

    Raises:
        MlflowException: Its form is unknown, or needs a library that is missing.
    """
    if not info:
        return None
    content = json.loads(payload_path(folder, info["artifact_path"]).read_text(encoding="utf-8"))
    params = None
    if info.get("params") is not None:
        # Older models name the two keys in the MLmodel file.
        content, params = content[info.get("inputs", "inputs")], content["params"]
    return Example(_in_types(_parsed(content, info), schema), params)


def read_serving_input(info: dict[str, Any] | None, folder: Path) -> str | None:
    """The body of the scoring request that is kept beside a model."""
    if not info or "serving_input_path" not in info:
        return None
    return payload_path(folder, info["serving_input_path"]).read_text(encoding="utf-8")


def _forms(data: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The content of the two files, and what is said of it."""
    if is_frame(data):
        orient = "values" if _is_counted(data.columns) else "split"
        content = {"data": [[_cell(cell) for cell in row] for row in data.itertuples(index=False, name=None)]}
        if orient == "split":
            content = {"columns": [as_json(name) for name in data.columns], **content}
        return content, {"dataframe_split": content}, {"type": "dataframe", "pandas_orient": orient}
    if is_array(data) or is_dictionary_of_arrays(data):
        content = as_json(data)
        return content, {"inputs": content}, {"type": "ndarray"}
    if is_sparse(data):
        keys = ("data", "indices", "indptr", "shape")
        content = {key: as_json(getattr(data, key)) for key in keys}
        return content, {"inputs": as_json(data.toarray())}, {"type": f"sparse_matrix_{data.format}"}
    if is_series(data) or not _is_plain(data):
        raise InvalidParameterValue(
            "An input example is a DataFrame, array, dictionary of arrays, CSR or CSC matrix, dictionary, list "
            f"or scalar, but got {type(data)}. Of a Series, pass `series.to_frame()` or `series.tolist()`."
        )
    content = as_json(data)
    # A chat is a request as it stands.
    serving = content if isinstance(content, dict) and "messages" in content else {"inputs": content}
    return content, serving, {"type": "json_object"}


def _is_counted(columns: Any) -> bool:
    return list(columns) == list(range(len(columns)))


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    scalars = str | bytes | bytearray | bool | int | float | date | None
    return isinstance(value, scalars) or is_numpy_scalar(value) or is_array(value)


def as_json(value: Any) -> Any:
    """A value as JSON has it: bytes in base64, moments in ISO form, what is missing as null."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if is_array(value):
        return as_json(value.tolist())
    if is_numpy_scalar(value):
        return as_json(value.item())
    if isinstance(value, bytes | bytearray):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat() if value == value else None  # noqa: PLR0124 - NaT differs from itself
    return None if _is_missing(value) else value


def _cell(value: Any) -> Any:
    """A cell of a table; a missing number is null, for which JSON has a word."""
    return None if isinstance(value, float) and value != value else as_json(value)  # noqa: PLR0124 - the test for NaN


def _is_missing(value: Any) -> bool:
    return type(value).__name__ in {"NAType", "NaTType"}


def _in_types(data: Any, schema: Schema | None) -> Any:
    """Tables and arrays in the types of the schema, as far as the values are of them."""
    if schema is None:
        return data
    if is_array(data) and len(schema) == 1 and schema.is_tensor_spec():
        return data.astype(schema.numpy_types()[0], copy=False)
    if isinstance(data, dict) and schema.is_tensor_spec() and schema.has_input_names():
        types = dict(zip(schema.input_names(), schema.numpy_types(), strict=True))
        return {name: item.astype(types[name]) if name in types else item for name, item in data.items()}
    if not is_frame(data) or schema.is_tensor_spec() or not schema.has_input_names():
        return data
    kinds = {
        name: kind.to_numpy()
        for name, kind in zip(schema.input_names(), schema.input_types(), strict=True)
        if name in data.columns and kind in (DataType.datetime, DataType.float, DataType.integer)
    }
    return data.astype({name: dtype for name, dtype in kinds.items() if not data[name].isna().any()})


def _parsed(content: Any, info: dict[str, Any]) -> Any:
    kind = info["type"]
    if kind == "json_object":
        return content
    try:
        if kind == "dataframe":
            import pandas

            if info.get("pandas_orient") == "records":
                return pandas.DataFrame(content)
            rows = content["data"] if isinstance(content, dict) else content
            columns = content.get("columns") if isinstance(content, dict) else None
            return pandas.DataFrame(rows, columns=columns)
        import numpy

        if kind == "ndarray":
            if isinstance(content, dict):
                return {name: numpy.asarray(item) for name, item in content.items()}
            return numpy.asarray(content)
        if kind in ("sparse_matrix_csr", "sparse_matrix_csc"):
            from scipy import sparse  # type: ignore[import-untyped]

            make = sparse.csr_matrix if kind.endswith("csr") else sparse.csc_matrix
            return make(
                (content["data"], content["indices"], content["indptr"]), shape=tuple(content["shape"])
            )
    except ImportError as error:
        raise MissingExtra(
            f"Reading an input example of the form {kind!r}", error.name or "pandas"
        ) from error
    raise InvalidParameterValue(f"The input example has the unknown form {kind!r}")
