"""Runs.

`run_name` lives in the tag `mlflow.runName`, a metric is its latest value unless
an aggregate such as `:max` follows its key, and `status` is compared with
the upper-case name as stored.
"""

from __future__ import annotations

from dataclasses import replace

from mlflow._search.fields.declaration import (
    ATTRIBUTE_PREFIXES,
    NUMBER,
    PARAMS,
    SERIES,
    TAGS,
    TEXT,
    EntityFields,
    Fields,
    attribute,
)
from mlflow._search.tree import Entity

_DATASET_KEY = replace(TEXT, is_sortable=False)
_ORDER = (attribute("start_time", descending=True), attribute("run_id"))

FIELDS = Fields(
    noun="runs",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        (*ATTRIBUTE_PREFIXES, "run"),
        keys={
            "run_id": TEXT,
            "run_name": TEXT,
            "status": TEXT,
            "user_id": TEXT,
            "artifact_uri": TEXT,
            "start_time": NUMBER,
            "end_time": NUMBER,
        },
        aliases={
            "created": "start_time",
            "Created": "start_time",
            "run name": "run_name",
            "Run name": "run_name",
            "Run Name": "run_name",
        },
    ),
    others=(
        SERIES,
        PARAMS,
        TAGS,
        EntityFields(
            Entity.DATASET,
            ("datasets", "dataset"),
            keys={"name": _DATASET_KEY, "digest": _DATASET_KEY, "context": _DATASET_KEY},
        ),
    ),
    default_order=_ORDER,
    tie_break=_ORDER,
    default_max_results=1000,
    max_results_limit=50_000,
)
