"""Leases in SQL.

Times are those of the process that writes, which is the server's where there is one: the clocks of clients do not
matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._base.clock import now_ms
from mlflow._storage.interface.leases import LOST
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.documents import keep_documents
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.run_announcements import announce_status
from mlflow._storage.sql.run_rows import RunRow, forget_document, lock_run
from mlflow._storage.sql.tags import write_tags
from mlflow._storage.validation import check_lease, check_run_id, check_time
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from mlflow.exceptions import ResourceDoesNotExist

_EXPIRED_AT_ONCE = 1000
_LONGEST_WATCH_MS = 60_000


class SqlLeases:
    """Leases in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def renew(self, run_ids: Sequence[str], lease_ms: int, seen_ms: int | None = None) -> None:
        check_lease(lease_ms)
        if seen_ms is not None:
            check_time(seen_ms, "seen_ms")
        wanted = sorted({check_run_id(run_id) for run_id in run_ids})
        for run_id in wanted:
            self._renew_one(run_id, lease_ms, seen_ms)

    def expire(self, since_ms: int = 0) -> list[str]:
        """Looks without writing: nearly always there is nothing to do."""
        now = now_ms()
        watched_ms = now - since_ms
        with self._engine.reading() as cx:
            rows = cx.all(
                "SELECT r.uuid FROM run_lease l JOIN run r ON r.id = l.run "
                "WHERE l.expires_ms < ? AND (l.expires_ms - l.seen_ms < ? OR ? > ?) ORDER BY l.expires_ms LIMIT ?",
                (now, watched_ms, watched_ms, _LONGEST_WATCH_MS, _EXPIRED_AT_ONCE),
            )
        return [run_id for (run_id,) in rows if self._expire_one(run_id)]

    def _expire_one(self, run_id: str) -> bool:
        return self._engine.write(lambda cx: self._expire(cx, run_id), run_id)

    def _renew_one(self, run_id: str, lease_ms: int, seen_ms: int | None) -> None:
        self._engine.write(lambda cx: self._renew(cx, run_id, lease_ms, seen_ms), run_id)

    def _renew(self, cx: Connection, run_id: str, lease_ms: int, seen_ms: int | None) -> None:
        number = find_number(cx, run_id)
        if number is None:
            return
        now = now_ms()
        seen = now if seen_ms is None else min(seen_ms, now)
        if cx.run(
            "UPDATE run_lease SET seen_ms = CASE WHEN seen_ms > ? THEN seen_ms ELSE ? END, expires_ms = ? "
            "WHERE run = ? AND expires_ms IS NOT NULL",
            (seen, seen, now + lease_ms, number),
        ):
            return
        try:
            run = lock_run(cx, self._engine.dialect, run_id)
        except ResourceDoesNotExist:
            return
        if seen_ms is None and end_lease(cx, self._engine, run):
            cx.run("UPDATE run SET status = ?, end_ms = NULL WHERE id = ?", (RunStatus.RUNNING, run.number))
            forget_document(cx, run.number)
        cx.run(
            "INSERT INTO run_lease (run, seen_ms, expires_ms) SELECT id, ?, ? FROM run "
            "WHERE id = ? AND status = ? AND deleted_ms IS NULL ON CONFLICT (run) DO NOTHING",
            (seen, now + lease_ms, run.number, RunStatus.RUNNING),
        )

    def _expire(self, cx: Connection, run_id: str) -> bool:
        """Ends a run unless a sign came in between; returns whether it did."""
        run = lock_run(cx, self._engine.dialect, run_id)
        row = cx.one(
            "SELECT l.seen_ms, r.status FROM run_lease l JOIN run r ON r.id = l.run "
            "WHERE l.run = ? AND l.expires_ms < ?",
            (run.number, now_ms()),
        )
        if row is None:
            return False
        seen_ms, status = row
        if status != RunStatus.RUNNING or run.deleted_ms is not None:
            end_lease(cx, self._engine, run)
            return False
        cx.run("UPDATE run_lease SET expires_ms = NULL WHERE run = ?", (run.number,))
        announce_status(cx, self._engine, run.number, RunStatus.KILLED)
        cx.run("UPDATE run SET status = ?, end_ms = ? WHERE id = ?", (RunStatus.KILLED, seen_ms, run.number))
        write_tags(cx, self._engine, run, [RunTag(LOST, str(seen_ms))])
        forget_document(cx, run.number)
        keep_documents(self._engine, cx, [run.number])
        return True


def end_lease(cx: Connection, engine: Engine, run: RunRow) -> bool:
    """Drops the lease of a run whose state is told by somebody; returns whether it had been taken for lost."""
    row = cx.one("DELETE FROM run_lease WHERE run = ? RETURNING expires_ms", (run.number,))
    if row is None or row[0] is not None:
        return False
    key = engine.keys.find(cx, LOST)
    cx.run("DELETE FROM tag WHERE run = ? AND key = ?", (run.number, key))
    forget_document(cx, run.number)
    return True
