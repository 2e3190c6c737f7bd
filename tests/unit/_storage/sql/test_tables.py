"""What tables cost: statements, rows and indexes, whatever else is in the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench.filling import RARE_METRIC, filled_runs
from tests.unit._storage.sql.filled import assert_indexes_are_used
from tests.unit._storage.sql.test_statements import counting

from mlflow._storage.sql.store import SqlStore
from mlflow.entities._tables import RunSet, RunTable
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag

COLUMNS = ["metrics.m0", "metrics.m1:max", "params.lr", "tags.team", "user_id", "datasets.name"]
ALL = RunSet(["0"])
HALF = RunSet(["0"], "metrics.m1 > 0.5")
FEW = RunSet(["0"], f"metrics.{RARE_METRIC} > 0")

CALLS: dict[str, Callable[[SqlStore, int], object]] = {
    "newest": lambda store, n: store.tables.runs(ALL, COLUMNS, limit=n),
    "by metric": lambda store, n: store.tables.runs(HALF, COLUMNS, ["metrics.m0 DESC"], limit=n),
    "few": lambda store, n: store.tables.runs(FEW, COLUMNS, ["params.lr"], limit=n),
    "tree": lambda store, n: store.tables.runs(HALF, COLUMNS, ["metrics.m0 DESC"], tree=True, limit=n),
    "groups": lambda store, n: store.tables.runs(
        HALF, COLUMNS, group_by=["params.depth", "tags.team"], limit=n
    ),
    "keys": lambda store, n: store.tables.keys(["0"], limit=n),
    "values": lambda store, n: store.tables.values(["0"], "params.seed", "1", n),
    "names": lambda store, n: store.tables.values(["0"], "run_name", "amber", n),
    "states": lambda store, n: store.tables.values(["0"], "status", "", n),
    "compare": lambda store, n: store.tables.compare(store.tables.runs(ALL, limit=n).rows.run_ids),
    "experiments": lambda store, n: store.tables.experiments(limit=n),
}


@pytest.fixture
def family(filled: SqlStore) -> SqlStore:
    """The filled store with a parent and its child."""
    newest = filled.tables.runs(ALL, limit=2).rows.run_ids
    filled.tags.set(newest[0], RunTag("mlflow.parentRunId", newest[1]))
    return filled


@pytest.mark.parametrize("name", CALLS)
def test_a_table_needs_few_statements_that_all_use_indexes(
    family: SqlStore, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    call = CALLS[name]
    with counting(family, monkeypatch) as (store, statements):
        used = []
        for size in (40, 300):
            call(store, size)  # names become known
            statements.clear()
            call(store, size)
            used.append(len(statements))
        assert used[1] <= used[0] + 1
        assert used[1] <= 20
        assert_indexes_are_used(family, dict(statements.seen))


def cells(table: RunTable) -> int:
    return sum(len(column) for column in table.rows.cells.values())


def test_what_is_not_asked_for_costs_nothing(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        run_id = store.runs.create("0").info.run_id
        many = [Metric(f"{number}/{i}", float(i), 1, 0) for i in range(500)]
        store.runs.log_batch(
            run_id, [*many, Metric("acc", 0.5, 1, 0)], [Param("lr", "1")], [RunTag("long", "x" * 8000)]
        )
    wide = store.runs.create("0").info.run_id
    for start in range(0, 5000, 1000):
        store.runs.log_batch(wide, [Metric(f"w{i}", 1.0, 1, 0) for i in range(start, start + 1000)])
    for number in range(30):
        store.experiments.create(f"e{number}")
    with counting(store, monkeypatch) as (counted, statements):
        columns = ["metrics.acc", "params.lr"]
        counted.tables.runs(ALL, columns)
        statements.rows = 0
        table = counted.tables.runs(ALL, columns)
        assert cells(table) == 42
        assert statements.rows < 120
        statements.rows = 0
        keys = counted.tables.keys(["0"], "metrics", "ac", 50)
        assert ([fact.key for fact in keys.keys], keys.total) == (["acc"], 1)
        assert counted.tables.keys(["0"], "metrics", limit=50).total == 15_001
        statements.rows = 0
        counted.tables.experiments(limit=10)
        assert statements.rows < 60
        wanted = counted.tables.runs(ALL, ["metrics.w4999", "tags.long"])
        assert wanted.rows.cells["metrics.w4999"].count(1.0) == 1


def test_a_total_is_never_less_than_what_is_shown(filled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow._storage.sql.tables.LOOKED_AT", 10)
    oldest = next(filled_runs(1)).start_ms

    table = filled.tables.runs(
        RunSet(["0"], f"run_name LIKE '%-%' AND NOT start_time > {oldest + 50 * 60_000}"), limit=20
    )

    assert len(table.rows.run_ids) == 20
    assert (table.total, table.is_total_exact) == (21, False)


def test_roots_are_counted_as_far_as_anybody_wants_to_know(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlflow._storage.sql.table_tree.COUNTED", 3)
    roots = [store.runs.create("0").info.run_id for _ in range(5)]
    store.runs.create("0", tags=[RunTag("mlflow.parentRunId", roots[0])])

    some = store.tables.runs(RunSet(["0"]), tree=True, limit=2)
    every = store.tables.runs(RunSet(["0"]), tree=True, limit=5)

    assert (some.total, some.is_total_exact) == (3, False)
    assert (every.total, every.is_total_exact) == (5, True)
