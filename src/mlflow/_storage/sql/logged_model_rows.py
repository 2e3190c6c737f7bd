"""Finding the row of a logged model."""

from __future__ import annotations

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.ids import find_number
from mlflow.exceptions import ResourceDoesNotExist


def model_number(cx: Connection, model_id: str) -> int | None:
    """Number of a model id; there need not be such a model."""
    return find_number(cx, model_id[2:]) if model_id.startswith("m-") else None


def find_model(cx: Connection, model_id: str) -> int | None:
    """Number of a model that exists and is not deleted."""
    number = model_number(cx, model_id)
    if number is None:
        return None
    row = cx.one("SELECT 1 FROM logged_model WHERE id = ? AND deleted_ms IS NULL", (number,))
    return None if row is None else number


def no_model(model_id: str) -> ResourceDoesNotExist:
    """The error for an id that no model has."""
    return ResourceDoesNotExist(f"Logged model with ID '{model_id}' not found.")
