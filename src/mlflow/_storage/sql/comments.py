"""Comments about versions, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ledger import Change, Ledger, Subject
from mlflow._storage.sql.registry_rows import find_version
from mlflow._storage.validation import check_text
from mlflow.entities.model_registry.comment import Comment
from mlflow.exceptions import InvalidParameterValue, PermissionDenied, ResourceDoesNotExist

MAX_COMMENT = 65_535
_SELECT = (
    "SELECT c.seq, m.name, c.version, c.body, c.actor, c.created_ms, c.updated_ms FROM model_comment c "
    "JOIN registered_model m ON m.id = c.model WHERE m.deleted_ms IS NULL AND "
)


class SqlComments:
    """Comments about versions, in SQL.

    Args:
        engine: The database.
        ledger: What every change goes through.
    """

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger

    def create(self, name: str, version: str, comment: str) -> Comment:
        _check(comment)

        def work(change: Change) -> Comment:
            row = find_version(change.cx, name, version)
            slot = f"comment/{change.last_seq + 1}"
            seq = change.record("create_comment", row.subject, slot, None, {"comment": comment})
            return _find(change.cx, str(seq))

        return self._ledger.change(work)

    def of_version(self, name: str, version: str) -> list[Comment]:
        with self._engine.snapshot() as cx:
            row = find_version(cx, name, version)
            return _comments(cx, "c.model = ? AND c.version = ? ORDER BY c.seq", (row.model, row.version))

    def update(self, comment_id: str, comment: str) -> Comment:
        _check(comment)

        def work(change: Change) -> Comment:
            _record(change, comment_id, "update_comment", {"comment": comment})
            return _find(change.cx, comment_id)

        return self._ledger.change(work)

    def delete(self, comment_id: str) -> None:
        self._ledger.change(lambda change: _record(change, comment_id, "delete_comment", None))


def _record(change: Change, comment_id: str, action: str, after: dict[str, str] | None) -> None:
    """Records a change of somebody's own comment."""
    found = _find(change.cx, comment_id)
    if found.user_id and found.user_id != change.attribution.actor:
        raise PermissionDenied(f"Only {found.user_id!r}, who made it, can change comment {comment_id}")
    row = change.cx.one("SELECT model FROM model_comment WHERE seq = ?", (int(found.id),))
    assert row is not None  # it was found
    subject = Subject(int(row[0]), found.name, int(found.version))
    change.record(action, subject, f"comment/{found.id}", {"comment": found.comment}, after)


def _check(comment: str) -> None:
    check_text(comment, "comment")
    if not comment.strip():
        raise InvalidParameterValue("Missing value for required parameter 'comment'")
    if len(comment) > MAX_COMMENT:
        raise InvalidParameterValue(f"A comment has at most {MAX_COMMENT} characters, not {len(comment)}")


def _find(cx: Connection, comment_id: str) -> Comment:
    found = []
    if comment_id.isascii() and comment_id.isdecimal() and len(comment_id) < 19:
        found = _comments(cx, "c.seq = ?", (int(comment_id),))
    if not found:
        raise ResourceDoesNotExist(f"There is no comment {comment_id!r}")
    return found[0]


def _comments(cx: Connection, condition: str, parameters: Sequence[object]) -> list[Comment]:
    return [
        Comment(str(seq), name, str(version), body, actor, created, updated)
        for seq, name, version, body, actor, created, updated in cx.all(_SELECT + condition, parameters)
    ]
