"""Requests to move versions, in SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from mlflow._policy.reading import read_place, show_place
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ledger import Change, Ledger, Subject
from mlflow._storage.sql.moves import check_transition, move_version, point_alias
from mlflow._storage.sql.policies import Requested, record_approval
from mlflow._storage.sql.registry_rows import VersionRow, find_version
from mlflow._storage.validation import check_text
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.transition_request import TransitionRequest
from mlflow.exceptions import (
    PermissionDenied,
    PolicyNotMet,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)

if TYPE_CHECKING:
    from mlflow._storage.sql.decisions import SqlDecisions

_COLUMNS = "q.seq, d.time_ms, m.name, q.version, q.target, q.archive, d.actor, q.model"
_TABLES = "transition_request q JOIN decision d ON d.seq = q.seq JOIN registered_model m ON m.id = q.model"
_LIVE = (
    "m.deleted_ms IS NULL AND EXISTS (SELECT 1 FROM model_version v WHERE v.model = q.model AND v.version = q.version "
    "AND v.deleted_ms IS NULL)"
)


class _Row(NamedTuple):
    """An open request, by `_COLUMNS`."""

    seq: int
    time_ms: int
    name: str
    version: int
    place: str
    archive: int
    actor: str
    model: int

    @property
    def subject(self) -> Subject:
        return Subject(self.model, self.name, self.version)

    @property
    def slot(self) -> str:
        return f"request/{self.seq}"


class SqlTransitionRequests:
    """Requests to move versions, in SQL.

    Args:
        engine: The database.
        ledger: What every change goes through.
        decisions: What events are read with.
    """

    def __init__(self, engine: Engine, ledger: Ledger, decisions: SqlDecisions) -> None:
        self._engine = engine
        self._ledger = ledger
        self._decisions = decisions

    def create(self, name: str, version: str, to: str, archive_existing: bool = False) -> TransitionRequest:
        place = read_place(to)
        if place.startswith("stage/"):
            check_transition(to, archive_existing=archive_existing)

        def work(change: Change) -> int:
            row = find_version(change.cx, name, version)
            return ask(change, row, place, archive_existing=archive_existing)

        seq = self._ledger.change(work)
        (found,) = self._requests("q.seq = ?", seq)
        return found

    def pending(self, name: str = "", version: str = "") -> list[TransitionRequest]:
        if not name:
            return self._requests("1 = 1")
        check_text(name, "name")
        if not version:
            return self._requests("m.name = ?", name)
        with self._engine.reading() as cx:
            row = find_version(cx, name, version)
        return self._requests("q.model = ? AND q.version = ?", row.model, row.version)

    def approve(self, seq: int, archive_existing: bool | None = None) -> Decision:
        def work(change: Change) -> int:
            asked = _find(change.cx, seq)
            actor = change.attribution.actor
            if actor and actor == asked.actor:
                raise PermissionDenied(
                    f"{actor!r} asked for it; somebody else has to approve request {seq}, or reject it"
                )
            row = find_version(change.cx, asked.name, str(asked.version))
            change.explain(*_why(change.cx, seq))
            approved = record_approval(change, self._engine, row, asked.place)
            try:
                return self._grant(change, row, asked, archive_existing)
            except PolicyNotMet as error:
                if [rule["rule"] for rule in error.json_kwargs["rules"]] == ["approvals"]:
                    return approved
                raise

        return self._decisions.get(self._ledger.change(work))

    def reject(self, seq: int) -> Decision:
        def work(change: Change) -> int:
            return _close(change, _find(change.cx, seq), "reject_transition")

        return self._decisions.get(self._ledger.change(work))

    def withdraw(self, seq: int) -> Decision:
        def work(change: Change) -> int:
            asked = _find(change.cx, seq)
            if asked.actor and asked.actor != change.attribution.actor:
                raise PermissionDenied(f"{asked.actor!r} asked for it; others can reject request {seq}")
            return _close(change, asked, "withdraw_transition")

        return self._decisions.get(self._ledger.change(work))

    def _grant(self, change: Change, row: VersionRow, asked: _Row, archive_existing: bool | None) -> int:
        requested = Requested(asked.seq, asked.actor)
        kind, _, target = asked.place.partition("/")
        if kind == "alias":
            return point_alias(change, self._engine, row, target, requested=requested)
        archive = bool(asked.archive) if archive_existing is None else archive_existing
        stage = check_transition(target, archive_existing=archive)
        return move_version(change, self._engine, row, stage, archive_existing=archive, requested=requested)

    def _requests(self, condition: str, *parameters: object) -> list[TransitionRequest]:
        with self._engine.snapshot() as cx:
            rows = [
                _Row(*row)
                for row in cx.all(
                    f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {condition} AND {_LIVE} ORDER BY q.seq",
                    parameters,
                )
            ]
            return [_request(cx, row) for row in rows]


def ask(change: Change, row: VersionRow, place: str, *, archive_existing: bool) -> int:
    """Records that somebody asks for a place; returns the number of the event.

    Raises:
        ResourceAlreadyExists: They ask for it already.
    """
    asked = change.cx.one(
        "SELECT q.seq FROM transition_request q JOIN decision d ON d.seq = q.seq "
        "WHERE q.model = ? AND q.version = ? AND q.target = ? AND d.actor = ?",
        (row.model, row.version, place, change.attribution.actor),
    )
    if asked is not None:
        raise ResourceAlreadyExists(
            f"Request {asked[0]} asks for that already; it waits for somebody else to approve it"
        )
    change.explain_by_tags(row.subject)
    after = {"place": place, "archive_existing": archive_existing}
    slot = f"request/{change.last_seq + 1}"
    return change.record("request_transition", row.subject, slot, None, after)


def _find(cx: Connection, seq: int) -> _Row:
    row = cx.one(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE q.seq = ? AND {_LIVE}", (seq,))
    if row is None:
        raise ResourceDoesNotExist(f"No request {seq} is open; it was answered or withdrawn, or never made")
    return _Row(*row)


def _close(change: Change, asked: _Row, action: str) -> int:
    before = {"place": asked.place}
    return change.record(action, asked.subject, asked.slot, before, None)


def _request(cx: Connection, row: _Row) -> TransitionRequest:
    approvals = cx.all(
        "SELECT actor FROM model_approval WHERE model = ? AND version = ? AND target = ? ORDER BY seq",
        (row.model, row.version, row.place),
    )
    return TransitionRequest(
        row.seq,
        row.time_ms,
        row.name,
        str(row.version),
        show_place(row.place),
        bool(row.archive),
        row.actor,
        *_why(cx, row.seq),
        tuple(actor for (actor,) in approvals),
    )


def _why(cx: Connection, seq: int) -> tuple[str, str]:
    """Reason and ticket of an event; empty if there are none, or they were erased."""
    row = cx.one("SELECT why FROM decision WHERE seq = ?", (seq,))
    why = json.loads(row[0]) if row is not None and row[0] else {}
    return why.get("reason", ""), why.get("ticket", "")
