"""Runs in groups of equal values."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlflow._search.tree import Entity, OrderKey
from mlflow._storage.interface.tables import MAX_GROUPS
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.search import Sql, select
from mlflow._storage.sql.search_plan import RunQuery
from mlflow._storage.sql.search_runs import DATASET_COLUMNS, LARGEST_DOUBLE, STATUS, TABLES, aggregate_of
from mlflow._storage.sql.table_cells import ShownColumn
from mlflow.entities._tables import Cell, GroupValues, RunGroups
from mlflow.exceptions import InvalidParameterValue

_SAMPLE = 1_000
"""Runs that tell about where the values of a metric are."""
_GROUPED_ATTRIBUTES = {"status": STATUS, "user_id": "r.user_id", "run_name": "r.name"}


def group_runs(
    cx: Connection,
    query: RunQuery,
    grouped: Sequence[ShownColumn],
    metrics: Sequence[ShownColumn],
    order: OrderKey | None,
) -> RunGroups:
    """All groups of the runs of a search, in order.

    Args:
        cx: Connection.
        query: The search.
        grouped: Columns whose values make a group.
        metrics: Metrics that are summed up.
        order: A grouped column, or a metric by its mean; `None` puts the largest groups first.

    Raises:
        InvalidParameterValue: A column cannot be grouped, the order is none of the columns, or there are too many groups.
    """
    source, where = query.found(cx)
    joins: list[Sql] = []
    columns: list[str] = []
    for i, column in enumerate(grouped):
        join, expression = _grouped(i, column)
        joins += join
        columns.append(f"{expression} AS g{i}")
    for i, column in enumerate(metrics):
        joins.append(Sql(f"LEFT JOIN metric v{i} ON v{i}.run = r.id AND v{i}.key = ?", (column.number or 0,)))
        value = aggregate_of(f"v{i}", column.aggregate)
        columns.append(f"CASE WHEN abs({value}) <= {LARGEST_DOUBLE} THEN {value} END AS m{i}")
    whole = Sql(
        " ".join([source.text, *(join.text for join in joins)]),
        (*source.parameters, *(value for join in joins for value in join.parameters)),
    )
    inner = select(Sql(", ".join(columns)), whole, where)
    # Squares are summed around about the mean, or their difference would be lost in rounding.
    centres: Row = ()
    if metrics:
        means = ", ".join(f"avg(m{i})" for i in range(len(metrics)))
        found = cx.one(f"SELECT {means} FROM ({inner.text} LIMIT {_SAMPLE}) grouped", inner.parameters)
        assert found is not None  # an average is one row
        centres = tuple(centre or 0.0 for centre in found)
    names = [f"g{i}" for i in range(len(grouped))]
    facts = [
        f"count(m{i}), avg(m{i}), min(m{i}), max(m{i}), sum(m{i} - ?), sum((m{i} - ?) * (m{i} - ?))"
        for i in range(len(metrics))
    ]
    rows = cx.all(
        f"SELECT {', '.join([*names, 'count(*)', *facts])} FROM ({inner.text}) grouped "
        f"GROUP BY {', '.join(names)} LIMIT {MAX_GROUPS + 1}",
        [*(centre for centre in centres for _ in range(3)), *inner.parameters],
    )
    if len(rows) > MAX_GROUPS:
        raise InvalidParameterValue(
            f"There are more than {MAX_GROUPS:,} groups; group by something with fewer values, or filter"
        )
    return _in_columns(_sorted(rows, grouped, metrics, order), grouped, metrics)


def _grouped(place: int, column: ShownColumn) -> tuple[list[Sql], str]:
    """Joins and SQL of the value of a grouped column."""
    if column.entity in (Entity.PARAM, Entity.TAG):
        alias = f"a{place}"
        join = Sql(
            f"LEFT JOIN {TABLES[column.entity]} {alias} ON {alias}.run = r.id AND {alias}.key = ?",
            (column.number or 0,),
        )
        return [join], f"{alias}.value"
    if column.entity is Entity.DATASET:
        link, dataset = f"l{place}", f"d{place}"
        join = Sql(
            f"LEFT JOIN run_dataset {link} ON {link}.run = r.id LEFT JOIN dataset {dataset} ON {dataset}.id = {link}.dataset"
        )
        alias, _, name = DATASET_COLUMNS[column.key].partition(".")
        return [join], f"{link if alias == 'rd' else dataset}.{name}"
    if column.entity is Entity.ATTRIBUTE and column.key in _GROUPED_ATTRIBUTES:
        return [], _GROUPED_ATTRIBUTES[column.key]
    raise InvalidParameterValue(
        f"Runs cannot be grouped by {column.text!r}: use params.…, tags.…, datasets.… or one of "
        f"{', '.join(_GROUPED_ATTRIBUTES)}"
    )


def _sorted(
    rows: Sequence[Row],
    grouped: Sequence[ShownColumn],
    metrics: Sequence[ShownColumn],
    order: OrderKey | None,
) -> list[Row]:
    width = len(grouped)
    found = sorted(rows, key=lambda row: tuple((value is None, value or "") for value in row[:width]))
    if order is None:
        return sorted(found, key=lambda row: -row[width])
    wanted = (order.entity, order.key, order.aggregate)
    at = None
    for i, column in enumerate(grouped):
        if wanted == (column.entity, column.key, column.aggregate):
            at = i
    for i, column in enumerate(metrics):
        if wanted == (column.entity, column.key, column.aggregate):
            at = width + 1 + 6 * i + 1
    if at is None:
        raise InvalidParameterValue(
            "Groups are ordered by a grouped column, or by a metric that is one of the columns"
        )
    there = [row for row in found if row[at] is not None]
    there.sort(key=lambda row: row[at], reverse=order.descending)
    return there + [row for row in found if row[at] is None]


def _in_columns(
    rows: Sequence[Row], grouped: Sequence[ShownColumn], metrics: Sequence[ShownColumn]
) -> RunGroups:
    width = len(grouped)
    values: dict[str, list[Cell]] = {
        column.text: [row[i] for row in rows] for i, column in enumerate(grouped)
    }
    summed = {}
    for i, column in enumerate(metrics):
        first = width + 1 + 6 * i
        parts = [row[first : first + 6] for row in rows]
        summed[column.text] = GroupValues(
            known=[part[0] for part in parts],
            mean=[part[1] for part in parts],
            sd=[_deviation(part[0], part[4], part[5]) for part in parts],
            min=[part[2] for part in parts],
            max=[part[3] for part in parts],
        )
    return RunGroups(values, [row[width] for row in rows], summed)


def _deviation(count: int, total: float | None, squares: float | None) -> float | None:
    """Standard deviation of a sample, from sums of differences to any centre and of their squares."""
    if count < 2 or total is None or squares is None:
        return None
    return math.sqrt(max(squares - total * total / count, 0.0) / (count - 1))
