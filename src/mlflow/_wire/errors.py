"""Errors on the wire, both ways."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from typing import Any

from mlflow.exceptions import MlflowException, RestException, get_error_code


def error_to_wire(error: MlflowException) -> tuple[int, bytes]:
    """Status and body of an error."""
    body = error.as_dict()
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
