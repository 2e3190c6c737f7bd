"""One value as a cell or parameter of a type: the same rules for both."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.types._column_types import Array, CellType, DataType, Map, Object
from mlflow.types._libraries import is_array, is_numpy_scalar


def fitted(value: Any, kind: CellType) -> Any:
    """The value as the type, converted only where nothing is lost.

    A numpy array stays an array where the type is an array; other values of numpy become Python's.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it does not fit; the message says which part of it.
    """
    if isinstance(kind, DataType):
        return _scalar(value, kind)
    if isinstance(kind, Array):
        return _array(value, kind)
    if isinstance(kind, Object):
        return _object(value, kind)
    if isinstance(kind, Map):
        return _map(value, kind)
    return value


def _array(value: Any, kind: Array) -> Any:
    if not isinstance(value, list | tuple) and not is_array(value):
        raise InvalidParameterValue(f"Expected data to be list or numpy array, got {type(value).__name__}")
    items = [fitted(item, kind.dtype) for item in value]
    if not is_array(value):
        return items
    import numpy

    return value if value.tolist() == items else numpy.asarray(items)


def _object(value: Any, kind: Object) -> dict[str, Any]:
    given = _dictionary(value)
    known = {item.name: item for item in kind.properties}
    if missing := sorted(name for name, item in known.items() if item.required and name not in given):
        raise InvalidParameterValue(f"Missing required properties: {missing}")
    if unknown := sorted(given.keys() - known.keys()):
        raise InvalidParameterValue(f"Invalid properties not defined in the schema found: {unknown}")
    converted = {}
    for name, item in given.items():
        try:
            optional = item is None and not known[name].required
            converted[name] = None if optional else fitted(item, known[name].dtype)
        except InvalidParameterValue as error:
            raise InvalidParameterValue(
                f"Failed to enforce schema for key `{name}`. {error.message}"
            ) from None
    return converted


def _map(value: Any, kind: Map) -> dict[str, Any]:
    return {key: fitted(item, kind.value_type) for key, item in _dictionary(value).items()}


def _dictionary(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidParameterValue(f"Value must be a dictionary, got {type(value).__name__}")
    if not all(isinstance(key, str) for key in value):
        raise InvalidParameterValue("Expected all keys in the map type data are string type.")
    return value


def _scalar(value: Any, kind: DataType) -> Any:
    if isinstance(value, list | tuple | dict) or is_array(value):
        raise InvalidParameterValue(f"Value must be a scalar for type `{kind}`, got `{value}`")
    plain = value.item() if is_numpy_scalar(value) else value
    converted = _CONVERTERS[kind](plain)
    if converted is None:
        raise InvalidParameterValue(f"Can not safely convert `{type(value)}` to `{kind}` for value `{value}`")
    return converted


def _integer(value: Any, bits: int) -> int | None:
    limit = 1 << (bits - 1)
    fits = isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit
    return int(value) if fits else None


def _floating(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.nan if value != value else float(value)  # noqa: PLR0124 - the test for NaN
    return None


def _moment(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value) if len(value) == len("2020-01-01") else datetime.fromisoformat(value)
    except ValueError:
        return None


def _instance(kind: type | tuple[type, ...]) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, kind) else None


_CONVERTERS: dict[DataType, Callable[[Any], Any]] = {
    DataType.boolean: _instance(bool),
    DataType.integer: lambda value: _integer(value, 32),
    DataType.long: lambda value: _integer(value, 64),
    DataType.float: _floating,
    DataType.double: _floating,
    DataType.string: _instance(str),
    DataType.binary: _instance((bytes, bytearray)),
    DataType.datetime: _moment,
}
"""Each gives `None` for a value that does not fit."""
