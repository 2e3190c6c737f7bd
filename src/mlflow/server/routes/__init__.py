"""Handlers: one function for each route of the table, one file for each noun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.server.context import Context

Handler = Callable[[Context, Any], Any]
FollowUp = Callable[[Context, Any], None]
"""What is done with a reply once what it says is durable."""


def run_id_of(request: Any) -> str:
    """The id of the run that a request names, in its new or its old member."""
    run_id: str = request.run_id or request.run_uuid
    if not run_id:
        raise InvalidParameterValue("Missing value for required parameter 'run_id'")
    return run_id
