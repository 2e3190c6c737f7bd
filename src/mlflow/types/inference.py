"""Schemas inferred from examples: pandas, numpy, lists, dictionaries and scalars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.types._column_types import AnyType, Array, CellType, DataType, Object, Property
from mlflow.types._libraries import (
    is_array,
    is_dictionary_of_arrays,
    is_frame,
    is_numpy_scalar,
    is_series,
    is_sparse,
)
from mlflow.types.schema import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

if TYPE_CHECKING:
    import numpy
    import pandas


def infer_schema(data: Any) -> Schema:
    """The schema that an example has.

    A DataFrame gives its columns, a Series, list or scalar one column, an array one tensor whose first size
    varies, a dictionary of arrays named tensors, another dictionary or a list of dictionaries named columns.
    A column in which something is missing is optional.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: values of one column have no type in common, or there is
            no column type for them.
    """
    if is_frame(data):
        return _schema_of_frame(data)
    if is_series(data):
        dtype, required = _column(data)
        name: Any = data.name
        return Schema([ColSpec(dtype, name, required or name is None)])
    if is_array(data):
        return Schema([_tensor(data)])
    if is_sparse(data):
        return Schema([TensorSpec(data.dtype, (-1, *data.shape[1:]))])
    if is_dictionary_of_arrays(data):
        return Schema([_tensor(array, name) for name, array in data.items()])
    if isinstance(data, dict):
        return _columns_of_dictionaries([data])
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        return _columns_of_dictionaries(data)
    dtype = _merged(infer_type(item) for item in data) if isinstance(data, list) else infer_type(data)
    return Schema([ColSpec(dtype)])


def infer_param_schema(parameters: dict[str, Any]) -> ParamSchema:
    """The parameters that an example shows, with the example's values as defaults.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: not a dictionary, or a value that no parameter can have.
    """
    if not isinstance(parameters, dict):
        raise InvalidParameterValue(f"Expected parameters to be dict, got {type(parameters).__name__}")
    specs, refused = [], []
    for name, value in parameters.items():
        try:
            specs.append(_parameter(name, value))
        except InvalidParameterValue as error:
            refused.append(f"{name!r}: {error.message}")
    if refused:
        raise InvalidParameterValue("Failed to infer schema for parameters: " + "; ".join(refused))
    return ParamSchema(specs)


def _parameter(name: str, value: Any) -> ParamSpec:
    if isinstance(value, dict):
        return ParamSpec(name, infer_type(value), value)
    if isinstance(value, list) or is_array(value):
        items = value if isinstance(value, list) else value.tolist()
        if any(isinstance(item, list | tuple | dict) or is_array(item) for item in items):
            raise InvalidParameterValue("Expected parameters to be 1D array or scalar, got nested values")
        if is_array(value) and value.dtype.kind != "O":
            dtype: CellType = type_of_dtype(value.dtype)
        else:
            dtype = _merged(infer_type(item) for item in items) if items else DataType.datetime
        return ParamSpec(name, dtype, items, (-1,))
    if not is_numpy_scalar(value) and not isinstance(value, str | bool | int | float | bytes | date):
        raise InvalidParameterValue(
            f"Expected parameters to be 1D array or scalar, got {type(value).__name__}"
        )
    return ParamSpec(name, infer_type(value), value)


def infer_type(value: Any) -> CellType:
    """The type of one cell. Nothing is known about `None` and empty lists: they are `AnyType`.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there is no type for it.
    """
    for kind, dtype in _TYPE_OF_VALUE:
        if isinstance(value, kind):
            return dtype
    if is_numpy_scalar(value):
        return type_of_dtype(value.dtype)
    if isinstance(value, dict):
        return _type_of_dictionary(value)
    if is_array(value):
        if value.dtype.kind != "O" and value.ndim > 0:
            return _nested(type_of_dtype(value.dtype), value.ndim)
        value = value.tolist()
    if isinstance(value, list):
        return Array(_merged(infer_type(item) for item in value)) if value else AnyType()
    if value is None or _is_missing(value):
        return AnyType()
    raise InvalidParameterValue(f"There is no column type for values of {type(value)}")


def type_of_dtype(dtype: numpy.dtype[Any]) -> DataType:
    """The scalar type that holds every value of a numpy dtype.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there is none.
    """
    if dtype.kind in _TYPE_OF_DTYPE:
        return _TYPE_OF_DTYPE[dtype.kind]
    size = dtype.itemsize
    if dtype.kind == "i" or (dtype.kind == "u" and size < 8):
        return DataType.integer if size < 4 or (size == 4 and dtype.kind == "i") else DataType.long
    if dtype.kind == "f" and size <= 8:
        return DataType.double if size == 8 else DataType.float
    raise InvalidParameterValue(f"There is no column type for the dtype {dtype.name!r}")


_TYPE_OF_VALUE: list[tuple[Any, DataType]] = [
    (bool, DataType.boolean),
    (int, DataType.long),
    (float, DataType.double),
    (str, DataType.string),
    ((bytes, bytearray), DataType.binary),
    (date, DataType.datetime),
]
"""In this order: a bool is an int too."""

_TYPE_OF_DTYPE = {
    "b": DataType.boolean,
    "M": DataType.datetime,
    "U": DataType.string,
    "S": DataType.binary,
}


def _type_of_dictionary(value: dict[Any, Any]) -> Object:
    if not value or not all(isinstance(key, str) for key in value):
        raise InvalidParameterValue(
            f"A dictionary needs keys, and all of them text, to be an object; got {list(value)}"
        )
    properties = []
    for key, item in value.items():
        dtype = infer_type(item)
        properties.append(Property(key, dtype, required=item is not None))
    return Object(properties)


def _nested(dtype: CellType, depth: int) -> CellType:
    return _nested(Array(dtype), depth - 1) if depth else dtype


def _merged(types: Iterable[CellType]) -> CellType:
    start: CellType = AnyType()
    return reduce(_merge, types, start)


def _merge(left: CellType, right: CellType) -> CellType:
    if isinstance(left, AnyType) or left == right:
        return right
    if isinstance(right, AnyType):
        return left
    if isinstance(left, Array) and isinstance(right, Array):
        return Array(_merge(left.dtype, right.dtype))
    if isinstance(left, Object) and isinstance(right, Object):
        return _merge_objects(left, right)
    raise InvalidParameterValue(f"Values of the types {left!r} and {right!r} cannot share a column")


def _merge_objects(left: Object, right: Object) -> Object:
    ours = {item.name: item for item in left.properties}
    theirs = {item.name: item for item in right.properties}
    properties = []
    for name in ours.keys() | theirs.keys():
        mine, other = ours.get(name), theirs.get(name)
        if mine is not None and other is not None:
            dtype = _merge(mine.dtype, other.dtype)
            required = mine.required and other.required
        else:
            only = mine or other
            assert only is not None  # the name is of one of them
            dtype, required = only.dtype, False
        properties.append(Property(name, dtype, required))
    return Object(properties)


def _columns_of_dictionaries(rows: list[dict[Any, Any]]) -> Schema:
    kind = _merged(_type_of_dictionary(row) for row in rows)
    assert isinstance(kind, Object)  # merged from objects only
    by_name = {item.name: item for item in kind.properties}
    in_order = dict.fromkeys(name for row in rows for name in row)
    return Schema([ColSpec(by_name[name].dtype, name, by_name[name].required) for name in in_order])


def _tensor(array: numpy.ndarray[Any, Any], name: str | None = None) -> TensorSpec:
    if array.ndim == 0:
        raise InvalidParameterValue("An array without dimensions is no tensor; pass its item")
    return TensorSpec(array.dtype, (-1, *array.shape[1:]), name)


def _schema_of_frame(frame: pandas.DataFrame) -> Schema:
    if not frame.columns.is_unique:
        twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
        raise InvalidParameterValue(f"Columns of a DataFrame need different names; these repeat: {twice}")
    columns: list[ColSpec | TensorSpec] = []
    for name in frame.columns:
        dtype, required = _column(frame[name])
        columns.append(ColSpec(dtype, name, required))
    return Schema(columns)


def _column(series: pandas.Series[Any]) -> tuple[CellType, bool]:
    """Type of a column, and whether no cell of it is missing."""
    import pandas

    missing = series.isna()
    complete = not missing.any()
    dtype: Any = series.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        return _column(dtype.categories.to_series())[0], complete
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return DataType.datetime, complete
    if isinstance(dtype, pandas.StringDtype):
        return DataType.string, complete
    if hasattr(dtype, "numpy_dtype"):
        return type_of_dtype(dtype.numpy_dtype), complete
    if dtype.kind != "O":
        return type_of_dtype(dtype), complete
    present = series if complete else series[~missing]
    uniform = _TYPE_OF_INFERRED.get(pandas.api.types.infer_dtype(present, skipna=False))
    if uniform is not None and len(present):
        return uniform, complete
    kind = _merged(infer_type(value) for value in present)
    if isinstance(kind, Object) and not complete:
        # A missing object has none of the properties.
        kind = Object([Property(item.name, item.dtype, required=False) for item in kind.properties])
    return kind, complete


_TYPE_OF_INFERRED = {
    "string": DataType.string,
    "bytes": DataType.binary,
    "boolean": DataType.boolean,
    "integer": DataType.long,
    "floating": DataType.double,
    "date": DataType.datetime,
    "datetime": DataType.datetime,
    "datetime64": DataType.datetime,
}
"""What pandas says of a column of Python objects that are all of one kind, without a loop of ours."""


def _is_missing(value: Any) -> bool:
    import sys

    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)
