"""Metrics of logged models."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlflow._storage.sql.connection import Columns, Connection
from mlflow._storage.sql.logged_model_rows import find_models
from mlflow.entities.metric import Metric
from mlflow.exceptions import BadRequest

_METRICS = Columns(
    "logged_model_metric",
    model="bigint",
    name="text",
    run="bigint",
    dataset_name="text",
    dataset_digest="text",
    ts="bigint",
    step="bigint",
    value="double precision",
)


def log_model_metrics(cx: Connection, run: int, metrics: Sequence[Metric]) -> None:
    """Records points of a run on the models that they name; a later value for the same moment wins."""
    models = find_models(cx, {metric.model_id or "" for metric in metrics})
    rows: dict[tuple[object, ...], float | None] = {}
    for metric in metrics:
        model = models.get(metric.model_id or "")
        if model is None:
            raise BadRequest(
                f"Metric {metric.key!r} names the logged model {metric.model_id!r}, which does not exist"
            )
        key = (
            model,
            metric.key,
            run,
            metric.dataset_name or "",
            metric.dataset_digest or "",
            metric.timestamp,
            metric.step,
        )
        rows[key] = None if math.isnan(metric.value) else float(metric.value)
    cx.insert(
        _METRICS,
        [(*key, value) for key, value in rows.items()],
        "ON CONFLICT (model, name, run, dataset_name, dataset_digest, ts, step) DO UPDATE SET value = excluded.value",
    )
