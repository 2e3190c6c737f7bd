"""Rows of a table of registered models."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._ledger.events import Event, Head
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.registry_rows import MODEL_COLUMNS, registered_models
from mlflow._storage.sql.search import any_of
from mlflow.entities._tables import LastDecision, RegisteredModelRow
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.model_registry.model_version_stages import STAGE_PRODUCTION, STAGE_STAGING

SHOWN_TAG = 250
"""Characters of a tag's value that a table shows."""


def model_rows(cx: Connection, dialect: Dialect, numbers: Sequence[int]) -> list[RegisteredModelRow]:
    """Rows of some models, in their order."""
    if not numbers:
        return []
    chosen = any_of(dialect, "m.id", numbers)
    rows = {
        row[0]: row
        for row in cx.all(
            f"SELECT {MODEL_COLUMNS}, m.deleted_ms FROM registered_model m WHERE {chosen.text}",
            chosen.parameters,
        )
    }
    ordered = [rows[number] for number in numbers]
    models = registered_models(cx, [row[:-1] for row in ordered])
    versions = _versions(cx, dialect, numbers)
    holders = _holders(cx, dialect, numbers)
    decided = _last_decisions(cx, dialect, numbers)
    found = []
    for row, model in zip(ordered, models, strict=True):
        count, latest = versions.get(row[0], (0, None))
        found.append(
            RegisteredModelRow(
                model.name,
                LifecycleStage.ACTIVE if row[-1] is None else LifecycleStage.DELETED,
                model.description or "",
                row[4],
                row[5],
                count,
                "" if latest is None else str(latest),
                holders.get((row[0], STAGE_PRODUCTION), []),
                holders.get((row[0], STAGE_STAGING), []),
                dict(model.aliases),
                decided.get(row[0]),
                {key: value[:SHOWN_TAG] for key, value in model.tags.items()},
            )
        )
    return found


def _versions(cx: Connection, dialect: Dialect, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many versions models have, and the greatest number of them."""
    chosen = any_of(dialect, "model", numbers)
    rows = cx.all(
        f"SELECT model, COUNT(*), MAX(version) FROM model_version WHERE {chosen.text} AND deleted_ms IS NULL "
        "GROUP BY model",
        chosen.parameters,
    )
    return {model: (count, latest) for model, count, latest in rows}


def _holders(cx: Connection, dialect: Dialect, numbers: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    """Versions in the stages that matter, by model and stage."""
    chosen = any_of(dialect, "model", numbers)
    found: dict[tuple[int, str], list[str]] = {}
    for model, stage, version in cx.all(
        f"SELECT model, stage, version FROM model_version WHERE {chosen.text} AND deleted_ms IS NULL "
        "AND stage IN (?, ?) ORDER BY version",
        (*chosen.parameters, STAGE_PRODUCTION, STAGE_STAGING),
    ):
        found.setdefault((model, stage), []).append(str(version))
    return found


def _last_decisions(cx: Connection, dialect: Dialect, numbers: Sequence[int]) -> dict[int, LastDecision]:
    chosen = any_of(dialect, "m.id", numbers)
    rows = cx.all(
        "SELECT d.model, d.seq, d.time_ms, d.version, d.action, d.actor, d.why FROM registered_model m "
        "JOIN decision d ON d.seq = (SELECT MAX(e.seq) FROM decision e WHERE e.model = m.id) "
        f"WHERE {chosen.text}",
        chosen.parameters,
    )
    found = {}
    for model, seq, time_ms, version, action, actor, why in rows:
        event = Event(Head(seq, time_ms, model, "", version, action, ""), (None, why, None, None), b"", b"")
        reason = (event.content("why") or {}).get("reason", "")
        found[model] = LastDecision(
            seq, time_ms, action, "" if version is None else str(version), actor, reason
        )
    return found
