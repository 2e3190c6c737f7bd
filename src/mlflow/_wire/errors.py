"""Errors on the wire, both ways."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from typing import Any

from mlflow.exceptions import MlflowException, RestException, get_error_code

_FIRST_CODES = {
    "RESOURCE_CONFLICT": "INVALID_STATE",
    "NOT_FOUND": "RESOURCE_DOES_NOT_EXIST",
    "ALREADY_EXISTS": "RESOURCE_ALREADY_EXISTS",
    "UNAUTHENTICATED": "PERMISSION_DENIED",
    "NOT_IMPLEMENTED": "FEATURE_DISABLED",
    "RESOURCE_EXHAUSTED": "REQUEST_LIMIT_EXCEEDED",
    "ABORTED": "BAD_REQUEST",
    "CANCELLED": "BAD_REQUEST",
    "DEADLINE_EXCEEDED": "TEMPORARILY_UNAVAILABLE",
    "DATA_LOSS": "INTERNAL_ERROR",
}
"""What MLflow 1.x, whose client fails on codes that it does not know, is told instead of newer ones."""


def error_to_wire(error: MlflowException, *, to_first: bool = False) -> tuple[int, bytes]:
    """Status and body of an error.

    Args:
        error: The error.
        to_first: Whether it goes to a client of MLflow 1.x.
    """
    body = error.as_dict()
    if to_first:
        body["error_code"] = _FIRST_CODES.get(error.error_code, error.error_code)
    for name in ("start", "end", "expected"):  # where a filter is wrong, for those who can point at it
        if hasattr(error, name):
            body[name] = getattr(error, name)
    return error.get_http_status_code(), json.dumps(body).encode()


@cache
def _class_of(error_code: str) -> type[RestException]:
    """What is raised for an error code of a server: a `RestException` that is also the error of a local store."""
    known = (
        cls for cls in MlflowException.__subclasses__() if cls.__dict__.get("default_code") == error_code
    )
    local = next(known, None)
    if local is None:
        return RestException
    return type("RestException", (RestException, local), {"__module__": RestException.__module__})


def error_from_wire(status: int, body: bytes, asked: str) -> MlflowException:
    """The error that a server answered with.

    Args:
        status: HTTP status.
        body: Body of the answer; not every server in between sends JSON.
        asked: What was asked, for the message.
    """
    content: Any = None
    with contextlib.suppress(ValueError):
        content = json.loads(body)
    if isinstance(content, dict) and "error_code" in content:
        return _class_of(str(content["error_code"]))(content)
    text = " ".join(body.decode(errors="replace").split())[:300]
    message = f"{asked} failed with HTTP status {status}" + (f": {text}" if text else "")
    error_code = get_error_code(status)
    return _class_of(error_code)({"error_code": error_code, "message": message})
