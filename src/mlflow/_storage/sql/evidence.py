"""What is known of a model version when something is decided about it: frozen into the event."""

from __future__ import annotations

import math
from typing import Any

from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.documents import latest_points
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.logged_model_rows import model_number

LIMIT = 1000
"""Most metrics, parameters and datasets that are taken; the number of those left out is told."""
_RUN_STATES = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_CODE_TAGS = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    "mlflow.source.git.dirty": "dirty",
    "mlflow.source.name": "source",
}

Evidence = dict[str, Any]


def collect_evidence(cx: Connection, engine: Engine, run_id: str, model_id: str | None) -> Evidence | None:
    """The run of a version and its logged model as they are now; `None` where this store has neither.

    Args:
        cx: Connection.
        engine: The database.
        run_id: Run of the version; empty for none.
        model_id: Logged model of the version.
    """
    found: Evidence = {}
    if run_id:
        run = _run(cx, engine, run_id)
        if run is not None:
            found["run"] = run
    if model_id:
        model = _model(cx, model_id)
        if model is not None:
            found["model"] = model
    return found or None


def _run(cx: Connection, engine: Engine, run_id: str) -> Evidence | None:
    number = find_number(cx, run_id)
    if number is None:
        return None
    row = cx.one(
        "SELECT r.name, r.status, r.start_ms, r.end_ms, e.name FROM run r "
        "JOIN experiment e ON e.id = r.experiment WHERE r.id = ?",
        (number,),
    )
    if row is None:
        return None
    name, status, start, end, experiment = row
    found: Evidence = {
        "run_id": run_id,
        "name": name,
        "experiment": experiment,
        "status": _RUN_STATES.get(status, str(status)),
        "start_time": start,
        "end_time": end,
    }
    params = cx.all(
        "SELECT k.name, x.value FROM param x JOIN key k ON k.id = x.key WHERE x.run = ? ORDER BY 1 LIMIT ?",
        (number, LIMIT + 1),
    )
    _put(found, "params", dict(params))
    points = latest_points(cx, [number])[number]
    names = engine.keys.names(cx, [point[1] for point in points[: LIMIT + 1]])
    metrics = [(names[key], value, step) for _, key, value, _, step in points[: LIMIT + 1]]
    _put(found, "metrics", {key: {"value": _number(value), "step": step} for key, value, step in metrics})
    marks = ", ".join("?" * len(_CODE_TAGS))
    tags = cx.all(
        f"SELECT k.name, x.value FROM key k JOIN tag x ON x.key = k.id WHERE x.run = ? AND k.name IN ({marks})",
        (number, *_CODE_TAGS),
    )
    if tags:
        found["code"] = {_CODE_TAGS[key]: value for key, value in tags}
    datasets = cx.all(
        "SELECT d.name, d.digest, x.context FROM run_dataset x JOIN dataset d ON d.id = x.dataset WHERE x.run = ? "
        "ORDER BY 1, 2 LIMIT ?",
        (number, LIMIT),
    )
    if datasets:
        found["datasets"] = [
            {"name": name, "digest": digest, "context": context or ""} for name, digest, context in datasets
        ]
    return found


def _model(cx: Connection, model_id: str) -> Evidence | None:
    number = model_number(cx, model_id)
    row = None
    if number is not None:
        row = cx.one("SELECT name, model_type FROM logged_model WHERE id = ?", (number,))
    if row is None:
        return None
    found: Evidence = {"model_id": model_id, "name": row[0], "model_type": row[1] or ""}
    params = cx.all(
        "SELECT name, value FROM logged_model_param WHERE model = ? ORDER BY 1 LIMIT ?", (number, LIMIT + 1)
    )
    if params:
        _put(found, "params", dict(params))
    metrics = cx.all(
        "SELECT name, dataset_name, dataset_digest, step, value FROM logged_model_metric WHERE model = ? "
        "ORDER BY ts DESC, step DESC, name LIMIT ?",
        (number, LIMIT),
    )
    if metrics:
        found["metrics"] = [
            {"name": name, "dataset": dataset, "digest": digest, "step": step, "value": _number(value)}
            for name, dataset, digest, step, value in metrics
        ]
    return found


def _put(found: Evidence, name: str, values: dict[str, Any]) -> None:
    if len(values) > LIMIT:
        values.popitem()
        found[f"{name}_left_out"] = True
    found[name] = values


def _number(value: float | None) -> float | str:
    """A metric for JSON, which has no NaN and no infinity."""
    if value is None or math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else str(value)
