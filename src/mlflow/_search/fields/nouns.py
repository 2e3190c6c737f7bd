"""All declarations, by the name that the filter box gives."""

from __future__ import annotations

from mlflow._search.fields import (
    experiments,
    logged_models,
    model_versions,
    registered_models,
    runs,
    traces,
)
from mlflow._search.fields.declaration import Fields

FIELDS_BY_NOUN: dict[str, Fields] = {
    "experiments": experiments.FIELDS,
    "logged_models": logged_models.FIELDS,
    "model_versions": model_versions.FIELDS,
    "registered_models": registered_models.FIELDS,
    "runs": runs.FIELDS,
    "traces": traces.FIELDS,
}
