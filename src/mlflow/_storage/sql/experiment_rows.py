"""Finding the row of an experiment that something is to be put into."""

from __future__ import annotations

from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.dialects import Dialect
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist


def lock_experiment(cx: Connection, dialect: Dialect, number: int) -> Row:
    """Time of deletion of an experiment whose row is kept from other writers until the transaction ends.

    Raises:
        ResourceDoesNotExist: No experiment has that number.
    """
    return _find(cx, number, dialect.row_lock)


def hold_active_experiment(cx: Connection, dialect: Dialect, number: int) -> None:
    """Keeps an experiment from being deleted until the transaction ends; others may do so at the same time.

    Raises:
        ResourceDoesNotExist: No experiment has that number.
        InvalidParameterValue: It is deleted.
    """
    check_active(number, _find(cx, number, dialect.shared_lock)[0])


def check_active(number: int, deleted_ms: int | None) -> None:
    """Refuses a deleted experiment."""
    if deleted_ms is not None:
        raise InvalidParameterValue(
            f"The experiment {number} must be in the 'active' state. Current state is deleted."
        )


def no_experiment(number: int) -> ResourceDoesNotExist:
    """The error for an id that no experiment has."""
    return ResourceDoesNotExist(f"No Experiment with id={number} exists")


def _find(cx: Connection, number: int, lock: str) -> Row:
    row = cx.one(f"SELECT deleted_ms FROM experiment WHERE id = ?{lock}", (number,))
    if row is None:
        raise no_experiment(number)
    return row
