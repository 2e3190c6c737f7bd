"""Errors on the wire, both ways."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from mlflow.exceptions import MlflowException, RestException, get_error_code


def error_to_wire(error: MlflowException) -> tuple[int, bytes]:
    """Status and body of an error."""
    body = error.as_dict()
    for name in ("start", "end", "expected"):  # where a filter is wrong, for those who can point at it
        if hasattr(error, name):
            body[name] = getattr(error, name)
    return error.get_http_status_code(), json.dumps(body).encode()


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
        return RestException(content)
    text = " ".join(body.decode(errors="replace").split())[:300]
    message = f"{asked} failed with HTTP status {status}" + (f": {text}" if text else "")
    return RestException({"error_code": get_error_code(status), "message": message})
