"""How runs are searched."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from mlflow._search.fields.runs import FIELDS
from mlflow._search.tree import Comparison, Entity, Null, Operator, OrderKey, Text, ValueList
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.search import (
    FALSE,
    TRUE,
    Column,
    Query,
    Search,
    Sql,
    any_of,
    compare_double,
    compare_number,
    compare_text,
    complement,
    one_of,
)
from mlflow._storage.sql.search_experiments import lifecycle
from mlflow._storage.sql.settings import SqlSettings
from mlflow.entities.run_status import RunStatus

_TABLES = {Entity.METRIC: "metric", Entity.PARAM: "param", Entity.TAG: "tag"}
_DATASET_COLUMNS = {"name": "d.name", "digest": "d.digest", "context": "rd.context"}
_COLUMNS = {
    "run_id": "r.uuid",
    "run_name": "r.name",
    "user_id": "r.user_id",
    "start_time": "r.start_ms",
    "end_time": "r.end_ms",
}
_STATUS = "CASE r.status " + " ".join(
    f"WHEN {number} THEN '{name}'" for number, name in sorted(RunStatus._STATUS_TO_STRING.items())
)


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
        self, experiments: Sequence[int], view_type: int, filter_string: str | None, order_by: Sequence[str]
    ) -> Query:
        """A search for runs of some experiments."""
        conditions = [
            any_of(self.dialect, "r.experiment", experiments),
            *lifecycle("r.deleted_ms", view_type),
        ]
        return self.build(
            conditions, filter_string, self.columns(order_by), list(experiments), view_type, list(order_by)
        )

    def compare(self, comparison: Comparison) -> Sql:
        if comparison.entity in _TABLES:
            return self._compare_logged(comparison)
        if comparison.entity is Entity.DATASET:
            column = _DATASET_COLUMNS[comparison.key]
            probe = "SELECT 1 FROM run_dataset rd JOIN dataset d ON d.id = rd.dataset WHERE rd.run = r.id"
            if isinstance(comparison.value, Null):
                missing = comparison.operator is Operator.IS_NULL
                return Sql(f"{'NOT ' if missing else ''}EXISTS ({probe} AND {column} IS NOT NULL)")
            found = compare_text(self.dialect, column, comparison)
            return Sql(f"EXISTS ({probe} AND {column} IS NOT NULL AND ({found.text}))", found.parameters)
        return self._compare_attribute(comparison)

    def order(self, key: OrderKey) -> list[Column]:
        if key.entity is Entity.ATTRIBUTE:
            if key.key == "status":
                return [Column(f"({_STATUS} END)", key.descending)]
            if key.key == "artifact_uri":
                base = self._base_uri()
                join = Sql(
                    f"LEFT JOIN (SELECT e.id, ({base.text}) AS base FROM experiment e) place ON place.id = r.experiment",
                    base.parameters,
                )
                return [Column("(place.base || '/' || r.uuid || '/artifacts')", key.descending, join)]
            return [Column(_COLUMNS[key.key], key.descending)]
        number = self.keys.find(self.cx, key.key)
        alias = f"{key.entity.value}_{number or 0}"
        join = Sql(
            f"LEFT JOIN {_TABLES[key.entity]} {alias} ON {alias}.run = r.id AND {alias}.key = ?",
            (number or 0,),
        )
        if key.entity is Entity.METRIC:
            rank = f"CASE WHEN {alias}.run IS NULL THEN 2 WHEN {alias}.value IS NULL THEN 1 ELSE 0 END"
            return [Column(rank, join=join), Column(f"{alias}.value", key.descending)]
        return [Column(f"{alias}.value", key.descending, join)]

    def ties(self, *, ordered: bool) -> list[Column]:  # noqa: ARG002 - the same either way
        return [Column("r.start_ms", descending=True), Column("r.id")]

    def _compare_logged(self, comparison: Comparison) -> Sql:
        operator = comparison.operator
        number = self.keys.find(self.cx, comparison.key)
        if number is None:
            return TRUE if operator is Operator.IS_NULL else FALSE
        probe = f"SELECT 1 FROM {_TABLES[comparison.entity]} x WHERE x.run = r.id AND x.key = ?"
        if operator is Operator.IS_NULL:
            return Sql(f"NOT EXISTS ({probe})", (number,))
        if operator is Operator.IS_NOT_NULL:
            return Sql(f"EXISTS ({probe})", (number,))
        if comparison.entity is Entity.METRIC:
            found = compare_double("x.value", comparison)
        else:
            found = compare_text(self.dialect, "x.value", comparison, number="x.number")
        return Sql(f"EXISTS ({probe} AND ({found.text}))", (number, *found.parameters))

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
                f"EXISTS (SELECT 1 FROM (SELECT ({base.text}) AS base FROM experiment e WHERE e.id = r.experiment) place "
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
