"""What the retrievers of an agent give, said by its code for those who show or judge its answers."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RetrieverSchema:
    """What a retriever gives.

    Attributes:
        name: Its name.
        primary_key: The column that names a document.
        text_column: The column with its text.
        doc_uri: The column with its address.
        other_columns: Further columns.
    """

    name: str
    primary_key: str
    text_column: str
    doc_uri: str | None = None
    other_columns: list[str] = field(default_factory=list)


_said: ContextVar[dict[str, RetrieverSchema] | None] = ContextVar("retriever_schemas", default=None)


def set_retriever_schema(
    *,
    primary_key: str,
    text_column: str,
    doc_uri: str | None = None,
    other_columns: list[str] | None = None,
    name: str | None = "retriever",
) -> None:
    """Says what a retriever gives. The next model that is saved keeps it in its metadata.

    Args:
        primary_key: The column that names a document.
        text_column: The column with its text.
        doc_uri: The column with its address.
        other_columns: Further columns.
        name: Name of the retriever; what was said of this name before is replaced.
    """
    schema = RetrieverSchema(name or "retriever", primary_key, text_column, doc_uri, other_columns or [])
    said = _said.get() or {}
    if said.get(schema.name, schema) != schema:
        _logger.warning("The schema of the retriever %r is replaced by another one", schema.name)
    _said.set({**said, schema.name: schema})


def with_retriever_schemas(metadata: dict[str, Any] | None) -> dict[str, Any] | None:
    """The metadata of a model with what was said of retrievers, which is forgotten then."""
    said = _said.get()
    if not said:
        return metadata
    _said.set(None)
    retrievers = [asdict(schema) for schema in said.values()]
    return {**(metadata or {}), "dependencies_schemas": {"retrievers": retrievers}}
