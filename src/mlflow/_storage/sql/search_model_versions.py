"""How versions of registered models are searched."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.model_versions import FIELDS
from mlflow._search.fields.prompts import separate_prompts
from mlflow._search.tree import Comparison, Entity, Node, OrderKey
from mlflow._storage.sql.registry_rows import VERSION_TABLES
from mlflow._storage.sql.search import Column, Query, Search, Sql, compare_number, compare_text
from mlflow._storage.sql.search_registered_models import compare_tag

_TEXTS = {"name": "m.name", "run_id": "v.run_id", "source_path": "v.source"}
_NUMBERS = {
    "version_number": "v.version",
    "creation_timestamp": "v.created_ms",
    "last_updated_timestamp": "v.updated_ms",
}


class ModelVersionSearch(Search):
    """How versions of registered models are searched."""

    fields = FIELDS
    table = VERSION_TABLES

    def query(self, filter_string: str | None, order_by: Sequence[str]) -> Query:
        """A search for versions that are not deleted."""
        return self.build(
            [Sql("v.deleted_ms IS NULL"), Sql("m.deleted_ms IS NULL")],
            filter_string,
            self.columns(self.order_keys(order_by)),
            list(order_by),
        )

    def restrictions(self, tree: Node | None) -> list[Sql]:
        rest, wants_prompts = separate_prompts(tree)
        return [Sql("v.is_prompt = ?", (int(wants_prompts),)), *super().restrictions(rest)]

    def compare(self, comparison: Comparison) -> Sql:
        if comparison.entity is Entity.TAG:
            return compare_tag(self.dialect, comparison, "v.id", "model_version_tag", "version")
        if comparison.key in _NUMBERS:
            return compare_number(_NUMBERS[comparison.key], comparison)
        return compare_text(self.dialect, _TEXTS[comparison.key], comparison)

    def order(self, key: OrderKey) -> list[Column]:
        column = _NUMBERS.get(key.key) or _TEXTS[key.key]
        return [Column(column, key.descending)]

    def ties(self, *, ordered: bool) -> list[Column]:  # noqa: ARG002 - the same either way
        return [
            Column("v.updated_ms", descending=True),
            Column("m.name"),
            Column("v.version", descending=True),
        ]
