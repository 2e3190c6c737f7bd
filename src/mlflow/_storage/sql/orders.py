"""Orders: a decision about where a version stands, tried first or made, on what its maker saw."""

from __future__ import annotations

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ledger import Change, Recorded, Rehearsal
from mlflow._storage.sql.moves import (
    check_place,
    check_transition,
    holders_of,
    move_version,
    point_alias,
    remove_alias,
    roll_back,
)
from mlflow._storage.sql.registry_rows import VersionRow, find_registered_model, find_version
from mlflow._storage.sql.transition_requests import ask
from mlflow._storage.validation import check_text
from mlflow.entities.model_registry.order import DecisionOrder, ExpectedState
from mlflow.entities.model_registry.outcome import DecisionOutcome, Effect, PlaceState
from mlflow.exceptions import InvalidParameterValue, ResourceConflict

MOVING = ("transition_stage", "set_alias", "delete_alias", "delete_model_version", "restore_model_version")
"""Events after which somebody may want to think again."""


def carry_out(change: Change, engine: Engine, order: DecisionOrder) -> tuple[int, PlaceState]:
    """Makes a decision.

    Args:
        change: The change that makes it.
        engine: The database.
        order: The decision.

    Returns:
        Number of its event, and what held before.

    Raises:
        ResourceConflict: What its maker saw does not hold any more.
        InvalidParameterValue: There is nothing to be done.
    """
    check_text(order.to, "to")
    place = _place(order)
    cx = change.cx
    model = find_registered_model(cx, order.name)
    row = find_version(cx, order.name, order.version) if order.version else None
    before = _state(cx, change, model.id, place, row)
    _check_expected(cx, model.id, order, before)
    if order.act == "rollback":
        return roll_back(change, engine, order.name, place, order.version or None)[0], before
    if row is None:
        raise InvalidParameterValue("Missing value for required parameter 'version'")
    target = place.partition("/")[2]
    if order.request and order.act in ("stage", "alias"):
        return ask(change, row, place, archive_existing=order.archive_existing), before
    if order.act == "stage":
        seq = move_version(change, engine, row, target, archive_existing=order.archive_existing)
        return seq, before
    if order.act == "alias":
        return point_alias(change, engine, row, target), before
    if row.version not in holders_of(cx, model.id, place):
        raise InvalidParameterValue(f"The alias {target!r} does not point to version {row.version}")
    removed = remove_alias(change, model.id, order.name, target)
    assert removed is not None  # it points to the version
    return removed, before


def rehearse(rehearsal: Rehearsal, engine: Engine, order: DecisionOrder) -> DecisionOutcome:
    """What would come of a decision; only what cannot be decided at all is an error."""
    _, before = carry_out(rehearsal, engine, order)
    first = rehearsal.events[0]
    failed = [outcome.rule for outcome in rehearsal.judged if not outcome.ok]
    return DecisionOutcome(
        None,
        before,
        [_effect(event) for event in rehearsal.events if event.action in MOVING],
        list(rehearsal.judged),
        dict(first.evidence or {}),
        failed == ["approvals"],
    )


def _place(order: DecisionOrder) -> str:
    """The stage or alias that an order is about, as policies name it."""
    if order.act in ("alias", "unalias"):
        return check_place(None, order.to.removeprefix("@"))
    if order.act == "rollback":
        is_alias = order.to.startswith("@")
        return check_place(None if is_alias else order.to or None, order.to[1:] if is_alias else None)
    if order.act == "stage":
        return f"stage/{check_transition(order.to, archive_existing=order.archive_existing)}"
    raise InvalidParameterValue(
        f"Invalid value {order.act!r} for parameter 'act' supplied: use stage, alias, unalias or rollback"
    )


def _state(cx: Connection, change: Change, model: int, place: str, row: VersionRow | None) -> PlaceState:
    holders = tuple(str(version) for version in holders_of(cx, model, place))
    return PlaceState("" if row is None else row.stage, holders, change.last_seq)


def _check_expected(cx: Connection, model: int, order: DecisionOrder, found: PlaceState) -> None:
    expected = order.expected or ExpectedState()
    moved = ""
    if expected.stage is not None and expected.stage != found.stage:
        moved = f"version {order.version} is in the stage {found.stage!r}, not in {expected.stage!r}"
    elif expected.holders is not None and set(expected.holders) != set(found.holders):
        theirs, ours = (", ".join(names) or "no version" for names in (found.holders, expected.holders))
        moved = f"{order.to or 'Production'} is held by {theirs}, not by {ours}"
    marks = ", ".join("?" * len(MOVING))
    last = cx.one(
        f"SELECT seq, actor, action, version FROM decision WHERE model = ? AND action IN ({marks}) "
        "ORDER BY seq DESC LIMIT 1",
        (model, *MOVING),
    )
    if not moved and expected.seq is not None and last is not None and last[0] > expected.seq:
        moved = f"something was decided about it after event {expected.seq}"
    if moved:
        latest = "" if last is None else f" (event {last[0]}: {last[2]} of version {last[3]} by {last[1]!r})"
        raise ResourceConflict(
            f"The state of {order.name!r} moved in between: {moved}{latest}. Look at it again, then decide"
        )


def _effect(event: Recorded) -> Effect:
    version, name = str(event.subject.version), event.subject.name
    member = "stage" if event.action == "transition_stage" else "version"
    before = str((event.before or {}).get(member, ""))
    after = str((event.after or {}).get(member, ""))
    if event.action == "transition_stage":
        text = f"Version {version} moves from {before} to {after}."
        if after not in ("None", "Archived"):
            text += f" models:/{name}/{after} gives the newest version there from now on."
        return Effect(version, event.action, before, after, text)
    alias = event.slot.partition("/")[2]
    if event.action == "delete_alias":
        return Effect(
            version, event.action, before, after, f"The alias @{alias} of version {version} is removed."
        )
    instead = f" instead of version {before}" if before and before != version else ""
    text = f"The alias @{alias} points to version {version}{instead}. models:/{name}@{alias} gives it from now on."
    return Effect(version, event.action, before, after, text)
