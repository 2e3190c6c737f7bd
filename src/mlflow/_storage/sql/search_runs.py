"""How runs are searched."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from mlflow._search.fields.runs import FIELDS
from mlflow._search.tree import (
    Aggregate,
    And,
    Comparison,
    Entity,
    Null,
    Number,
    Operator,
    OrderKey,
    Text,
    ValueList,
)
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.params import number_of
from mlflow._storage.sql.search import (
    FALSE,
    INDEXED_LENGTH,
    TRUE,
    Column,
    Search,
    Sql,
    any_of,
    compare_double,
    compare_number,
    compare_text,
    complement,
    join_with,
    lifecycle,
    one_of,
)
from mlflow._storage.sql.search_plan import Demand, Lead, RunQuery
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.sql.tokens import fingerprint
from mlflow.entities.run_status import RunStatus

LARGEST_DOUBLE = "1.7976931348623157e308"
_AGGREGATES = {
    Aggregate.LAST: "{x}.value",
    Aggregate.MIN: "{x}.min",
    Aggregate.MAX: "{x}.max",
    Aggregate.FIRST: "{x}.first",
    # The total leaves infinities out, which the extremes tell. What is asked first holds for nearly all.
    Aggregate.MEAN: (
        f"CASE WHEN {{x}}.max <= {LARGEST_DOUBLE} AND {{x}}.min >= -{LARGEST_DOUBLE} "
        "THEN {x}.total / ({x}.points - {x}.nans) "
        f"WHEN {{x}}.max <= {LARGEST_DOUBLE} THEN {{x}}.min WHEN {{x}}.min >= -{LARGEST_DOUBLE} THEN {{x}}.max END"
    ),
    Aggregate.COUNT: "{x}.points",
}
TABLES = {Entity.METRIC: "metric", Entity.PARAM: "param", Entity.TAG: "tag"}
DATASETS = "FROM run_dataset rd JOIN dataset d ON d.id = rd.dataset"
DATASET_COLUMNS = {"name": "d.name", "digest": "d.digest", "context": "rd.context"}
_COLUMNS = {
    "run_id": "r.uuid",
    "run_name": "r.name",
    "user_id": "r.user_id",
    "start_time": "r.start_ms",
    "end_time": "r.end_ms",
}
_STATES = " ".join(
    f"WHEN {number} THEN '{name}'" for number, name in sorted(RunStatus._STATUS_TO_STRING.items())
)
STATUS = f"(CASE r.status {_STATES} END)"
"""SQL of the name of a run's state."""


class RunSearch(Search):
    """How runs are searched.

    Args:
        engine: The database.
        cx: Connection that the search runs on.
        settings: Where artifacts are.
    """

    fields = FIELDS
    table = "run r"

    def __init__(self, engine: Engine, cx: Connection, settings: SqlSettings) -> None:
        super().__init__(engine, cx)
        self._settings = settings

    def query(
        self,
        experiments: Sequence[int],
        view_type: int,
        filter_string: str | None,
        order_by: Sequence[str],
        *,
        since: int | None = None,
        runs: Sequence[int] | None = None,
    ) -> RunQuery:
        """A search for runs of some experiments.

        Args:
            experiments: Numbers of experiments.
            view_type: A number of `ViewType`.
            filter_string: Filter of the user.
            order_by: Order of the user.
            since: Earliest start in milliseconds.
            runs: Numbers of runs that the search is limited to.
        """
        tree = self.tree(filter_string)
        keys = self.order_keys(order_by)
        conditions = lifecycle("r.deleted_ms", view_type)
        demands: list[Demand] = []
        if since is not None:
            conditions.append(Sql("r.start_ms >= ?", (since,)))
            demands.append(
                Demand(self._rows_of("run x", "x", experiments, Sql("x.start_ms >= ?", (since,))), "x.id")
            )
        if runs is not None:
            conditions.append(any_of(self.dialect, "r.id", runs))
            demands.append(
                Demand(self._rows_of("run x", "x", experiments, any_of(self.dialect, "x.id", runs)), "x.id")
            )
        if tree is not None:
            conditions.append(self.condition(tree))
            clauses = tree.operands if isinstance(tree, And) else (tree,)
            wanted = (
                self._demand(clause, experiments) for clause in clauses if isinstance(clause, Comparison)
            )
            demands += [demand for demand in wanted if demand is not None]
        search = fingerprint(
            self.fields.noun, filter_string or "", list(experiments), view_type, list(order_by), since, runs
        )
        order = self.columns(keys)
        return RunQuery(self.engine, experiments, conditions, demands, order, self._lead(keys), search)

    def compare(self, comparison: Comparison) -> Sql:
        if comparison.entity in TABLES:
            return self._compare_logged(comparison)
        if comparison.entity is Entity.DATASET:
            column = DATASET_COLUMNS[comparison.key]
            probe = f"SELECT 1 {DATASETS} WHERE rd.run = r.id AND {column} IS NOT NULL"
            fence = self.dialect.fence
            if isinstance(comparison.value, Null):
                missing = comparison.operator is Operator.IS_NULL
                return Sql(f"{'NOT ' if missing else ''}EXISTS ({probe}{fence})")
            found = compare_text(self.dialect, column, comparison)
            return Sql(f"EXISTS ({probe} AND ({found.text}){fence})", found.parameters)
        return self._compare_attribute(comparison)

    def order(self, key: OrderKey) -> list[Column]:
        if key.entity is Entity.ATTRIBUTE:
            if key.key == "status":
                return [Column(STATUS, key.descending, nullable=False)]
            if key.key == "artifact_uri":
                base = self._base_uri()
                join = Sql(
                    f"LEFT JOIN (SELECT e.id, ({base.text}) AS base FROM experiment e) place "
                    "ON place.id = COALESCE(r.home, r.experiment)",
                    base.parameters,
                )
                return [Column("(place.base || '/' || r.uuid || '/artifacts')", key.descending, join)]
            return [Column(_COLUMNS[key.key], key.descending, nullable=key.key == "end_time")]
        number = self.keys.find(self.cx, key.key)
        alias = f"{key.entity.value}_{key.aggregate.value}_{number or 0}"
        join = Sql(
            f"LEFT JOIN {TABLES[key.entity]} {alias} ON {alias}.run = r.id AND {alias}.key = ?",
            (number or 0,),
        )
        if key.entity is Entity.METRIC:
            value = aggregate_of(alias, key.aggregate)
            rank = f"CASE WHEN {alias}.run IS NULL THEN 2 WHEN {value} IS NULL THEN 1 ELSE 0 END"
            return [Column(rank, join=join, nullable=False), Column(value, key.descending)]
        return [Column(f"{alias}.value", key.descending, join)]

    def ties(self, *, ordered: bool) -> list[Column]:  # noqa: ARG002 - the same either way
        return [Column("r.start_ms", descending=True, nullable=False), Column("r.id", nullable=False)]

    def _lead(self, keys: Sequence[OrderKey]) -> Lead | None:
        """What an order begins with, if there is an index of it."""
        if not keys or keys[0].entity not in TABLES:
            return None
        number = self.keys.find(self.cx, keys[0].key) or 0
        is_metric = keys[0].entity is Entity.METRIC
        aggregate = "" if keys[0].aggregate is Aggregate.LAST else aggregate_of("x", keys[0].aggregate)
        return Lead(TABLES[keys[0].entity], number, keys[0].descending, is_metric, aggregate)

    def _rows_of(self, source: str, alias: str, experiments: Sequence[int], *conditions: Sql) -> Sql:
        """FROM and WHERE of the rows of a table that belong to some experiments."""
        whole = join_with("AND", [any_of(self.dialect, f"{alias}.experiment", experiments), *conditions])
        return Sql(f"FROM {source} WHERE {whole.text}", whole.parameters)

    def _demand(self, comparison: Comparison, experiments: Sequence[int]) -> Demand | None:
        """What a comparison demands of a run, if an index answers it."""
        if comparison.operator is Operator.IS_NULL:
            return None
        if comparison.entity in TABLES:
            number = self.keys.find(self.cx, comparison.key)
            if number is None:
                return Demand(Sql("FROM run x WHERE FALSE"), "x.id")
            bounds = self._indexed(comparison)
            key = Sql("x.key = ?", (number,))
            return Demand(
                self._rows_of(f"{TABLES[comparison.entity]} x", "x", experiments, key, *bounds), "x.run"
            )
        if comparison.entity is Entity.DATASET:
            column = DATASET_COLUMNS[comparison.key]
            found = (
                Sql(f"{column} IS NOT NULL")
                if comparison.operator is Operator.IS_NOT_NULL
                else compare_text(self.dialect, column, comparison)
            )
            return Demand(self._rows_of(DATASETS.removeprefix("FROM "), "rd", experiments, found), "rd.run")
        bound = self._indexed_attribute(comparison)
        return None if bound is None else Demand(self._rows_of("run x", "x", experiments, bound), "x.id")

    def _indexed(self, comparison: Comparison) -> list[Sql]:
        """Conditions on a value `x` that hold wherever a comparison does, as far as an index has it."""
        operator, value = comparison.operator, comparison.value
        if operator in (Operator.NOT_EQUAL, Operator.NOT_IN, Operator.IS_NOT_NULL):
            return []
        if comparison.entity is Entity.METRIC:
            return [compare_double("x.value", comparison)] if comparison.aggregate is Aggregate.LAST else []
        if isinstance(value, Number):
            if comparison.entity is Entity.TAG or number_of(value.text) is None:
                return []
            return [Sql("x.number IS NOT NULL"), Sql(f"x.number {operator.value} ?", (float(value.value),))]
        return [found] if (found := self._beginning("x.value", comparison)) else []

    @staticmethod
    def _beginning(column: str, comparison: Comparison) -> Sql | None:
        """Condition on the beginning of a text, which its index has, that holds wherever a comparison does."""
        operator = comparison.operator
        indexed = f"substr({column}, 1, {INDEXED_LENGTH})"
        value = comparison.value
        items = value.values if isinstance(value, ValueList) else (value,)
        if operator not in (Operator.EQUAL, Operator.IN) or not all(isinstance(item, Text) for item in items):
            return None
        return one_of(indexed, [text[:INDEXED_LENGTH] for text in _texts(comparison)])

    def _indexed_attribute(self, comparison: Comparison) -> Sql | None:
        """As `_indexed`, for an attribute of a run `x`; `None` if no index has it."""
        key, operator = comparison.key, comparison.operator
        if operator in (Operator.NOT_EQUAL, Operator.NOT_IN, Operator.IS_NOT_NULL):
            return None
        if key == "status":
            return one_of("x.status", _matching_states(comparison))
        if key == "run_id" and operator in (Operator.EQUAL, Operator.IN):
            numbers = [find_number(self.cx, text) for text in _texts(comparison)]
            return one_of("x.id", [number for number in numbers if number is not None])
        if key == "run_name":
            return self._beginning("x.name", comparison)
        return compare_number("x.start_ms", comparison) if key == "start_time" else None

    def _compare_logged(self, comparison: Comparison) -> Sql:
        operator = comparison.operator
        number = self.keys.find(self.cx, comparison.key)
        if number is None:
            return TRUE if operator is Operator.IS_NULL else FALSE
        probe = f"SELECT 1 FROM {TABLES[comparison.entity]} x WHERE x.run = r.id AND x.key = ?"
        fence = self.dialect.fence
        if operator is Operator.IS_NULL:
            return Sql(f"NOT EXISTS ({probe}{fence})", (number,))
        if operator is Operator.IS_NOT_NULL:
            return Sql(f"EXISTS ({probe}{fence})", (number,))
        if comparison.entity is Entity.METRIC:
            found = compare_double(aggregate_of("x", comparison.aggregate), comparison)
        else:
            found = compare_text(self.dialect, "x.value", comparison, number="x.number")
        return Sql(f"EXISTS ({probe} AND ({found.text}){fence})", (number, *found.parameters))

    def _compare_attribute(self, comparison: Comparison) -> Sql:
        key, operator = comparison.key, comparison.operator
        if isinstance(comparison.value, Null):
            return Sql(f"{_COLUMNS.get(key, 'r.uuid')} {operator.value}")  # a run has a status and a place
        if key == "status":
            return one_of("r.status", _matching_states(comparison))
        if key == "run_id" and operator not in (Operator.LIKE, Operator.ILIKE):
            numbers = [find_number(self.cx, text) for text in _texts(comparison)]
            found = one_of("r.id", [number for number in numbers if number is not None])
            return complement(found) if operator in (Operator.NOT_EQUAL, Operator.NOT_IN) else found
        if key in ("start_time", "end_time"):
            return compare_number(_COLUMNS[key], comparison)
        if key == "artifact_uri":
            base = self._base_uri()
            found = compare_text(self.dialect, "(place.base || '/' || r.uuid || '/artifacts')", comparison)
            return Sql(
                f"EXISTS (SELECT 1 FROM (SELECT ({base.text}) AS base FROM experiment e "
                "WHERE e.id = COALESCE(r.home, r.experiment)) place "
                f"WHERE {found.text})",
                (*base.parameters, *found.parameters),
            )
        return compare_text(self.dialect, _COLUMNS[key], comparison)

    def _base_uri(self) -> Sql:
        """SQL of the artifact location of the experiment `e`, as it is given out."""
        roots = [number for (number,) in self.cx.all("SELECT id FROM artifact_root ORDER BY id")]
        bases = [self._settings.given_out(self.cx, number, "").rstrip("/") + "/" for number in roots]
        cases = " ".join(f"WHEN {number} THEN CAST(? AS TEXT)" for number in roots)
        return Sql(f"CASE e.root {cases} ELSE '' END || e.location", tuple(bases))


def aggregate_of(alias: str, aggregate: Aggregate) -> str:
    """SQL of an aggregate of the series of a table `metric`; NULL is NaN."""
    return f"({_AGGREGATES[aggregate].format(x=alias)})"


def _texts(comparison: Comparison) -> list[str]:
    value = comparison.value
    items = value.values if isinstance(value, ValueList) else (value,)
    return [item.value if isinstance(item, Text) else getattr(item, "text", "") for item in items]


def _matching_states(comparison: Comparison) -> list[int]:
    texts, operator = _texts(comparison), comparison.operator
    if operator in (Operator.LIKE, Operator.ILIKE):
        pattern = "".join({"%": "*", "_": "?"}.get(c, f"[{c}]" if c in "*?[" else c) for c in texts[0])
        flags = re.IGNORECASE if operator is Operator.ILIKE else 0
        matches = re.compile(fnmatch.translate(pattern), flags).match
        return [number for name, number in RunStatus._STRING_TO_STATUS.items() if matches(name)]
    negated = operator in (Operator.NOT_EQUAL, Operator.NOT_IN)
    return [number for name, number in RunStatus._STRING_TO_STATUS.items() if (name in texts) != negated]
