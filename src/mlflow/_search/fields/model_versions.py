"""Model versions; those of prompts live among them (see `fields.prompts`)."""

from __future__ import annotations

from dataclasses import replace

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

_FILTER_ONLY = replace(TEXT, is_sortable=False)
_ORDER_ONLY = replace(NUMBER, operators=frozenset())
_ORDER = (
    attribute("last_updated_timestamp", descending=True),
    attribute("name"),
    attribute("version_number", descending=True),
)

FIELDS = Fields(
    noun="model versions",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        ATTRIBUTE_PREFIXES,
        keys={
            "name": TEXT,
            "run_id": _FILTER_ONLY,
            "source_path": _FILTER_ONLY,
            "version_number": replace(NUMBER, allows_quoted_integer=True),
            "creation_timestamp": _ORDER_ONLY,
            "last_updated_timestamp": _ORDER_ONLY,
        },
    ),
    others=(FILTER_ONLY_TAGS,),
    default_order=_ORDER,
    tie_break=_ORDER,
    default_max_results=200_000,
    max_results_limit=200_000,
)
