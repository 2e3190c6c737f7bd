"""Tables in SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mlflow._base.clock import now_ms
from mlflow._search.tree import Aggregate, Entity, OrderKey
from mlflow._storage.interface.tables import (
    COUNTED,
    COUNTED_IN_EXPERIMENT,
    LOOKED_AT,
    MAX_COLUMNS,
    MAX_COMPARED_CELLS,
    MAX_COMPARED_RUNS,
    MAX_TABLE_ROWS,
)
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.folding import settle, settle_for
from mlflow._storage.sql.ids import find_number
from mlflow._storage.sql.run_rows import no_run
from mlflow._storage.sql.search import any_of
from mlflow._storage.sql.search_experiments import ExperimentSearch
from mlflow._storage.sql.search_plan import RunQuery
from mlflow._storage.sql.search_registered_models import RegisteredModelSearch
from mlflow._storage.sql.search_runs import TABLES, RunSearch, aggregate_of
from mlflow._storage.sql.settings import SqlSettings
from mlflow._storage.sql.table_cells import ShownColumn, run_rows, shown_columns
from mlflow._storage.sql.table_groups import group_runs
from mlflow._storage.sql.table_keys import keys_of, values_of
from mlflow._storage.sql.table_models import SHOWN_TAG, model_rows
from mlflow._storage.sql.table_tree import RunTree
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import (
    check_experiment_id,
    check_max_results,
    check_run_id,
    check_text,
)
from mlflow.entities._tables import (
    Cell,
    ExperimentRow,
    ExperimentTable,
    GroupValues,
    KeyList,
    RegisteredModelTable,
    RunComparison,
    RunGroups,
    RunRows,
    RunSet,
    RunTable,
    ValueCount,
)
from mlflow.entities.lifecycle_stage import LifecycleStage
from mlflow.entities.run_status import RunStatus
from mlflow.entities.view_type import ViewType
from mlflow.exceptions import InvalidParameterValue

_MAX_KEY_EXPERIMENTS = 50
_RECENT_MS = 7 * 24 * 60 * 60 * 1000
_RUNNING = RunStatus.from_string("RUNNING")
_FAILED = RunStatus.from_string("FAILED")


class SqlTables:
    """Tables in SQL.

    Args:
        engine: The database.
        settings: Where artifacts are.
    """

    def __init__(self, engine: Engine, settings: SqlSettings) -> None:
        self._engine = engine
        self._settings = settings

    def runs(
        self,
        runset: RunSet,
        columns: Sequence[str] = (),
        order_by: Sequence[str] = (),
        *,
        tree: bool = False,
        parent: str | None = None,
        group_by: Sequence[str] = (),
        pinned: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RunTable:
        check_max_results(limit, MAX_TABLE_ROWS)
        _check_count("pinned", pinned, MAX_TABLE_ROWS)
        if group_by and (tree or parent):
            raise InvalidParameterValue(
                "A table is a tree or grouped, not both: leave out 'tree' or 'group_by'"
            )
        settle_for(self._engine, (runset.filter_string, *columns, *order_by))
        with self._engine.snapshot() as cx:
            experiments, only = self._scope(cx, runset)
            search = RunSearch(self._engine, cx, self._settings)
            query = search.query(
                experiments,
                runset.view_type,
                runset.filter_string,
                () if group_by else order_by,
                since=runset.since,
                runs=only,
            )
            keys = search.order_keys(order_by)
            shown = shown_columns(cx, self._engine, columns)
            has_tree = self._has_tree(cx, experiments)
            if group_by:
                table = self._grouped(cx, query, shown, keys, group_by, limit, cursor, runset)
            elif parent or (tree and has_tree):
                number = self._parent(cx, parent)
                is_filtered = bool(runset.filter_string) or runset.since is not None or only is not None
                nodes = RunTree(
                    cx, self._engine, search, query, runset.view_type, number, is_filtered=is_filtered
                )
                identity = (experiments, only, runset.filter_string, runset.since, list(order_by))
                table = self._tree(cx, nodes, shown, keys, limit, cursor, identity)
            else:
                table = self._flat(cx, query, shown, runset, limit, cursor)
                if tree:  # of roots alone
                    count = len(table.rows.run_ids)
                    table = replace(
                        table, rows=replace(table.rows, children=[{}] * count, context=[False] * count)
                    )
            extra = None
            if pinned:
                numbers = [find_number(cx, check_run_id(run_id)) for run_id in pinned]
                extra = self._existing(cx, numbers, shown)
            return replace(table, pinned=extra, has_tree=has_tree)

    def keys(
        self, experiment_ids: Sequence[str], kind: str | None = None, query: str = "", limit: int = 200
    ) -> KeyList:
        check_max_results(limit, MAX_COLUMNS)
        experiments = _key_experiments(experiment_ids)
        settle(self._engine)
        with self._engine.snapshot() as cx:
            return keys_of(cx, self._engine, experiments, kind, check_text(query, "q"), limit)

    def values(
        self, experiment_ids: Sequence[str], key: str, prefix: str = "", limit: int = 50
    ) -> list[ValueCount]:
        check_max_results(limit, MAX_TABLE_ROWS)
        experiments = _key_experiments(experiment_ids)
        check_text(key, "key")
        with self._engine.snapshot() as cx:
            return values_of(cx, self._engine, experiments, key, check_text(prefix, "prefix"), limit)

    def compare(self, run_ids: Sequence[str], aggregates: Sequence[str] = ("last",)) -> RunComparison:
        _check_count("run_ids", run_ids, MAX_COMPARED_RUNS)
        chosen = [_aggregate(name) for name in dict.fromkeys(aggregates)]
        settle(self._engine)
        with self._engine.snapshot() as cx:
            asked = {run_id: find_number(cx, check_run_id(run_id)) for run_id in dict.fromkeys(run_ids)}
            numbers = self._stored(cx, list(asked.values()))
            missing = [run_id for run_id, number in asked.items() if number not in set(numbers)]
            rows = run_rows(cx, self._engine, self._settings, numbers)
            params = self._everything(cx, Entity.PARAM, ["x.value"], numbers)
            metrics = self._everything(
                cx, Entity.METRIC, [aggregate_of("x", aggregate) for aggregate in chosen], numbers
            )
            tags = self._everything(cx, Entity.TAG, ["x.value"], numbers)
            return RunComparison(
                rows,
                missing,
                {key: columns[0] for key, columns in params.items()},
                {
                    key: dict(zip((aggregate.value for aggregate in chosen), columns, strict=True))
                    for key, columns in metrics.items()
                },
                {key: columns[0] for key, columns in tags.items()},
                {"params": _varying(params), "metrics": _varying(metrics), "tags": _varying(tags)},
            )

    def experiments(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> ExperimentTable:
        check_max_results(limit, MAX_TABLE_ROWS)
        check_text(name, "q")
        with self._engine.snapshot() as cx:
            search = ExperimentSearch(self._engine, cx)
            query = search.table_query(view_type, filter_string, name, order_by)
            rows, token = query.page(cx, "e.id", limit, cursor)
            total = query.count(cx) if cursor is None else None
            return ExperimentTable(self._experiment_rows(cx, [row[0] for row in rows]), total, token)

    def registered_models(
        self,
        filter_string: str = "",
        name: str = "",
        view_type: int = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> RegisteredModelTable:
        check_max_results(limit, MAX_TABLE_ROWS)
        check_text(name, "q")
        with self._engine.snapshot() as cx:
            search = RegisteredModelSearch(self._engine, cx)
            query = search.table_query(view_type, filter_string, name, order_by)
            rows, token = query.page(cx, "m.id", limit, cursor)
            total = query.count(cx) if cursor is None else None
            last = cx.one("SELECT seq FROM decision_head WHERE id = 1")
            found = model_rows(cx, self._engine.dialect, [row[0] for row in rows])
            return RegisteredModelTable(found, 0 if last is None else int(last[0]), total, token)

    def _scope(self, cx: Connection, runset: RunSet) -> tuple[list[int], list[int] | None]:
        """Numbers of the experiments of a set of runs, and of its runs if it names them."""
        experiments = sorted({check_experiment_id(experiment_id) for experiment_id in runset.experiment_ids})
        if runset.run_ids is None:
            return experiments, None
        found = (find_number(cx, check_run_id(run_id)) for run_id in runset.run_ids)
        numbers = sorted({number for number in found if number is not None})
        if not experiments and numbers:
            chosen = any_of(self._engine.dialect, "id", numbers)
            rows = cx.all(f"SELECT DISTINCT experiment FROM run WHERE {chosen.text}", chosen.parameters)
            experiments = sorted(row[0] for row in rows)
        return experiments, numbers

    def _parent(self, cx: Connection, parent: str | None) -> int | None:
        if parent is None:
            return None
        number = find_number(cx, check_run_id(parent))
        if number is None or not self._stored(cx, [number]):
            raise no_run(parent)
        return number

    def _flat(
        self,
        cx: Connection,
        query: RunQuery,
        shown: Sequence[ShownColumn],
        runset: RunSet,
        limit: int,
        cursor: str | None,
    ) -> RunTable:
        numbers, token = query.page(cx, limit, cursor)
        total, is_exact = None, True
        if cursor is None and token is None:
            total = len(numbers)
        elif cursor is None and runset.filter_string:
            counted, is_exact = query.count(cx, COUNTED, LOOKED_AT)
            total = max(counted, len(numbers) + 1)  # there is another page
        elif cursor is None:
            total, _ = query.count(cx)
        rows = run_rows(cx, self._engine, self._settings, numbers, shown)
        return RunTable(rows, total=total, is_total_exact=is_exact, cursor=token)

    def _tree(
        self,
        cx: Connection,
        nodes: RunTree,
        shown: Sequence[ShownColumn],
        keys: Sequence[OrderKey],
        limit: int,
        cursor: str | None,
        identity: tuple[object, ...],
    ) -> RunTable:
        numbers, token = nodes.page(keys, limit, cursor, *identity)
        total, is_exact = None, True
        if cursor is None:
            total, is_exact = (len(numbers), True) if token is None else nodes.count()
        rows = replace(
            run_rows(cx, self._engine, self._settings, numbers, shown),
            children=nodes.children(numbers),
            context=nodes.context(numbers),
            child_cells=nodes.child_values(numbers, shown),
        )
        return RunTable(rows, total=total, is_total_exact=is_exact, cursor=token)

    def _grouped(
        self,
        cx: Connection,
        query: RunQuery,
        shown: Sequence[ShownColumn],
        keys: Sequence[OrderKey],
        group_by: Sequence[str],
        limit: int,
        cursor: str | None,
        runset: RunSet,
    ) -> RunTable:
        grouped = shown_columns(cx, self._engine, group_by)
        metrics = [column for column in shown if column.entity is Entity.METRIC]
        name = fingerprint("groups", runset, group_by, keys, [column.text for column in metrics])
        start = read_token(cursor, name, 1, self._engine.token_key)
        first = int(start[0]) if start else 0
        groups = group_runs(cx, query, grouped, metrics, keys[0] if keys else None)
        total = len(groups.runs)
        end = first + limit
        return RunTable(
            RunRows(),
            groups=_part(groups, first, end),
            total=total if cursor is None else None,
            cursor=make_token([end], name, self._engine.token_key) if end < total else None,
        )

    def _has_tree(self, cx: Connection, experiments: Sequence[int]) -> bool:
        chosen = any_of(self._engine.dialect, "experiment", experiments)
        sql = f"SELECT 1 FROM run WHERE {chosen.text} AND parent IS NOT NULL LIMIT 1"
        return cx.one(sql, chosen.parameters) is not None

    def _stored(self, cx: Connection, numbers: Sequence[int | None]) -> list[int]:
        """Those of some numbers that runs have, in their order."""
        known = list(dict.fromkeys(number for number in numbers if number is not None))
        if not known:
            return []
        chosen = any_of(self._engine.dialect, "id", known)
        stored = {row[0] for row in cx.all(f"SELECT id FROM run WHERE {chosen.text}", chosen.parameters)}
        return [number for number in known if number in stored]

    def _existing(
        self, cx: Connection, numbers: Sequence[int | None], shown: Sequence[ShownColumn]
    ) -> RunRows:
        return run_rows(cx, self._engine, self._settings, self._stored(cx, numbers), shown)

    def _everything(
        self, cx: Connection, entity: Entity, values: Sequence[str], numbers: Sequence[int]
    ) -> dict[str, list[list[Cell]]]:
        """All values of one kind: for each key a column for each of some expressions.

        Raises:
            InvalidParameterValue: There are too many of them.
        """
        if not numbers:
            return {}
        place = {number: i for i, number in enumerate(numbers)}
        chosen = any_of(self._engine.dialect, "x.run", numbers)
        table = TABLES[entity]
        keys = [
            row[0]
            for row in cx.all(f"SELECT DISTINCT x.key FROM {table} x WHERE {chosen.text}", chosen.parameters)
        ]
        if len(keys) * len(numbers) * len(values) > MAX_COMPARED_CELLS:
            raise InvalidParameterValue(
                f"These {len(numbers):,} runs have {len(keys):,} different {entity.value}, which is more than "
                f"{MAX_COMPARED_CELLS:,} cells; compare fewer runs, or ask for some columns of their table"
            )
        names = self._engine.keys.names(cx, keys)
        columns: dict[int, list[list[Cell]]] = {
            key: [[None] * len(numbers) for _ in values] for key in sorted(keys, key=lambda key: names[key])
        }
        is_metric = entity is Entity.METRIC
        for run, key, *row in cx.all(
            f"SELECT x.run, x.key, {', '.join(values)} FROM {table} x WHERE {chosen.text}", chosen.parameters
        ):
            for column, value in zip(columns[key], row, strict=True):
                column[place[run]] = math.nan if is_metric and value is None else value
        return {names[key]: found for key, found in columns.items()}

    def _experiment_rows(self, cx: Connection, numbers: Sequence[int]) -> list[ExperimentRow]:
        if not numbers:
            return []
        chosen = any_of(self._engine.dialect, "e.id", numbers)
        active = "FROM run r WHERE r.experiment = e.id AND r.deleted_ms IS NULL"
        rows = {
            row[0]: row
            for row in cx.all(
                "SELECT e.id, e.name, e.deleted_ms, e.created_ms, e.updated_ms, "
                f"(SELECT r.start_ms {active} ORDER BY r.start_ms DESC LIMIT 1), "
                f"(SELECT count(*) FROM (SELECT 1 {active} LIMIT {COUNTED_IN_EXPERIMENT}) c1), "
                f"(SELECT count(*) FROM (SELECT 1 {active} AND r.status = {_RUNNING} LIMIT {COUNTED_IN_EXPERIMENT}) c2), "
                f"(SELECT count(*) FROM (SELECT 1 {active} AND r.status = {_FAILED} AND r.start_ms >= ? "
                f"LIMIT {COUNTED_IN_EXPERIMENT}) c3) FROM experiment e WHERE {chosen.text}",
                (now_ms() - _RECENT_MS, *chosen.parameters),
            )
        }
        tags: dict[int, dict[str, str]] = {number: {} for number in numbers}
        of_them = any_of(self._engine.dialect, "experiment", numbers)
        for number, key, value in cx.all(
            f"SELECT experiment, name, substr(value, 1, {SHOWN_TAG}) FROM experiment_tag WHERE {of_them.text} ORDER BY 1, 2",
            of_them.parameters,
        ):
            tags[number][key] = value
        return [
            ExperimentRow(
                str(number),
                name,
                LifecycleStage.ACTIVE if deleted is None else LifecycleStage.DELETED,
                created,
                updated,
                last_run,
                runs,
                running,
                failed,
                tags[number],
            )
            for number, name, deleted, created, updated, last_run, runs, running, failed in map(
                rows.__getitem__, numbers
            )
        ]


def _check_count(name: str, values: Sequence[object], most: int) -> None:
    if len(values) > most:
        raise InvalidParameterValue(
            f"Invalid value for parameter '{name}' supplied: at most {most:,} are allowed, got {len(values):,}"
        )


def _key_experiments(experiment_ids: Sequence[str]) -> list[int]:
    _check_count("experiment_id", experiment_ids, _MAX_KEY_EXPERIMENTS)
    return sorted({check_experiment_id(experiment_id) for experiment_id in experiment_ids})


def _aggregate(name: str) -> Aggregate:
    try:
        return Aggregate(name)
    except ValueError:
        raise InvalidParameterValue(
            f"Invalid value {name!r} for parameter 'aggregates' supplied: use {', '.join(Aggregate)}"
        ) from None


def _varying(keys: dict[str, list[list[Cell]]]) -> list[str]:
    """Keys in any of whose columns values differ; NaN equals NaN."""
    return [
        key
        for key, columns in keys.items()
        if any(len({str(value) if value is not None else None for value in column}) > 1 for column in columns)
    ]


def _part(groups: RunGroups, first: int, end: int) -> RunGroups:
    return RunGroups(
        {text: column[first:end] for text, column in groups.values.items()},
        groups.runs[first:end],
        {
            text: GroupValues(
                summed.known[first:end],
                summed.mean[first:end],
                summed.sd[first:end],
                summed.min[first:end],
                summed.max[first:end],
            )
            for text, summed in groups.metrics.items()
        },
    )
