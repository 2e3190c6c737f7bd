"""How registered models are searched."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.prompts import separate_prompts
from mlflow._search.fields.registered_models import FIELDS
from mlflow._search.tree import Comparison, Entity, Node, Operator, OrderKey
from mlflow._storage.sql.dialects import Dialect
from mlflow._storage.sql.search import Column, Query, Search, Sql, compare_text, lifecycle

_LAST_DECISION = "(SELECT MAX(d.seq) FROM decision d WHERE d.model = m.id)"


def compare_tag(dialect: Dialect, comparison: Comparison, owner: str, table: str, column: str) -> Sql:
    """A comparison of a tag, which begins at the index of tags: few entities have a given one.

    Args:
        dialect: The engine.
        comparison: The comparison.
        owner: Id of the entity.
        table: Table of its tags.
        column: Column of that table that names the entity.
    """
    those = f"{owner} IN (SELECT x.{column} FROM {table} x WHERE x.name = ?"
    if comparison.operator is Operator.IS_NULL:
        return Sql(f"NOT {those})", (comparison.key,))
    if comparison.operator is Operator.IS_NOT_NULL:
        return Sql(f"{those})", (comparison.key,))
    found = compare_text(dialect, "x.value", comparison, number="x.number")
    return Sql(f"{those} AND ({found.text}))", (comparison.key, *found.parameters))


class RegisteredModelSearch(Search):
    """How registered models are searched."""

    fields = FIELDS
    table = "registered_model m"

    def query(self, filter_string: str | None, order_by: Sequence[str]) -> Query:
        """A search for models that are not deleted."""
        return self.build(
            [Sql("m.deleted_ms IS NULL")],
            filter_string,
            self.columns(self.order_keys(order_by)),
            list(order_by),
        )

    def table_query(
        self, view_type: int, filter_string: str | None, name: str, order_by: Sequence[str]
    ) -> Query:
        """A search for models for a table, which may be ordered by what was decided last."""
        conditions = [*lifecycle("m.deleted_ms", view_type), *self.named("m.name", name)]
        texts = list(order_by) or ["name"]
        columns = self.table_columns(texts, "last_decision", _LAST_DECISION)
        columns.append(Column("m.id", nullable=False))  # deleted models may have one name
        return self.build(conditions, filter_string, columns, "table", view_type, name, texts)

    def restrictions(self, tree: Node | None) -> list[Sql]:
        rest, wants_prompts = separate_prompts(tree)
        return [Sql("m.is_prompt = ?", (int(wants_prompts),)), *super().restrictions(rest)]

    def compare(self, comparison: Comparison) -> Sql:
        if comparison.entity is Entity.TAG:
            return compare_tag(self.dialect, comparison, "m.id", "registered_model_tag", "model")
        return compare_text(self.dialect, "m.name", comparison)

    def order(self, key: OrderKey) -> list[Column]:
        return [Column("m.name" if key.key == "name" else "m.updated_ms", key.descending)]

    def ties(self, *, ordered: bool) -> list[Column]:  # noqa: ARG002 - the same either way
        return [Column("m.name")]
