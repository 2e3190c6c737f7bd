"""Finding the row of a logged model."""

from __future__ import annotations

from collections.abc import Iterable

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.ids import find_number
from mlflow.exceptions import ResourceDoesNotExist

_CHUNK = 500


def model_number(cx: Connection, model_id: str) -> int | None:
    """Number of a model id; there need not be such a model."""
    return find_number(cx, model_id[2:]) if model_id.startswith("m-") else None


def find_model(cx: Connection, model_id: str) -> int | None:
    """Number of a model that exists and is not deleted."""
    return find_models(cx, [model_id]).get(model_id)


def find_models(cx: Connection, model_ids: Iterable[str]) -> dict[str, int]:
    """Numbers of those models that exist and are not deleted."""
    named = {model_id: number for model_id in model_ids if (number := model_number(cx, model_id)) is not None}
    numbers = sorted(set(named.values()))
    existing: set[int] = set()
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        existing |= {
            row[0]
            for row in cx.all(
                f"SELECT id FROM logged_model WHERE id IN ({marks}) AND deleted_ms IS NULL", chunk
            )
        }
    return {model_id: number for model_id, number in named.items() if number in existing}


def no_model(model_id: str) -> ResourceDoesNotExist:
    """The error for an id that no model has."""
    return ResourceDoesNotExist(f"Logged model with ID '{model_id}' not found.")
