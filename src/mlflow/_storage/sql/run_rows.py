"""Finding the row of a run that something is to be written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mlflow._base.ids import number_of_id
from mlflow._storage.sql.connection import Connection, Deferred
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.ids import find_number
from mlflow._storage.validation import check_run_id
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist

_CHUNK = 500


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
        if number in cx.held:
            held: RunRow | None = cx.held[number]
            if held is None:
                raise no_run(run_id)
            return held
        row = cx.one(f"SELECT experiment, deleted_ms FROM run WHERE id = ?{dialect.row_lock}", (number,))
        if row is not None:
            return RunRow(number, row[0], row[1])
    raise no_run(run_id)


def lock_runs(cx: Connection, dialect: Dialect, numbers: Iterable[int]) -> dict[int, RunRow]:
    """The rows of those runs that exist, kept from other writers until the transaction ends; locked in the order of
    their numbers, as by everybody.
    """
    size = 1 if dialect.distributed else _CHUNK
    wanted = sorted(numbers)
    found: dict[int, RunRow] = {}
    for start in range(0, len(wanted), size):
        chunk = wanted[start : start + size]
        which = "= ?" if len(chunk) == 1 else f"IN ({', '.join('?' * len(chunk))}) ORDER BY id"
        for row in cx.all(
            f"SELECT id, experiment, deleted_ms FROM run WHERE id {which}{dialect.row_lock}", chunk
        ):
            found[row[0]] = RunRow(*row)
    return found


def hold_runs(cx: Connection, dialect: Dialect, run_ids: Iterable[str]) -> None:
    """Keeps other writers from runs that operations of this transaction will look for, with one statement."""
    numbers = {number for run_id in run_ids if (number := number_of_id(run_id)) is not None}
    if numbers and not dialect.distributed:
        cx.held = {**dict.fromkeys(numbers), **lock_runs(cx, dialect, numbers)}


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


def with_nested(cx: Connection, runs: Sequence[int]) -> list[int]:
    """Numbers of runs and of all runs below them, sorted; deleted ones too."""
    found = set(runs)
    level = sorted(found)
    while level:
        below: set[int] = set()
        for start in range(0, len(level), _CHUNK):
            chunk = level[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            below.update(row[0] for row in cx.all(f"SELECT id FROM run WHERE parent IN ({marks})", chunk))
        level = sorted(below - found)
        found |= below
    return sorted(found)


def forget_document(cx: Connection, run: int) -> None:
    """Drops the cached document of a run that is being written to."""
    cx.defer(_DOCUMENTS, run)


def _delete_documents(cx: Connection, runs: Sequence[int]) -> None:
    for start in range(0, len(runs), _CHUNK):
        chunk = runs[start : start + _CHUNK]
        cx.run(f"DELETE FROM run_document WHERE run IN ({', '.join('?' * len(chunk))})", chunk)


_DOCUMENTS = Deferred(_delete_documents)


def no_run(run_id: str) -> ResourceDoesNotExist:
    """The error for an id that no run has."""
    return ResourceDoesNotExist(f"Run with id={run_id} not found")
