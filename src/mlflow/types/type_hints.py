"""Type hints of `predict` as schemas, and data made to fit them."""

from __future__ import annotations

import logging
import types
import typing
from datetime import datetime
from typing import Any, TypeVar, Union, get_args, get_origin

from mlflow.exceptions import InvalidParameterValue, MlflowException
from mlflow.types._column_types import AnyType, Array, CellType, DataType, Map, Object, Property
from mlflow.types._libraries import is_frame
from mlflow.types.schema import ColSpec, Schema

_logger = logging.getLogger(__name__)

TypeFromExample = TypeVar("TypeFromExample")
"""The hint of an input that is of the type of the input example."""

_SCALARS: dict[Any, DataType] = {
    bool: DataType.boolean,
    int: DataType.long,
    float: DataType.double,
    str: DataType.string,
    bytes: DataType.binary,
    datetime: DataType.datetime,
}
_SUPPORTED = (
    "an input hint is list[...] of bool, int, float, str, bytes, datetime.datetime, pydantic models, lists, "
    "dictionaries with text as keys, or typing.Any"
)


class UnsupportedTypeHintException(MlflowException):
    """A hint that says nothing about columns, such as that of a DataFrame: the model has no signature by it."""

    default_code = "INVALID_PARAMETER_VALUE"


class InvalidTypeHintException(MlflowException):
    """A hint that is meant for a signature, and has a mistake."""

    default_code = "INVALID_PARAMETER_VALUE"


def schema_of_input_hint(hint: Any) -> Schema:
    """The schema of a model's input: one column of what is in the list.

    Raises:
        MlflowException: The hint is not that of a list (`UnsupportedTypeHintException`), or it is and has a mistake
            in it (`InvalidTypeHintException`).
    """
    return Schema([ColSpec(_type_of(_element(hint)))])


def schema_of_output_hint(hint: Any) -> Schema:
    """The schema of a model's output; anything, where the hint has no schema."""
    element = _element(hint) if get_origin(hint) is list and get_args(hint) else hint
    try:
        return Schema([ColSpec(_type_of(element))])
    except MlflowException:
        return Schema([ColSpec(AnyType())])


def is_supported(hint: Any) -> bool:
    """Whether data can be made to fit the hint of an input."""
    try:
        schema_of_input_hint(hint)
    except MlflowException:
        return False
    return True


def fitted_to_hint(data: Any, hint: Any) -> Any:
    """The input as the hint describes it: dictionaries become pydantic models, rows of a DataFrame elements.

    Args:
        data: A list, or a DataFrame.
        hint: A hint that is supported.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it does not fit; the message names the elements that do not.
    """
    rows = _rows(data, _element(hint)) if is_frame(data) else data
    return _fitted(rows, hint)


def _element(hint: Any) -> Any:
    if hint is list or (get_origin(hint) is list and not get_args(hint)):
        raise InvalidTypeHintException(
            "The type hint `list` does not say what is in the list; write list[str], say. Without a hint, data is "
            "not checked."
        )
    if get_origin(hint) is not list:
        raise UnsupportedTypeHintException(
            f"The type hint `{_name(hint)}` gives no signature: predict takes several inputs at a time, so "
            f"{_SUPPORTED}; for this one, list[{_name(hint)}]"
        )
    element = get_args(hint)[0]
    return _SCALARS_BY_NAME.get(element, element) if isinstance(element, str) else element


_SCALARS_BY_NAME = {kind.__name__: kind for kind in _SCALARS}


def _type_of(hint: Any) -> CellType:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint is Any:
        return AnyType()
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if type(None) in arguments:
            raise InvalidTypeHintException(
                f"The type hint `{_name(hint)}` is optional, and elements cannot be. Optional fields are those of a "
                "pydantic model. Without a hint, data is not checked."
            )
        return AnyType()
    if hint is list or origin is list:
        return Array(_type_of(_element(hint)))
    if hint is dict or origin is dict:
        return Map(_type_of(_value_type(hint)))
    if _is_pydantic(hint):
        return object_of(hint)
    raise UnsupportedTypeHintException(f"The type hint `{_name(hint)}` gives no signature: {_SUPPORTED}")


def _value_type(hint: Any) -> Any:
    arguments = get_args(hint)
    if len(arguments) != 2:
        raise InvalidTypeHintException(
            f"The type hint `{_name(hint)}` does not say what is in the dictionary; write dict[str, int], say"
        )
    if arguments[0] is not str:
        raise InvalidTypeHintException(
            f"Keys of a dictionary are text, but in the type hint `{_name(hint)}` they are `{_name(arguments[0])}`"
        )
    return arguments[1]


def object_of(model: Any) -> Object:
    """The object type of a pydantic model: only fields that may be `None` may be left out, as in MLflow."""
    properties = []
    for name, field in model.model_fields.items():
        annotation, required = field.annotation, True
        arguments = get_args(annotation)
        if get_origin(annotation) in (Union, types.UnionType) and type(None) in arguments:
            if field.is_required():
                raise InvalidTypeHintException(
                    f"The optional field `{name}` of the pydantic model `{model.__name__}` has no default; give it "
                    "the default None"
                )
            some = [item for item in arguments if item is not type(None)]
            annotation, required = Union[tuple(some)], False  # noqa: UP007 - its parts are only known here
        properties.append(Property(name, _type_of(annotation), required))
    return Object(properties)


def _is_pydantic(hint: Any) -> bool:
    return isinstance(hint, type) and any(
        base.__name__ == "BaseModel" and base.__module__.partition(".")[0] == "pydantic"
        for base in hint.__mro__
    )


def _name(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)


# Data


def _rows(frame: Any, element: Any) -> list[Any]:
    if _is_pydantic(element) or get_origin(element) is dict:
        only = frame.iloc[:, 0].tolist() if len(frame.columns) == 1 else []
        if only and all(isinstance(cell, dict) for cell in only):
            return only
        records: list[Any] = frame.to_dict("records")
        return records
    if len(frame.columns) != 1:
        raise InvalidParameterValue(
            f"The model takes a list of `{_name(element)}`, so a DataFrame needs one column, not "
            f"{list(frame.columns)}"
        )
    cells: list[Any] = frame.iloc[:, 0].tolist()
    return cells


def _fitted(value: Any, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any or origin in (Union, types.UnionType):
        return value
    if isinstance(hint, str):
        hint = _SCALARS_BY_NAME.get(hint, hint)
    if origin is list:
        return _list(value, hint, arguments[0])
    if origin is dict:
        return _dictionary(value, hint, arguments[1])
    if _is_pydantic(hint):
        return _pydantic(value, hint)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint):
        raise InvalidParameterValue(f"Expected type {_name(hint)}, but got {type(value).__name__}")
    return value


def _list(value: Any, hint: Any, element: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidParameterValue(f"Expected list, but got {type(value).__name__}")
    converted, invalid = [], []
    for item in value:
        try:
            converted.append(_fitted(item, element))
        except InvalidParameterValue as error:
            invalid.append((str(item), error.message))
    if invalid:
        raise InvalidParameterValue(
            f"Failed to validate data against type hint `{_name(hint)}`, invalid elements: {invalid}"
        )
    return converted


def _dictionary(value: Any, hint: Any, kind: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidParameterValue(f"Expected dict, but got {type(value).__name__}")
    converted, invalid = {}, {}
    for key, item in value.items():
        try:
            if not isinstance(key, str):
                raise InvalidParameterValue(f"Key must be a string, got {type(key).__name__}")
            converted[key] = _fitted(item, kind)
        except InvalidParameterValue as error:
            invalid[str(key)] = error.message
    if invalid:
        raise InvalidParameterValue(
            f"Failed to validate data against type hint `{_name(hint)}`, invalid elements: {invalid}"
        )
    return converted


def model_validate(model: Any, values: Any) -> None:
    """Checks values against a pydantic model, without conversion. Pickles of MLflow refer to it.

    Raises:
        pydantic.ValidationError: They do not fit.
    """
    model.model_validate(values, strict=True)


def _pydantic(value: Any, model: Any) -> Any:
    if isinstance(value, model):
        return value
    if not isinstance(value, dict):
        raise InvalidParameterValue(f"Expected {_name(model)} or dict, but got {type(value).__name__}")
    import pydantic

    try:
        return model.model_validate(value, strict=True)
    except pydantic.ValidationError as error:
        raise InvalidParameterValue(f"Data doesn't match type hint, error: {error}") from None


def hints_of(function: Any, parameter: str | None) -> tuple[Any, Any]:
    """The hints of a parameter and of what the function gives; `None` where there is none."""
    try:
        found = typing.get_type_hints(function)
    except Exception as error:  # noqa: BLE001 - evaluating a hint runs code of the user's
        _logger.warning("The type hints of %r cannot be read, so they are not used: %s", function, error)
        found = {}
    return found.get(parameter or ""), found.get("return")
