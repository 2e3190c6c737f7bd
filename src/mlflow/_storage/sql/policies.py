"""Policies of the registry in SQL."""

from __future__ import annotations

from typing import Any, NamedTuple

from mlflow._base.attribution import Attribution, current_attribution
from mlflow._base.clock import now_ms
from mlflow._policy.judging import Approval, Case, judge
from mlflow._policy.policy import Policy
from mlflow._policy.reading import read_place, read_policies
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.evidence import Evidence, collect_evidence
from mlflow._storage.sql.ledger import Change, Ledger, Subject
from mlflow._storage.sql.manifests import manifest_evidence
from mlflow._storage.sql.registry_rows import VersionRow, find_version
from mlflow._storage.validation import check_text
from mlflow.entities.model_registry.policy import OpenReview, RegistryPolicy, RuleOutcome
from mlflow.exceptions import (
    InvalidParameterValue,
    PermissionDenied,
    PolicyNotMet,
    ResourceDoesNotExist,
)

_DAY_MS = 24 * 60 * 60 * 1000
_NO_MODEL = Subject(0, "")


class Verdict(NamedTuple):
    """What goes into the event of a decision that may be made.

    Attributes:
        evidence: What is known of the version, with the outcome of its policies.
        after: What the event's state has beside the change: until when it has to be reviewed, if it has.
    """

    evidence: Evidence | None
    after: dict[str, Any]


class Requested(NamedTuple):
    """The request that a decision follows.

    Attributes:
        seq: Number of its event.
        actor: Who asked; approvals are those of others.
    """

    seq: int
    actor: str


class SqlPolicies:
    """Policies of the registry in SQL.

    Args:
        engine: The database.
        ledger: What every change goes through.
    """

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger

    def get(self) -> RegistryPolicy | None:
        with self._engine.reading() as cx:
            return _policy(cx)

    def set(self, text: str) -> None:
        check_text(text, "text")
        if text:
            read_policies(text)

        def work(change: Change) -> None:
            found = _policy(change.cx)
            before = None if found is None else {"text": found.text}
            if before != (after := {"text": text} if text else None):
                change.record("set_policy", _NO_MODEL, "policy", before, after)

        self._ledger.change(work)

    def check(self, name: str, version: str, target: str) -> list[RuleOutcome]:
        place = read_place(target)
        with self._engine.snapshot() as cx:
            row = find_version(cx, name, version)
            evidence = version_evidence(cx, self._engine, row)
            return _judge(cx, row, place, evidence, current_attribution())

    def approve(self, name: str, version: str, target: str) -> None:
        place = read_place(target)

        def work(change: Change) -> None:
            row = find_version(change.cx, name, version)
            record_approval(change, self._engine, row, place)

        self._ledger.change(work)

    def reviews(self) -> list[OpenReview]:
        with self._engine.reading() as cx:
            rows = cx.all(
                "SELECT o.seq, m.name, o.actor, o.due_ms FROM open_review o "
                "JOIN registered_model m ON m.id = o.model ORDER BY o.seq"
            )
            return [OpenReview(*row) for row in rows]

    def review(self, event: int) -> None:
        def work(change: Change) -> None:
            cx = change.cx
            row = cx.one(
                "SELECT d.model, d.name, d.version, o.actor FROM open_review o JOIN decision d ON d.seq = o.seq "
                "WHERE o.seq = ?",
                (event,),
            )
            if row is None:
                raise ResourceDoesNotExist(f"No decision {event} waits for a review")
            change.require_reason("A review")
            if change.attribution.actor in ("", row[3]):
                raise PermissionDenied(f"Somebody other than {row[3]!r} has to review decision {event}")
            change.record("review_decision", Subject(*row[:3]), "", None, {"event": event})

        self._ledger.change(work)


def record_approval(change: Change, engine: Engine, row: VersionRow, place: str) -> int:
    """Records that somebody agrees that a version gets a place; returns the number of the event."""
    if not change.attribution.actor:
        raise InvalidParameterValue(
            "An approval needs to come from somebody: send the header X-Headrace-Actor"
        )
    evidence = version_evidence(change.cx, engine, row)
    slot = f"approval/{row.version}/{place}"
    return change.record("approve_model_version", row.subject, slot, None, {"place": place}, evidence)


def enforce(
    change: Change, engine: Engine, row: VersionRow, place: str, requested: Requested | None = None
) -> Verdict:
    """Lets a version get a place if the policies do.

    Args:
        change: The change that gives it.
        engine: The database.
        row: The version.
        place: `stage/Production`, `alias/champion`.
        requested: The request that it follows.

    Raises:
        PolicyNotMet: A rule is not met, and the glass was not broken; the message names it and what would meet it.
    """
    evidence = version_evidence(change.cx, engine, row)
    by, after = change.attribution, {}
    if requested is not None:
        by, after = by._replace(actor=requested.actor), {"request": requested.seq}
    outcomes = _judge(change.cx, row, place, evidence, by)
    change.judged += outcomes
    if not outcomes:
        return Verdict(evidence or None, after)
    failed = [outcome for outcome in outcomes if not outcome.ok]
    evidence["policy"] = {
        "event": _event(change.cx),
        "outcome": "broken" if failed else "met",
        "rules": [dict(outcome) for outcome in outcomes],
    }
    if not failed:
        return Verdict(evidence, after)
    days = _review_days(change.cx, row.name, place)
    if not by.break_glass or days is None:
        change.refuse(_refused(row, place, failed, days))
        return Verdict(evidence, after)
    change.require_reason("A decision against a policy")
    return Verdict(evidence, {**after, "review_by": change.time_ms + int(days * _DAY_MS)})


def has_one_holder(cx: Connection, name: str, place: str) -> bool:
    """Whether a policy wants a place of a model to be held by one version alone."""
    return any(item.one_holder for item in _covering(cx, name, place))


def version_evidence(cx: Connection, engine: Engine, row: VersionRow) -> Evidence:
    """What is known of a version now: its run, its logged model, its files."""
    evidence = collect_evidence(cx, engine, row.run_id, row.model_id) or {}
    if manifest := manifest_evidence(cx, row.id):
        evidence["manifest"] = manifest
    return evidence


def _policy(cx: Connection) -> RegistryPolicy | None:
    row = cx.one("SELECT body, seq FROM registry_policy WHERE id = 1")
    return None if row is None else RegistryPolicy(*row)


def _event(cx: Connection) -> int:
    found = _policy(cx)
    return 0 if found is None else found.event


def _covering(cx: Connection, name: str, place: str) -> list[Policy]:
    """The policies that have a say when a version of a model gets a place."""
    policy = _policy(cx)
    return [] if policy is None else [item for item in read_policies(policy.text) if item.covers(name, place)]


def _judge(
    cx: Connection, row: VersionRow, place: str, evidence: Evidence, by: Attribution
) -> list[RuleOutcome]:
    covering = _covering(cx, row.name, place)
    if not covering:
        return []
    approvals = [
        Approval(*found)
        for found in cx.all(
            "SELECT actor, time_ms FROM model_approval WHERE model = ? AND version = ? AND target = ? ORDER BY 1",
            (row.model, row.version, place),
        )
    ]
    case = Case(
        row.name, str(row.version), place, by.actor, by.reason, by.ticket, evidence, approvals, now_ms()
    )
    return judge(covering, case)


def _review_days(cx: Connection, name: str, place: str) -> float | None:
    """Within which a decision against the policies has to be reviewed; `None` if one of them allows none."""
    days = [item.review_days for item in _covering(cx, name, place)]
    known = [item for item in days if item is not None]
    return min(known) if len(known) == len(days) else None


def _refused(row: VersionRow, place: str, failed: list[RuleOutcome], days: float | None) -> PolicyNotMet:
    rules = "; ".join(f"{outcome.rule}: {outcome.found}. {outcome.remedy}".rstrip(".") for outcome in failed)
    emergency = (
        ""
        if days is None
        else f". In an emergency, break the glass (--break-glass, or mlflow.decision(break_glass=True)): somebody else "
        f"has to review it within {days:g} days"
    )
    kind, _, name = place.partition("/")
    return PolicyNotMet(
        f"The policy does not let version {row.version} of {row.name!r} have the {kind} {name!r}. {rules}{emergency}.",
        rules=[dict(outcome) for outcome in failed],
    )
