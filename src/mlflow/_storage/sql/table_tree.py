"""Trees of runs: roots in order, children within their parent."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._search.tree import Aggregate, Entity, OrderKey
from mlflow._storage.interface.tables import COUNTED
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.search import Column, Query, Sql, any_of, count_rows, join_with, lifecycle, select
from mlflow._storage.sql.search_plan import RunQuery
from mlflow._storage.sql.search_runs import TABLES, RunSearch, aggregate_of
from mlflow._storage.sql.table_cells import ShownColumn
from mlflow._storage.sql.tokens import fingerprint
from mlflow.entities._tables import ChildValues
from mlflow.entities.run_status import RunStatus
from mlflow.exceptions import NotSupported


class RunTree:
    """One level of a tree of runs: the roots, or the children of a run.

    Args:
        cx: Connection.
        engine: The database.
        search: How runs are searched.
        matching: The runs that match.
        is_filtered: Whether there are others.
        view_type: A number of `ViewType`.
        parent: Number of the run whose children are wanted; `None` for the roots.
    """

    def __init__(
        self,
        cx: Connection,
        engine: Engine,
        search: RunSearch,
        matching: RunQuery,
        view_type: int,
        parent: int | None,
        *,
        is_filtered: bool,
    ) -> None:
        self._cx = cx
        self._engine = engine
        self._search = search
        self._matching = matching
        self._view_type = view_type
        self._parent = parent
        self._is_filtered = is_filtered
        along = engine.dialect.along
        self._in_order = f"run r{along('run_by_start')}"
        self._by_parent = f"run r{along('run_by_parent')}"
        self._table = self._in_order if parent is None else self._by_parent

    def page(
        self, keys: Sequence[OrderKey], limit: int, cursor: str | None, *identity: object
    ) -> tuple[list[int], str | None]:
        """Numbers of the runs of one page, in order, and the token of the next.

        Args:
            keys: Order.
            limit: Most runs.
            cursor: Token of the page before.
            *identity: What else tells this tree from others.
        """
        search = fingerprint("tree", self._parent, self._view_type, *identity)
        level = Query(self._engine, self._table, join_with("AND", self._level()), self._order(keys), search)
        rows, token = level.page(self._cx, "r.id", limit, cursor)
        return [row[0] for row in rows], token

    def count(self) -> tuple[int, bool]:
        """How many runs the level has, up to a limit, and whether that are all."""
        return count_rows(self._cx, Sql(self._table), self._level(), COUNTED)

    def context(self, numbers: Sequence[int]) -> list[bool]:
        """Which runs are there only for the sake of those below them."""
        if not self._is_filtered or not numbers:
            return [False] * len(numbers)
        chosen = [any_of(self._engine.dialect, "r.id", numbers), self._matching.where]
        found = select(Sql("r.id"), Sql("run r"), chosen)
        matching = {row[0] for row in self._cx.all(found.text, found.parameters)}
        return [number not in matching for number in numbers]

    def children(self, numbers: Sequence[int]) -> list[dict[str, int]]:
        """How many children runs have, by name of state."""
        if not numbers:
            return []
        where = [*self._children_of(numbers), *lifecycle("r.deleted_ms", self._view_type)]
        found = select(Sql("r.parent, r.status, count(*)"), Sql(self._by_parent), where)
        counts: dict[int, dict[str, int]] = {number: {} for number in numbers}
        for parent, status, count in self._cx.all(
            f"{found.text} GROUP BY r.parent, r.status ORDER BY r.parent, r.status", found.parameters
        ):
            counts[parent][RunStatus.to_string(status)] = count
        return [counts[number] for number in numbers]

    def child_values(self, numbers: Sequence[int], columns: Sequence[ShownColumn]) -> dict[str, ChildValues]:
        """What the matching children of runs have of metrics."""
        values: dict[str, ChildValues] = {}
        known = [column for column in columns if column.entity is Entity.METRIC]
        place = {number: i for i, number in enumerate(numbers)}
        by_column: dict[tuple[int | None, Aggregate], ChildValues] = {}
        for column in known:
            size = len(numbers)
            values[column.text] = by_column.setdefault(
                (column.number, column.aggregate),
                ChildValues([None] * size, [None] * size, [None] * size, [0] * size),
            )
        keys = sorted({column.number for column in known if column.number is not None})
        if not numbers or not keys:
            return values
        aggregates = sorted({column.aggregate for column in known})
        facts = ", ".join(
            f"min({value}), max({value}), avg({value}), count({value})"
            for value in (aggregate_of("y", aggregate) for aggregate in aggregates)
        )
        where = [
            *self._children_of(numbers),
            any_of(self._engine.dialect, "y.key", keys),
            self._matching.where,
        ]
        found = select(
            Sql(f"r.parent, y.key, {facts}"), Sql(f"{self._by_parent} JOIN metric y ON y.run = r.id"), where
        )
        for parent, key, *row in self._cx.all(f"{found.text} GROUP BY r.parent, y.key", found.parameters):
            for i, aggregate in enumerate(aggregates):
                target = by_column.get((key, aggregate))
                if target is not None:
                    at = place[parent]
                    target.min[at], target.max[at], target.mean[at], target.known[at] = row[4 * i : 4 * i + 4]
        return values

    def _children_of(self, numbers: Sequence[int]) -> list[Sql]:
        return [self._matching.within("r"), any_of(self._engine.dialect, "r.parent", numbers)]

    def _level(self) -> list[Sql]:
        """What the runs of the level have in common."""
        view = lifecycle("r.deleted_ms", self._view_type)
        conditions = [self._matching.within("r"), *view]
        if self._parent is not None:
            conditions.append(Sql("r.parent = ?", (self._parent,)))
        else:
            shown = join_with("AND", [Sql("TRUE"), *lifecycle("p.deleted_ms", self._view_type)])
            conditions.append(
                Sql(
                    "r.parent IS NULL OR NOT EXISTS (SELECT 1 FROM run p WHERE p.id = r.parent "
                    f"AND p.experiment = r.experiment AND {shown.text}{self._engine.dialect.fence})"
                )
            )
        if self._is_filtered:
            if self._engine.dialect.distributed:
                raise NotSupported(
                    "A filtered tree of runs takes a recursive query, which a database on several machines does not "
                    "answer. Ask for the filtered runs without 'tree', or for the tree without a filter."
                )
            matches = self._matching.matching(self._cx, "r.id, r.parent")
            conditions.append(
                Sql(
                    f"r.id IN (WITH RECURSIVE kept (id, parent) AS ({matches.text} UNION SELECT p.id, p.parent "
                    "FROM kept k JOIN run p ON p.id = k.parent) SELECT id FROM kept)",
                    matches.parameters,
                )
            )
        return conditions

    def _order(self, keys: Sequence[OrderKey]) -> list[Column]:
        columns = []
        for i, key in enumerate(keys):
            columns += self._best(i, key) if key.entity in TABLES else self._search.order(key)
        by_expression: dict[str, Column] = {}
        for column in [*columns, *self._search.ties(ordered=bool(keys))]:
            by_expression.setdefault(column.expression, column)
        return list(by_expression.values())

    def _best(self, place: int, key: OrderKey) -> list[Column]:
        """Columns of a value of a run or, where it lacks one, of the best one of its children."""
        table = TABLES[key.entity]
        number = self._engine.keys.find(self._cx, key.key) or 0
        is_metric = key.entity is Entity.METRIC
        own, best = f"own_{place}", f"best_{place}"
        value = aggregate_of("y", key.aggregate) if is_metric else "y.value"
        source, below = self._in_order, [Sql("r.parent IS NOT NULL")]
        if self._parent is not None:
            ours = self._matching.within("c")
            siblings = Sql(
                f"r.parent IN (SELECT c.id FROM run c WHERE {ours.text} AND c.parent = ?)",
                (*ours.parameters, self._parent),
            )
            source, below = self._by_parent, [*below, siblings]
        children = select(
            Sql(f"r.parent AS run, {'max' if key.descending else 'min'}({value}) AS value"),
            Sql(f"{source} JOIN {table} y ON y.run = r.id AND y.key = ?", (number,)),
            [self._matching.within("r"), *below, self._matching.where],
        )
        join = Sql(
            f"LEFT JOIN {table} {own} ON {own}.run = r.id AND {own}.key = ? "
            f"LEFT JOIN ({children.text} GROUP BY r.parent) {best} ON {best}.run = r.id",
            (number, *children.parameters),
        )
        shown = aggregate_of(own, key.aggregate) if is_metric else f"{own}.value"
        column = Column(f"COALESCE({shown}, {best}.value)", key.descending)
        if not is_metric:
            return [column._replace(join=join)]
        rank = (
            f"CASE WHEN {column.expression} IS NOT NULL THEN 0 WHEN {own}.run IS NOT NULL THEN 1 ELSE 2 END"
        )
        return [Column(rank, join=join, nullable=False), column]
