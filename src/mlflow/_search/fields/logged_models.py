"""Logged models; `status` is compared with the upper-case name as stored."""

from __future__ import annotations

from mlflow._search.fields.declaration import (
    ATTRIBUTE_PREFIXES,
    FILTER_ONLY_PARAMS,
    FILTER_ONLY_TAGS,
    METRICS,
    NUMBER,
    TEXT,
    EntityFields,
    Fields,
    attribute,
)
from mlflow._search.tree import Entity

_ORDER = (attribute("creation_timestamp", descending=True), attribute("model_id"))

FIELDS = Fields(
    noun="logged models",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        ATTRIBUTE_PREFIXES,
        keys={
            "name": TEXT,
            "model_id": TEXT,
            "model_type": TEXT,
            "status": TEXT,
            "source_run_id": TEXT,
            "experiment_id": TEXT,
            "creation_timestamp": NUMBER,
            "last_updated_timestamp": NUMBER,
        },
        aliases={
            "creation_time": "creation_timestamp",
            "creation_timestamp_ms": "creation_timestamp",
            "last_updated_timestamp_ms": "last_updated_timestamp",
        },
    ),
    others=(METRICS, FILTER_ONLY_PARAMS, FILTER_ONLY_TAGS),
    default_order=_ORDER,
    tie_break=_ORDER,
    tolerates_repeated_order=True,
    default_max_results=50,
)
