"""Finding the row of a run that something is to be written to."""

from __future__ import annotations

from typing import NamedTuple

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.ids import find_number
from mlflow._storage.validation import check_run_id
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist


class RunRow(NamedTuple):
    """What a write needs to know of a run."""

    number: int
    experiment: int
    deleted_ms: int | None


def lock_run(cx: Connection, dialect: Dialect, run_id: str) -> RunRow:
    """The row of a run, kept from other writers until the transaction ends.

    Raises:
        ResourceDoesNotExist: No run has that id.
    """
    number = find_number(cx, check_run_id(run_id))
    if number is not None:
        row = cx.one(f"SELECT experiment, deleted_ms FROM run WHERE id = ?{dialect.row_lock}", (number,))
        if row is not None:
            return RunRow(number, row[0], row[1])
    raise no_run(run_id)


def lock_active_run(cx: Connection, dialect: Dialect, run_id: str) -> RunRow:
    """As `lock_run`, for what only active runs allow.

    Raises:
        ResourceDoesNotExist: No run has that id.
        InvalidParameterValue: The run is deleted.
    """
    row = lock_run(cx, dialect, run_id)
    if row.deleted_ms is not None:
        raise InvalidParameterValue(
            f"The run {run_id} must be in the 'active' state. Current state is deleted. Restore it with "
            f"mlflow.restore_run('{run_id}')."
        )
    return row


def forget_document(cx: Connection, run: int) -> None:
    """Drops the cached document of a run that is being written to."""
    cx.run("DELETE FROM run_document WHERE run = ?", (run,))


def no_run(run_id: str) -> ResourceDoesNotExist:
    """The error for an id that no run has."""
    return ResourceDoesNotExist(f"Run with id={run_id} not found")
