"""Numbers of ids, those that were made elsewhere included."""

from __future__ import annotations

from mlflow._base.ids import number_of_id
from mlflow._storage.sql.connection import Connection


def find_number(cx: Connection, uuid: str) -> int | None:
    """Number of a run's or model's id (without `m-`); `None` when it can belong to nothing here."""
    number = number_of_id(uuid)
    if number is not None:
        return number
    row = cx.one("SELECT number FROM foreign_id WHERE id = ?", (uuid,))
    return None if row is None else int(row[0])
