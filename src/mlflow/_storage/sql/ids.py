"""Numbers of ids, those that were made elsewhere included."""

from __future__ import annotations

from mlflow._base.ids import new_number, number_of_id
from mlflow._storage.sql.connection import Connection
from mlflow._storage.validation import is_storable


def find_number(cx: Connection, uuid: str) -> int | None:
    """Number of a run's or model's id (without `m-`); `None` when it can belong to nothing here."""
    number = number_of_id(uuid)
    if number is not None or not is_storable(uuid):
        return number
    row = cx.one("SELECT number FROM foreign_id WHERE id = ?", (uuid,))
    return None if row is None else int(row[0])


def adopt_id(cx: Connection, uuid: str) -> int:
    """Number for an id that may have been made elsewhere, the same ever after. Needs a writing transaction."""
    while (number := find_number(cx, uuid)) is None:
        drawn = new_number()
        if not cx.all(
            "SELECT 1 FROM run WHERE id = ? UNION SELECT 1 FROM logged_model WHERE id = ?", (drawn, drawn)
        ):
            cx.run("INSERT INTO foreign_id (id, number) VALUES (?, ?) ON CONFLICT DO NOTHING", (uuid, drawn))
    return number
