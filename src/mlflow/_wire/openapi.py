"""The OpenAPI document, made from the route table.

`python -m mlflow._wire.openapi` prints it; `make openapi` writes it to `openapi.json` beside this file, which is
committed so that the UI's types and other clients are generated from it. `make check` fails when it is outdated.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import msgspec

from mlflow._wire.routes import ROUTES, Route
from mlflow._wire.shapes import Request, Response
from mlflow.version import API_LEVEL

_HOLE = re.compile(r"\{(\w+)(:path)?\}")
_REFERENCE = "#/components/schemas/{name}"


class ApiError(msgspec.Struct, omit_defaults=True):
    """What every error answers."""

    error_code: str
    message: str
    sqlstate: str | None = None
    error_class: str | None = None


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the server."""
    shapes: list[type] = [ApiError]
    for route in ROUTES:
        shapes += [
            shape for shape in (route.request, route.response) if shape is not None and shape not in shapes
        ]
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REFERENCE)
    by_shape = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(_HOLE.sub(r"{\1}", route.url), {})[route.method.lower()] = _operation(
            route, by_shape
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headrace",
            "version": API_LEVEL,
            "description": "The REST API. Every path below /api/ is also answered below /ajax-api/, for 2.0 and 3.0.",
        },
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _operation(route: Route, by_shape: dict[type, Any]) -> dict[str, Any]:
    in_path = [match[1] for match in _HOLE.finditer(route.url)]
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [_parameter(name, "path", {"type": "string"}, required=True) for name in in_path],
        "responses": {
            "200": {"description": "Done", "content": _answer(route.response, by_shape)},
            "default": {
                "description": "An error",
                "content": {"application/json": {"schema": by_shape[ApiError]}},
            },
        },
    }
    if route.kind == "bytes" or route.method == "GET":
        operation["parameters"] += _query(route.request, in_path)
    if route.kind == "bytes" and route.method != "GET":
        operation["requestBody"] = {"required": True, "content": _bytes()}
    elif route.method != "GET" and (route.method != "DELETE" or set(_names(route.request)) - set(in_path)):
        operation["requestBody"] = {"content": {"application/json": {"schema": by_shape[route.request]}}}
    return operation


def _query(shape: type[Request], in_path: list[str]) -> list[dict[str, Any]]:
    parameters = []
    for field in msgspec.structs.fields(shape):
        if field.name in in_path:
            continue
        schema = msgspec.json.schema(field.type)
        if not field.required and field.default not in ("", None, msgspec.NODEFAULT):
            schema["default"] = field.default
        parameters.append(_parameter(field.name, "query", schema, required=field.required))
    return parameters


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _answer(shape: type[Response] | None, by_shape: dict[type, Any]) -> dict[str, Any]:
    return _bytes() if shape is None else {"application/json": {"schema": by_shape[shape]}}


def _bytes() -> dict[str, Any]:
    return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _names(shape: type[Request]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(shape)]


def text() -> str:
    """The document as it is committed."""
    return json.dumps(openapi(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
