"""Limits of names and values, by the names that packages for MLflow know."""

from __future__ import annotations

from mlflow._storage.validation import MAX_BATCH_ITEMS as MAX_ENTITIES_PER_BATCH
from mlflow._storage.validation import MAX_BATCH_METRICS as MAX_METRICS_PER_BATCH
from mlflow._storage.validation import MAX_BATCH_PARAMS as MAX_PARAMS_TAGS_PER_BATCH
from mlflow._storage.validation import MAX_EXPERIMENT_NAME as MAX_EXPERIMENT_NAME_LENGTH
from mlflow._storage.validation import MAX_EXPERIMENT_TAG_VALUE as MAX_EXPERIMENT_TAG_VAL_LENGTH
from mlflow._storage.validation import MAX_KEY as MAX_ENTITY_KEY_LENGTH
from mlflow._storage.validation import MAX_KEY as MAX_EXPERIMENT_TAG_KEY_LENGTH
from mlflow._storage.validation import MAX_PARAM_VALUE as MAX_PARAM_VAL_LENGTH
from mlflow._storage.validation import MAX_TAG_VALUE as MAX_TAG_VAL_LENGTH

MAX_BATCH_LOG_REQUEST_SIZE = 1_000_000

__all__ = [
    "MAX_BATCH_LOG_REQUEST_SIZE",
    "MAX_ENTITIES_PER_BATCH",
    "MAX_ENTITY_KEY_LENGTH",
    "MAX_EXPERIMENT_NAME_LENGTH",
    "MAX_EXPERIMENT_TAG_KEY_LENGTH",
    "MAX_EXPERIMENT_TAG_VAL_LENGTH",
    "MAX_METRICS_PER_BATCH",
    "MAX_PARAMS_TAGS_PER_BATCH",
    "MAX_PARAM_VAL_LENGTH",
    "MAX_TAG_VAL_LENGTH",
]
