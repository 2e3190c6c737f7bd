"""How experiments are searched."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.experiments import FIELDS
from mlflow._search.tree import Comparison, Entity, Operator, OrderKey, Text, ValueList
from mlflow._storage.sql.search import (
    Column,
    Query,
    Search,
    Sql,
    compare_number,
    compare_text,
    complement,
    lifecycle,
    one_of,
)

NULLS = (Operator.IS_NULL, Operator.IS_NOT_NULL)

_NEWEST_RUN = "(SELECT r.start_ms FROM run r WHERE r.experiment = e.id AND r.deleted_ms IS NULL ORDER BY r.start_ms DESC LIMIT 1)"
_NUMBERS = {"creation_time": "e.created_ms", "last_update_time": "e.updated_ms"}


class ExperimentSearch(Search):
    """How experiments are searched."""

    fields = FIELDS
    table = "experiment e"

    def query(self, view_type: int, filter_string: str | None, order_by: Sequence[str]) -> Query:
        """A search for experiments."""
        return self.build(
            lifecycle("e.deleted_ms", view_type),
            filter_string,
            self.columns(self.order_keys(order_by)),
            view_type,
            list(order_by),
        )

    def table_query(
        self, view_type: int, filter_string: str | None, name: str, order_by: Sequence[str]
    ) -> Query:
        """A search for experiments for a table, which may be ordered by their newest run, as it is by default."""
        conditions = [*lifecycle("e.deleted_ms", view_type), *self.named("e.name", name)]
        texts = list(order_by) or ["last_run DESC"]
        columns = self.table_columns(texts, "last_run", _NEWEST_RUN)
        return self.build(conditions, filter_string, columns, "table", view_type, name, texts)

    def compare(self, comparison: Comparison) -> Sql:
        key, operator, value = comparison.key, comparison.operator, comparison.value
        if comparison.entity is Entity.TAG:
            probe = "SELECT 1 FROM experiment_tag x WHERE x.experiment = e.id AND x.name = ?"
            if operator is Operator.IS_NULL:
                return Sql(f"NOT EXISTS ({probe})", (key,))
            if operator is Operator.IS_NOT_NULL:
                return Sql(f"EXISTS ({probe})", (key,))
            found = compare_text(self.dialect, "x.value", comparison, number="x.number")
            return Sql(f"EXISTS ({probe} AND ({found.text}))", (key, *found.parameters))
        if key in _NUMBERS:
            return compare_number(_NUMBERS[key], comparison)
        if key == "experiment_id" and operator not in (Operator.LIKE, Operator.ILIKE, *NULLS):
            items = value.values if isinstance(value, ValueList) else (value,)
            texts = [item.value if isinstance(item, Text) else getattr(item, "text", "") for item in items]
            ids = one_of("e.id", [int(text) for text in texts if text.isdecimal() and len(text) < 19])
            return complement(ids) if operator in (Operator.NOT_EQUAL, Operator.NOT_IN) else ids
        column = "CAST(e.id AS TEXT)" if key == "experiment_id" else "e.name"
        return compare_text(self.dialect, column, comparison)

    def order(self, key: OrderKey) -> list[Column]:
        if key.entity is Entity.TAG:
            raise AssertionError("the parser takes no tags in the order of experiments")
        columns = {**_NUMBERS, "experiment_id": "e.id", "name": "e.name"}
        return [Column(columns[key.key], key.descending)]

    def ties(self, *, ordered: bool) -> list[Column]:
        if ordered:
            return [Column("e.id", descending=True, nullable=False)]
        return [Column("e.created_ms", descending=True, nullable=False), Column("e.id", nullable=False)]
