"""Experiments; `max_results` has no default, a request must give it."""

from __future__ import annotations

from mlflow._search.fields.declaration import (
    ATTRIBUTE_PREFIXES,
    FILTER_ONLY_TAGS,
    NUMBER,
    TEXT,
    EntityFields,
    Fields,
    attribute,
)
from mlflow._search.tree import Entity

FIELDS = Fields(
    noun="experiments",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        ATTRIBUTE_PREFIXES,
        keys={
            "name": TEXT,
            "experiment_id": TEXT,
            "creation_time": NUMBER,
            "last_update_time": NUMBER,
        },
    ),
    others=(FILTER_ONLY_TAGS,),
    default_order=(attribute("creation_time", descending=True), attribute("experiment_id")),
    tie_break=(attribute("experiment_id", descending=True),),
    tolerates_repeated_order=True,
    max_results_limit=50_000,
)
