"""How logged models are searched."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.fields.logged_models import FIELDS
from mlflow._search.tree import Comparison, Entity, Operator, OrderKey, Text, ValueList
from mlflow._storage.interface.logged_models import DatasetFilter, ModelOrder
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.search import (
    Column,
    Query,
    Search,
    Sql,
    any_of,
    compare_double,
    compare_number,
    compare_text,
    join_with,
    one_of,
)
from mlflow._storage.validation import check_text
from mlflow.entities.logged_model_status import LoggedModelStatus
from mlflow.exceptions import InvalidParameterValue

_TABLES = {Entity.PARAM: "logged_model_param", Entity.TAG: "logged_model_tag"}
_NUMBERS = {"creation_timestamp": "m.created_ms", "last_updated_timestamp": "m.updated_ms"}
_STATUS = "CASE m.status " + " ".join(
    f"WHEN {state.to_int()} THEN '{state.value}'" for state in LoggedModelStatus
)
_TEXTS = {
    "name": "m.name",
    "model_id": "('m-' || m.uuid)",
    "model_type": "m.model_type",
    "status": f"({_STATUS} END)",
    "experiment_id": "CAST(m.experiment AS TEXT)",
    "source_run_id": "(SELECT r.uuid FROM run r WHERE r.id = m.source_run)",
}


class LoggedModelSearch(Search):
    """How logged models are searched.

    Args:
        engine: The database.
        cx: Connection that the search runs on.
        datasets: Datasets that the metrics of the filter are measured on.
    """

    fields = FIELDS
    table = "logged_model m"

    def __init__(self, engine: Engine, cx: Connection, datasets: Sequence[DatasetFilter] = ()) -> None:
        super().__init__(engine, cx)
        self._datasets = datasets
        self._joins = 0

    def query(
        self, experiments: Sequence[int], filter_string: str | None, order_by: Sequence[ModelOrder]
    ) -> Query:
        """A search for active models of some experiments."""
        conditions = [any_of(self.dialect, "m.experiment", experiments), Sql("m.deleted_ms IS NULL")]
        columns = [column for order in order_by for column in self._ordered(order)]
        columns += self.ties(ordered=bool(columns))
        return self.build(conditions, filter_string, columns, experiments, self._datasets, list(order_by))

    def compare(self, comparison: Comparison) -> Sql:
        key, operator = comparison.key, comparison.operator
        if comparison.entity is Entity.METRIC:
            latest = self._latest(key, self._datasets)
            if operator is Operator.IS_NULL:
                return Sql(f"NOT EXISTS ({latest.text})", latest.parameters)
            if operator is Operator.IS_NOT_NULL:
                return Sql(f"EXISTS ({latest.text})", latest.parameters)
            found = compare_double("latest.value", comparison)
            return Sql(
                f"EXISTS (SELECT 1 FROM ({latest.text}) latest WHERE {found.text})",
                (*latest.parameters, *found.parameters),
            )
        if comparison.entity in _TABLES:
            probe = f"SELECT 1 FROM {_TABLES[comparison.entity]} x WHERE x.model = m.id AND x.name = ?"
            if operator is Operator.IS_NULL:
                return Sql(f"NOT EXISTS ({probe})", (key,))
            if operator is Operator.IS_NOT_NULL:
                return Sql(f"EXISTS ({probe})", (key,))
            found = compare_text(self.dialect, "x.value", comparison, number="x.number")
            return Sql(f"EXISTS ({probe} AND ({found.text}))", (key, *found.parameters))
        if key in _NUMBERS:
            return compare_number(_NUMBERS[key], comparison)
        if key == "source_run_id" and operator in (Operator.EQUAL, Operator.IN):
            value = comparison.value
            items = value.values if isinstance(value, ValueList) else (value,)
            runs = [find_number(self.cx, item.value) for item in items if isinstance(item, Text)]
            return one_of("m.source_run", [run for run in runs if run is not None])
        found = compare_text(self.dialect, _TEXTS[key], comparison)
        if operator in (Operator.NOT_EQUAL, Operator.NOT_IN):
            return join_with("AND", [Sql(f"{_TEXTS[key]} IS NOT NULL"), found])
        return found

    def order(self, key: OrderKey) -> list[Column]:
        return self._ordered(ModelOrder(f"{key.entity.value}.{key.key}", not key.descending))

    def ties(self, *, ordered: bool) -> list[Column]:  # noqa: ARG002 - the same either way
        return [Column("m.created_ms", descending=True, nullable=False), Column("m.id", nullable=False)]

    def _ordered(self, order: ModelOrder) -> list[Column]:
        check_text(order.field_name, "order_by.field_name")
        prefix, dot, key = order.field_name.partition(".")
        if prefix in ("metrics", "metric") and key:
            datasets = [DatasetFilter(order.dataset_name, order.dataset_digest)] if order.dataset_name else []
            latest = self._latest(key, datasets)
            self._joins += 1
            alias = f"measured_{self._joins}"
            join = Sql(
                f"LEFT JOIN (SELECT m.id AS model, ({latest.text}) AS value, EXISTS ({latest.text}) AS there "
                f"FROM logged_model m) {alias} ON {alias}.model = m.id",
                latest.parameters * 2,
            )
            rank = f"CASE WHEN NOT {alias}.there THEN 2 WHEN {alias}.value IS NULL THEN 1 ELSE 0 END"
            return [Column(rank, join=join), Column(f"{alias}.value", not order.ascending)]
        name = key if dot and prefix in ("attributes", "attribute", "attr") else order.field_name
        name = {
            "creation_time": "creation_timestamp",
            "creation_timestamp_ms": "creation_timestamp",
            "last_updated_timestamp_ms": "last_updated_timestamp",
            "last_updated_time": "last_updated_timestamp",
        }.get(name, name)
        column = _NUMBERS.get(name) or _TEXTS.get(name)
        if column is None:
            known = ", ".join(sorted([*_NUMBERS, *_TEXTS]))
            raise InvalidParameterValue(
                f"Invalid order by field name: {order.field_name!r}. Use metrics.<name> or one of {known}"
            )
        return [Column(column, not order.ascending)]

    def _latest(self, key: str, datasets: Sequence[DatasetFilter]) -> Sql:
        """Scalar query: the latest value of a metric of the model `m`, measured on one of some datasets."""
        measured = [
            Sql("x.dataset_name = ? AND x.dataset_digest = ?", (item.dataset_name, item.dataset_digest))
            if item.dataset_digest
            else Sql("x.dataset_name = ?", (item.dataset_name,))
            for item in datasets
        ]
        condition = join_with("AND", [Sql("x.model = m.id AND x.name = ?", (key,)), *self._any(measured)])
        return Sql(
            f"SELECT x.value FROM logged_model_metric x WHERE {condition.text} "
            "ORDER BY x.ts DESC, x.step DESC, x.run DESC LIMIT 1",
            condition.parameters,
        )

    @staticmethod
    def _any(pieces: Sequence[Sql]) -> list[Sql]:
        return [join_with("OR", pieces)] if pieces else []
