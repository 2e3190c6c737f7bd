"""Telling webhooks what becomes of runs."""

from __future__ import annotations

from mlflow._base.clock import now_ms
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.outbox import announce
from mlflow._webhooks.payloads import Announcement
from mlflow.entities.run_status import RunStatus

_ACTIONS = {RunStatus.FINISHED: "finished", RunStatus.FAILED: "failed", RunStatus.KILLED: "killed"}


def announce_status(cx: Connection, engine: Engine, number: int, status: int) -> None:
    """Queues that a run gets another status, before it does, if that ends it."""
    if status not in _ACTIONS or not engine.subscriptions.want(cx, "run"):
        return
    row = cx.one("SELECT status FROM run WHERE id = ?", (number,))
    if row is not None and row[0] != status:
        announce_run(cx, engine, number, _ACTIONS[status], status)


def announce_run(cx: Connection, engine: Engine, number: int, action: str, status: int | None = None) -> None:
    """Queues what happens to a run, if somebody wants to be told.

    Args:
        cx: Connection of the transaction in which it happens.
        engine: The database.
        number: Number of the run.
        action: What happens.
        status: Status that it gets; the one it has by default.
    """
    if not engine.subscriptions.want(cx, "run"):
        return
    row = cx.one("SELECT uuid, experiment, name, user_id, status FROM run WHERE id = ?", (number,))
    assert row is not None  # it is locked, or was just made
    run_id, experiment, name, user_id, current = row
    data = {
        "run_id": run_id,
        "experiment_id": str(experiment),
        "run_name": name,
        "user_id": user_id,
        "status": RunStatus.to_string(current if status is None else status),
    }
    announce(cx, Announcement("run", action, data), now_ms())
