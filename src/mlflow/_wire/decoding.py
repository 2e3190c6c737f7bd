"""From the bytes of a request to its struct.

Clients spell things in several ways: member names in snake_case or camelCase, numbers as text, whole numbers as
`2.0`, enumerations by number, the whole body as one JSON string. A strict decoder takes the usual spelling in a
microsecond; what it refuses goes down a careful path that understands the rest, or says what is wrong and where.
Nothing is ever dropped or guessed: what cannot be read is an error.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from mlflow._wire.enums import ENUMS
from mlflow._wire.shapes import Request
from mlflow.exceptions import InvalidParameterValue

T = TypeVar("T", bound=Request)

_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$\.?(.*)`)?")
_WRONG = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.DOTALL)


@cache
def _decoder(shape: type[Request]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


@cache
def _required_texts(shape: type[Request]) -> tuple[str, ...]:
    return tuple(
        field.name for field in msgspec.structs.fields(shape) if field.required and field.type is str
    )


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Types of a struct's members, by both of their spellings."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        found[field.name] = found[_camel(field.name)] = (field.name, field.type)
    return found


@cache
def _list_fields(shape: type[Request]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(shape) if get_origin(field.type) is list)


def decode_body(shape: type[T], body: bytes, path: Mapping[str, str] | None = None) -> T:
    """A request from its JSON body and the parameters of its path.

    Raises:
        InvalidParameterValue: The body is no JSON object, or something in it cannot be read.
    """
    if not path:
        try:
            request: T = _decoder(shape).decode(body or b"{}")
        except msgspec.MsgspecError:
            return _carefully(shape, _parse(body))
        return _checked(request)
    content = _parse(body)
    return _carefully(shape, {**content, **path})


def decode_query(
    shape: type[T], query: Sequence[tuple[str, str]], path: Mapping[str, str] | None = None
) -> T:
    """A request from its query, in which lists are repeated keys, and the parameters of its path.

    Raises:
        InvalidParameterValue: Something in it cannot be read.
    """
    lists = _list_fields(shape)
    fields = _fields(shape)
    content: dict[str, Any] = {}
    for key, value in query:
        if key in lists:
            content.setdefault(key, []).append(value)
        elif key in fields and fields[key][0] == key:
            if fields[key][1] is bool and value.lower() not in ("true", "false"):
                raise InvalidParameterValue(
                    f"Invalid value {value!r} for parameter '{key}' supplied: use true or false"
                )
            content[key] = value
    if path:
        content.update(path)
    try:
        request = msgspec.convert(content, shape, strict=False)
    except msgspec.ValidationError:
        return _carefully(shape, content)
    return _checked(request)


def _parse(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        content = json.loads(body)
        if isinstance(content, str):  # old clients send JSON inside of a JSON string
            content = json.loads(content)
    except (ValueError, RecursionError) as error:
        where = (
            f" at line {error.lineno}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise InvalidParameterValue(
            f"The request body is not valid JSON{where}: {_first_line(error)}"
        ) from None
    if not isinstance(content, dict):
        raise InvalidParameterValue(
            f"The request body must be a JSON object, not {'a list' if isinstance(content, list) else repr(content)[:60]}"
        )
    return content


def _carefully(shape: type[T], content: dict[str, Any]) -> T:
    try:
        request = msgspec.convert(_normal(shape, content, ""), shape, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidParameterValue(_explained(str(error))) from None
    return _checked(request)


def _checked(request: T) -> T:
    for name in _required_texts(type(request)):
        if not getattr(request, name):
            raise InvalidParameterValue(f"Missing value for required parameter '{name}'")
    return request


def _normal(kind: Any, value: Any, path: str) -> Any:
    """A value in its usual spelling."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _normal_scalar(kind, value, path)
    if origin is list:
        item = get_args(kind)[0]
        if not isinstance(value, list):
            return value
        return [_normal(item, each, f"{path}[{i}]") for i, each in enumerate(value)]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _normal_object(kind, value, path) if isinstance(value, dict) else value
    return _normal_scalar(kind, value, path)


def _normal_object(kind: type[msgspec.Struct], value: dict[str, Any], path: str) -> dict[str, Any]:
    fields = _fields(kind)
    found: dict[str, Any] = {}
    for key, item in value.items():
        if key not in fields:
            continue
        name, field = fields[key]
        if name in found:
            raise InvalidParameterValue(
                f"The parameter '{path}{name}' is given twice, as '{name}' and as '{_camel(name)}': use one spelling"
            )
        if item is not None:
            found[name] = _normal(
                field, item, f"{path}{name}." if isinstance(item, dict) else f"{path}{name}"
            )
    return found


def _normal_scalar(kind: Any, value: Any, path: str) -> Any:
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    if isinstance(value, bool):
        return float(value) if float in options else value
    for option in options:
        if get_origin(option) is not Literal or get_args(option) not in ENUMS:
            continue
        names = get_args(option)
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value)
        if isinstance(value, int):
            if not 1 <= value <= len(names):
                raise InvalidParameterValue(
                    f"Invalid value {value} for parameter '{path}' supplied: use one of {', '.join(names)}"
                )
            return names[value - 1]
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _explained(message: str) -> str:
    missing = _MISSING.fullmatch(message)
    if missing:
        inside = f"{missing[2]}." if missing[2] else ""
        return f"Missing value for required parameter '{inside}{missing[1]}'"
    wrong = _WRONG.fullmatch(message)
    if wrong and wrong[2]:
        return f"Invalid value for parameter '{wrong[2]}' supplied: {wrong[1]}"
    return f"Invalid request: {message}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
