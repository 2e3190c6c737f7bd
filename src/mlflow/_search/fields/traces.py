"""Traces.

`name` and `run_id` stand for a tag and for the source run or a linked one, `text` and `span.content` for the
JSON of the spans. A condition on `span.` holds if one span of the trace meets it. Values of
``span.attributes.<key>`` are compared in their JSON form, a text with its quotes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mlflow._search.fields.declaration import (
    ATTRIBUTE_PREFIXES,
    EITHER,
    EQUALITY,
    MEMBERSHIP,
    NUMBER,
    PATTERNS,
    REGEX,
    TEXT,
    EntityFields,
    Field,
    Fields,
    ValueType,
    attribute,
)
from mlflow._search.tree import Entity, Operator

_TEXT = replace(TEXT, operators=TEXT.operators | REGEX)
_FILTER_ONLY_TEXT = replace(_TEXT, is_sortable=False)
_ORDER_ONLY_TEXT = replace(_TEXT, operators=frozenset())
_EITHER = replace(EITHER, operators=EITHER.operators | REGEX)
_ASSESSMENT = replace(_EITHER, is_sortable=False)
_CONTENT = Field(ValueType.TEXT, PATTERNS, is_sortable=False)
_PROMPT = Field(
    ValueType.TEXT,
    frozenset([Operator.EQUAL]),
    is_sortable=False,
    form=(re.compile(r"[^/]+/[^/]+"), "'name/version'"),
)
_SPAN = Field(ValueType.TEXT, EQUALITY | PATTERNS | REGEX | MEMBERSHIP, is_sortable=False)
_ISSUE = Field(ValueType.TEXT, EQUALITY | PATTERNS | MEMBERSHIP, is_sortable=False)
_ORDER = (attribute("timestamp_ms", descending=True), attribute("request_id"))

FIELDS = Fields(
    noun="traces",
    attributes=EntityFields(
        Entity.ATTRIBUTE,
        (*ATTRIBUTE_PREFIXES, "trace"),
        keys={
            "request_id": _TEXT,
            "name": _TEXT,
            "status": _TEXT,
            "client_request_id": _FILTER_ONLY_TEXT,
            "run_id": _TEXT,
            "experiment_id": _ORDER_ONLY_TEXT,
            "prompt": _PROMPT,
            "text": _CONTENT,
            "timestamp_ms": NUMBER,
            "execution_time_ms": NUMBER,
            "end_time_ms": NUMBER,
        },
        aliases={
            "timestamp": "timestamp_ms",
            "execution_time": "execution_time_ms",
            "end_time": "end_time_ms",
        },
    ),
    others=(
        EntityFields(Entity.TAG, ("tags", "tag"), other_keys=_EITHER),
        EntityFields(Entity.METADATA, ("metadata", "request_metadata"), other_keys=_EITHER),
        EntityFields(
            Entity.SPAN,
            ("span",),
            keys={"name": _SPAN, "type": _SPAN, "status": _SPAN, "content": _CONTENT},
            other_keys=_SPAN,
            other_keys_prefix="attributes.",
        ),
        EntityFields(Entity.FEEDBACK, ("feedback",), other_keys=_ASSESSMENT),
        EntityFields(Entity.EXPECTATION, ("expectation",), other_keys=_ASSESSMENT),
        EntityFields(Entity.ISSUE, ("issue",), keys={"id": _ISSUE, "name": _ISSUE}),
    ),
    default_order=_ORDER,
    tie_break=_ORDER,
    default_max_results=100,
    max_results_limit=500,
)
