"""What may be decided about where a version stands: moving it to a stage, an alias, and back to what held before."""

from __future__ import annotations

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ledger import Change, Contents, Subject
from mlflow._storage.sql.policies import Requested, enforce, has_one_holder, version_evidence
from mlflow._storage.sql.registry_rows import VersionRow, find_registered_model, find_version
from mlflow._storage.sql.tenure import Arrival, Tenure
from mlflow._storage.validation import check_alias, check_version_number
from mlflow.entities.model_registry.model_version_stages import (
    ACTIVE_STAGES,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    get_canonical_stage,
)
from mlflow.exceptions import InvalidParameterValue, ResourceConflict, ResourceDoesNotExist


def check_transition(stage: str, *, archive_existing: bool) -> str:
    """The stage that a text names.

    Raises:
        InvalidParameterValue: There is no such stage, or its versions cannot be archived.
    """
    wanted = get_canonical_stage(stage)
    if archive_existing and wanted not in ACTIVE_STAGES:
        raise InvalidParameterValue(
            f"Versions in the stage {wanted!r} cannot be archived by a transition: archive_existing_versions goes "
            f"with {' and '.join(ACTIVE_STAGES)} alone"
        )
    return wanted


def move_version(
    change: Change,
    engine: Engine,
    row: VersionRow,
    stage: str,
    *,
    archive_existing: bool,
    requested: Requested | None = None,
) -> int:
    """Moves a version to a stage, if the policies let it.

    Args:
        change: The change that moves it.
        engine: The database.
        row: The version.
        stage: A stage, as `check_transition` gives it.
        archive_existing: Whether other versions in that stage are archived.
        requested: The request that it follows.

    Returns:
        Number of the event.
    """
    change.explain_by_tags(row.subject)
    verdict = enforce(change, engine, row, f"stage/{stage}", requested)
    seq = _move(change, row.subject, row.stage, {"stage": stage, **verdict.after}, verdict.evidence)
    if archive_existing or (stage in ACTIVE_STAGES and has_one_holder(change.cx, row.name, f"stage/{stage}")):
        _archive_others(change, row, stage)
    return seq


def point_alias(
    change: Change, engine: Engine, row: VersionRow, alias: str, requested: Requested | None = None
) -> int:
    """Makes an alias point to a version, if the policies let it; returns the number of the event."""
    slot = f"alias/{check_alias(alias)}"
    before = _aliased(change.cx, row.model, alias)
    change.explain_by_tags(row.subject)
    verdict = enforce(change, engine, row, slot, requested)
    after = {"alias": alias, "version": str(row.version), **verdict.after}
    return change.record("set_alias", row.subject, slot, before, after, verdict.evidence)


def remove_alias(change: Change, model: int, name: str, alias: str) -> int | None:
    """Removes an alias of a model; returns the number of the event, `None` if there is no such alias."""
    before = _aliased(change.cx, model, check_alias(alias))
    if before is None:
        return None
    subject = Subject(model, name, int(before["version"]))
    change.explain_by_tags(subject)
    return change.record("delete_alias", subject, f"alias/{alias}", before, None)


def check_place(stage: str | None, alias: str | None) -> str:
    """A stage or an alias as policies name it: `stage/Production`, which it is by default, or `alias/champion`."""
    if alias is not None:
        return f"alias/{check_alias(alias)}"
    return f"stage/{get_canonical_stage(stage or STAGE_PRODUCTION)}"


def roll_back(
    change: Change,
    engine: Engine,
    name: str,
    place: str,
    to: str | None = None,
    at_ms: int | None = None,
) -> tuple[int, VersionRow]:
    """Gives a place back to a version that held it.

    Args:
        change: The change that does it.
        engine: The database.
        name: The registered model.
        place: `stage/Production`, `alias/champion`.
        to: The version; the one before the present one by default.
        at_ms: The one that held it then instead.

    Returns:
        Number of the event, and the version.
    """
    number = None if to is None else check_version_number(to)
    cx = change.cx
    model = find_registered_model(cx, name)
    change.require_reason("A rollback")
    entry = _target(Tenure(cx, model.id, place), name, place, number, at_ms)
    row = _rollback_row(cx, name, entry.version)
    evidence = version_evidence(cx, engine, row)
    evidence["rollback"] = {"event": entry.seq, "at": entry.time_ms}
    kind, _, held = place.partition("/")
    if kind == "alias":
        before = _aliased(cx, model.id, held)
        after = {"alias": held, "version": str(row.version)}
        return change.record("set_alias", row.subject, place, before, after, evidence), row
    seq = _move(change, row.subject, row.stage, {"stage": held}, evidence)
    _archive_others(change, row, held)
    return seq, row


def holders_of(cx: Connection, model: int, place: str) -> list[int]:
    """The versions that hold a place now, by number."""
    kind, _, held = place.partition("/")
    if kind == "alias":
        rows = cx.all("SELECT version FROM model_alias WHERE model = ? AND alias = ?", (model, held))
    else:
        rows = cx.all(
            "SELECT version FROM model_version WHERE model = ? AND stage = ? AND deleted_ms IS NULL ORDER BY version",
            (model, held),
        )
    return [int(row[0]) for row in rows]


def _archive_others(change: Change, row: VersionRow, stage: str) -> None:
    for other in holders_of(change.cx, row.model, f"stage/{stage}"):
        if other != row.version:
            _move(change, Subject(row.model, row.name, other), stage, {"stage": STAGE_ARCHIVED}, None)


def _move(change: Change, subject: Subject, before: str, after: Contents, evidence: Contents | None) -> int:
    return change.record(
        "transition_stage", subject, f"stage/{subject.version}", {"stage": before}, after, evidence
    )


def _aliased(cx: Connection, model: int, alias: str) -> dict[str, str] | None:
    """What an alias points to, as events say it."""
    row = cx.one("SELECT version FROM model_alias WHERE model = ? AND alias = ?", (model, alias))
    return None if row is None else {"alias": alias, "version": str(row[0])}


def _target(tenure: Tenure, name: str, place: str, version: int | None, at_ms: int | None) -> Arrival:
    """Who gets a place back.

    Raises:
        ResourceDoesNotExist: Nobody held it then.
        InvalidParameterValue: The version never held it.
        ResourceConflict: It holds it already.
    """
    kind, _, held = place.partition("/")
    present = tenure.holder()
    if version is not None:
        found = tenure.last_of(version)
        if found is None:
            raise InvalidParameterValue(
                f"Version {version} of {name!r} never had the {kind} {held!r}; give it to it with a decision of its own"
            )
    else:
        found = tenure.before(present) if at_ms is None else tenure.holder(at_ms)
        if found is None:
            when = "before the present one" if at_ms is None else "at that time"
            raise ResourceDoesNotExist(f"No version of {name!r} had the {kind} {held!r} {when}")
    if present is not None and found.version == present.version:
        raise ResourceConflict(f"Version {found.version} of {name!r} has the {kind} {held!r} already")
    return found


def _rollback_row(cx: Connection, name: str, version: int) -> VersionRow:
    try:
        return find_version(cx, name, str(version))
    except ResourceDoesNotExist:
        raise ResourceDoesNotExist(
            f"Version {version} of {name!r} was deleted; bring it back with: mlflow registry restore {name} {version}"
        ) from None
