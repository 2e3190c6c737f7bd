"""Moving versions from stage to stage."""

from __future__ import annotations

from mlflow._storage.sql.ledger import Change, Contents, Subject
from mlflow._storage.sql.registry_rows import VersionRow
from mlflow.entities.model_registry.model_version_stages import STAGE_ARCHIVED


def move_stage(change: Change, row: VersionRow, after: Contents, evidence: Contents | None) -> None:
    """Records that a version moves.

    Args:
        change: The change that moves it.
        row: The version.
        after: `{"stage": ...}`, and what else the event is to say.
        evidence: What is known of the version.
    """
    _record(change, row.subject, row.stage, after, evidence)


def archive_others(change: Change, row: VersionRow, stage: str) -> None:
    """Moves all versions of a stage but one to `Archived`."""
    others = change.cx.all(
        "SELECT version FROM model_version WHERE model = ? AND stage = ? AND version <> ? "
        "AND deleted_ms IS NULL ORDER BY version",
        (row.model, stage, row.version),
    )
    for (other,) in others:
        _record(change, Subject(row.model, row.name, int(other)), stage, {"stage": STAGE_ARCHIVED}, None)


def _record(
    change: Change, subject: Subject, before: str, after: Contents, evidence: Contents | None
) -> None:
    change.record("transition_stage", subject, f"stage/{subject.version}", {"stage": before}, after, evidence)
