"""Registered models; prompts live among them (see `fields.prompts`)."""

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

FIELDS = Fields(
    noun="registered models",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        ATTRIBUTE_PREFIXES,
        keys={"name": TEXT, "last_updated_timestamp": replace(NUMBER, operators=frozenset())},
        aliases={"timestamp": "last_updated_timestamp"},
    ),
    others=(FILTER_ONLY_TAGS,),
    default_order=(attribute("name"),),
    tie_break=(attribute("name"),),
    default_max_results=100,
    max_results_limit=1000,
)
