"""Tags of runs in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.run_names import RUN_NAME
from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.params import number_of
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_active_run
from mlflow._storage.validation import check_run_tag
from mlflow.entities.tag import RunTag
from mlflow.exceptions import ResourceDoesNotExist

PARENT = "mlflow.parentRunId"
_TAGS = Columns(
    "tag", run="bigint", key="bigint", experiment="bigint", value="text", number="double precision"
)
_REPLACE = "ON CONFLICT (run, key) DO UPDATE SET value = excluded.value, number = excluded.number"


def write_tags(cx: Connection, engine: Engine, run: RunRow, tags: Sequence[RunTag]) -> None:
    """Sets tags of a run, whose row the caller holds; no key twice."""
    numbers = engine.keys.numbers(cx, [tag.key for tag in tags])
    rows = [(run.number, numbers[tag.key], run.experiment, tag.value, number_of(tag.value)) for tag in tags]
    cx.insert(_TAGS, sorted(rows), _REPLACE)
    for tag in tags:
        if tag.key == RUN_NAME:
            cx.run("UPDATE run SET name = ? WHERE id = ?", (tag.value, run.number))
        elif tag.key == PARENT:
            _set_parent(cx, run, find_number(cx, tag.value))


def _set_parent(cx: Connection, run: RunRow, parent: int | None) -> None:
    """Makes a run the child of another, or of none; one that would be its own ancestor stays a root."""
    above, seen = parent, {run.number}
    while above is not None:  # a few steps; a recursive statement would need a distributed table in one place
        if above in seen:
            parent = None
            break
        seen.add(above)
        row = cx.one("SELECT parent FROM run WHERE id = ?", (above,))
        above = row[0] if row else None
    cx.run("UPDATE run SET parent = ? WHERE id = ?", (parent, run.number))


class SqlTags:
    """Tags of runs in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, run_id: str, tag: RunTag) -> None:
        checked = check_run_tag(tag)
        engine = self._engine

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, engine.dialect, run_id)
            write_tags(cx, engine, run, (checked,))
            forget_document(cx, run.number)

        engine.write(work, run_id)

    def delete(self, run_id: str, key: str) -> None:
        engine = self._engine

        def work(cx: Connection) -> None:
            run = lock_active_run(cx, engine.dialect, run_id)
            number = engine.keys.find(cx, key)
            if number is None or not cx.run(
                "DELETE FROM tag WHERE run = ? AND key = ?", (run.number, number)
            ):
                raise ResourceDoesNotExist(f"No tag with name: {key} in run with id {run_id}")
            if key == PARENT:
                _set_parent(cx, run, None)
            forget_document(cx, run.number)

        engine.write(work, run_id)
