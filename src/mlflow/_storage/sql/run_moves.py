"""Moving runs to another experiment, with all that is stored below their experiment's number."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.inputs import move_datasets
from mlflow._storage.sql.run_rows import lock_active_run, lock_runs, with_nested

_LOGGED = ("metric", "param", "tag")
_WITH_FILES = {"run": "id", "logged_model": "source_run"}
_CHUNK = 500


def move_runs(cx: Connection, engine: Engine, run_ids: Sequence[str], experiment: int) -> list[str]:
    """Moves runs, those below them and their logged models to an experiment that the caller holds.

    Returns:
        Ids of the runs that were elsewhere before.

    Raises:
        ResourceDoesNotExist: A run does not exist.
        InvalidParameterValue: A run is deleted.
    """
    named = [lock_active_run(cx, engine.dialect, run_id).number for run_id in sorted(set(run_ids))]
    held = lock_runs(cx, engine.dialect, with_nested(cx, named))
    elsewhere = [number for number, run in held.items() if run.experiment != experiment]
    moved: list[str] = []
    for start in range(0, len(elsewhere), _CHUNK):
        chunk = elsewhere[start : start + _CHUNK]
        _move(cx, chunk, experiment)
        moved += [row[0] for row in cx.all(f"SELECT uuid FROM run WHERE id IN ({_marks(chunk)})", chunk)]
    return moved


def _move(cx: Connection, runs: Sequence[int], experiment: int) -> None:
    among = f"IN ({_marks(runs)})"
    for table, column in _WITH_FILES.items():
        # Their files stay: the experiment they were made in goes on to say where.
        cx.run(
            f"UPDATE {table} SET home = NULLIF(COALESCE(home, experiment), ?), experiment = ? WHERE {column} {among}",
            (experiment, experiment, *runs),
        )
    for table in _LOGGED:
        cx.run(f"UPDATE {table} SET experiment = ? WHERE run {among}", (experiment, *runs))
    for run in runs:
        move_datasets(cx, run, experiment)


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))
