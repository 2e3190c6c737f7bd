"""Searches of experiments that are large enough for every way of finding runs, on both engines."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from bench.filling import RARE_METRIC, FilledRun, filled_runs
from tests.unit._storage.sql.filled import COUNT, NAN_KEY, assert_indexes_are_used, plan
from tests.unit._storage.sql.test_statements import counting

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.search_runs import RunSearch
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param


class Known(NamedTuple):
    """What a run of the filled store is known to be."""

    run: FilledRun
    number: int

    @property
    def nan(self) -> bool:
        return self.number % 2 == 0


@pytest.fixture(scope="module")
def known() -> list[Known]:
    """The runs of the filled store."""
    return [Known(run, number) for number, run in enumerate(filled_runs(COUNT))]


Rank = Callable[[Known], tuple[object, ...]]
Keeps = Callable[[Known], bool]

ORDERS: dict[str, tuple[list[str], Rank]] = {
    "default": ([], lambda k: ()),
    "start": (["start_time ASC"], lambda k: (k.number,)),
    "metric": (["metrics.m0 DESC"], lambda k: (-k.run.metrics["m0"],)),
    "metric up": (["metrics.m0 ASC"], lambda k: (k.run.metrics["m0"],)),
    "nan": ([f"metrics.{NAN_KEY} DESC"], lambda k: (1, 0.0) if k.nan else (0, -k.run.metrics[NAN_KEY])),
    "rare": (
        [f"metrics.{RARE_METRIC}"],
        lambda k: (0, k.run.metrics[RARE_METRIC]) if RARE_METRIC in k.run.metrics else (1, 0.0),
    ),
    "unknown": (["metrics.nobody_logged_this DESC"], lambda k: ()),
    "few values": (["params.optimizer"], lambda k: (k.run.params["optimizer"],)),
    "few values, then a metric": (
        ["params.optimizer", "metrics.m3"],
        lambda k: (k.run.params["optimizer"], k.run.metrics["m3"]),
    ),
    "many values": (["params.seed"], lambda k: (k.run.params["seed"],)),
    "some values": (["tags.note"], lambda k: (k.run.tags["note"],)),
    "extreme": (["metrics.m2:max DESC"], lambda k: (-k.run.metrics["m2"],)),
    "mean": (["metrics.m2:mean"], lambda k: (k.run.metrics["m2"],)),
    "count": (["metrics.m2:count DESC"], lambda k: ()),
    "first, then a metric": (
        [f"metrics.{RARE_METRIC}:first", "metrics.m3"],
        lambda k: (
            *((0, k.run.metrics[RARE_METRIC]) if RARE_METRIC in k.run.metrics else (1, 0.0)),
            k.run.metrics["m3"],
        ),
    ),
    "name": (["run_name"], lambda k: (k.run.name,)),
    "status": (["status", "end_time ASC"], lambda k: (k.number,)),
}
FILTERS: dict[str, tuple[str, Keeps]] = {
    "all": ("", lambda k: True),
    "common": ("metrics.m1 > 0.5", lambda k: k.run.metrics["m1"] > 0.5),
    "uncommon": ("metrics.m1 > 0.99", lambda k: k.run.metrics["m1"] > 0.99),
    "common together": (
        "metrics.m1 > 0.5 AND params.optimizer = 'adam' AND tags.team != 'red'",
        lambda k: (
            k.run.metrics["m1"] > 0.5 and k.run.params["optimizer"] == "adam" and k.run.tags["team"] != "red"
        ),
    ),
    "rare": (f"metrics.{RARE_METRIC}:max >= 0", lambda k: RARE_METRIC in k.run.metrics),
    "number": ("params.seed > 3080 AND params.seed <= 3090", lambda k: 3080 < k.number <= 3090),
    "pattern": ("tags.note LIKE 'marked%'", lambda k: k.run.tags["note"].startswith("marked")),
    "name": ("run_name ILIKE 'AMBER-%'", lambda k: k.run.name.startswith("amber-")),
    "either": (
        "params.seed = '7' OR metrics.m4 < 0.01",
        lambda k: k.number == 7 or k.run.metrics["m4"] < 0.01,
    ),
    "not": ("NOT params.optimizer = 'sgd'", lambda k: k.run.params["optimizer"] != "sgd"),
    "none": ("status = 'RUNNING'", lambda k: False),
    "never": ("params.nobody_logged_this = 'x'", lambda k: False),
    "late": (f"start_time >= {next(filled_runs(1)).start_ms + 60_000 * 3_095}", lambda k: k.number >= 3095),
}


@pytest.mark.parametrize("filter_name", FILTERS)
@pytest.mark.parametrize("order_name", ORDERS)
def test_every_plan_finds_the_same_runs_in_the_same_order(
    filled: SqlStore, known: list[Known], order_name: str, filter_name: str
) -> None:
    order_by, rank = ORDERS[order_name]
    filter_string, keeps = FILTERS[filter_name]
    expected = [k.number for k in sorted(filter(keeps, known), key=lambda k: (*rank(k), -k.number))]
    found: list[int] = []
    token: str | None = None
    with filled.engine.snapshot() as cx:
        numbers = [row[0] for row in cx.all("SELECT id FROM run ORDER BY start_ms")]
        query = RunSearch(filled.engine, cx, filled.settings).query([0], 1, filter_string, order_by)
        for size in (50, 1, 999, 1200, COUNT):
            page, token = query.page(cx, size, token)
            found += page
            if token is None:
                break
        assert query.count(cx) == (len(expected), True)
        assert query.count(cx, 7) == (min(7, len(expected)), len(expected) <= 7)
    assert found == [numbers[number] for number in expected]


@pytest.mark.parametrize(
    ("filter_name", "is_exact"), [("pattern", False), ("common", False), ("uncommon", True), ("all", False)]
)
def test_what_takes_a_look_at_each_run_is_counted_among_the_newest(
    filled: SqlStore, known: list[Known], filter_name: str, is_exact: bool
) -> None:
    filter_string, keeps = FILTERS[filter_name]
    newest = known if is_exact else known[-200:]
    with filled.engine.snapshot() as cx:
        query = RunSearch(filled.engine, cx, filled.settings).query([0], 1, filter_string, [])
        assert query.count(cx, 1000, 200) == (sum(map(keeps, newest)), is_exact)
        assert query.count(cx, None, COUNT) == (sum(map(keeps, known)), True)


def test_several_experiments_are_walked_side_by_side(filled: SqlStore, known: list[Known]) -> None:
    other = filled.experiments.create("side")
    made = [filled.runs.create(other, start_time=known[-1].run.start_ms - 1, run_name="side").info.run_id]
    try:
        page = filled.runs.search(["0", other], max_results=2)
        assert [run.info.run_name for run in page] == [known[-1].run.name, "side"]
        following = filled.runs.search(["0", other], max_results=1, page_token=page.token)
        assert following[0].info.run_name == known[-2].run.name
        best = filled.runs.search(["0", other], max_results=1, order_by=["metrics.m0 DESC"])
        assert best[0].info.run_name == max(known, key=lambda k: k.run.metrics["m0"]).run.name
    finally:
        for run_id in made:
            filled.runs.delete(run_id)
        filled.experiments.delete(other)


@pytest.mark.parametrize("size", [10, 1000])
def test_a_search_needs_few_statements_for_any_number_of_runs(
    filled: SqlStore, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    with counting(filled, monkeypatch) as (store, statements):
        for order_by, _ in ORDERS.values():
            for filter_string, _ in FILTERS.values():
                token = store.runs.search_documents(
                    ["0"], filter_string, max_results=size, order_by=order_by
                ).token  # names become known
                for page_token in (None, token):
                    statements.clear()
                    store.runs.search_documents(
                        ["0"], filter_string, max_results=size, order_by=order_by, page_token=page_token
                    )
                    assert len(statements) <= 12, (order_by, filter_string, statements)


def test_no_statement_of_a_search_reads_a_table_without_an_index(
    filled: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting(filled, monkeypatch) as (store, statements):
        for order_by, _ in ORDERS.values():
            for filter_string, _ in FILTERS.values():
                page = store.runs.search_documents(["0"], filter_string, max_results=20, order_by=order_by)
                if page.token:
                    store.runs.search_documents(
                        ["0"], filter_string, max_results=20, order_by=order_by, page_token=page.token
                    )
        seen = dict(statements.seen)
    assert len(seen) > 50
    assert_indexes_are_used(filled, seen)


def test_a_token_is_good_for_every_process_of_a_database_and_for_no_other(
    filled: SqlStore, tmp_path: Path
) -> None:
    token = filled.runs.search(["0"], max_results=1).token
    assert token
    same = SqlStore(filled.engine.dialect, filled.uri, "unused")
    other = open_sql_store(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        assert len(same.runs.search(["0"], max_results=1, page_token=token)) == 1
        with pytest.raises(Exception, match="Invalid page token"):
            other.runs.search(["0"], max_results=1, page_token=token)
    finally:
        same.close()
        other.close()


def _mean(values: list[float]) -> float:
    return math.inf if math.inf in values else sum(values) / len(values)


AGGREGATES: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "mean": _mean,
    "first": lambda values: values[0],
    "count": len,
}


@pytest.mark.parametrize("filter_string", ["", "params.group = '1'", "params.group = 'none'"])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_orders_by_aggregates_are_exact_whatever_the_last_values_are(
    store: SqlStore, aggregate: str, descending: bool, filter_string: str
) -> None:
    pick = random.Random(7)
    expected: list[tuple[int, float, int, str]] = []
    for number in range(60):
        run_id = store.runs.create("0", start_time=number).info.run_id
        values = [float(pick.randrange(12)) for _ in range(pick.randrange(1, 5))]
        kind = number % 10
        if kind == 0:
            values = [math.nan]
        elif kind == 1:
            values = [math.inf, *values, math.nan]
        group = str(number % 2)
        metrics = [Metric("m", value, 1, step) for step, value in enumerate(values)]
        store.runs.log_batch(run_id, [] if kind == 2 else metrics, [Param("group", group)])
        if not filter_string or filter_string.endswith(f"{group}'"):
            numbers = values if aggregate == "count" else [value for value in values if not math.isnan(value)]
            rank = 2 if kind == 2 else 0 if numbers else 1
            value = AGGREGATES[aggregate](numbers) if rank == 0 else 0.0
            expected.append((rank, -value if descending else value, -number, run_id))

    for size in (7, 1000):
        found: list[str] = []
        token: str | None = None
        while token or not found:
            page = store.runs.search(
                ["0"], filter_string, max_results=size, page_token=token,
                order_by=[f"metrics.m:{aggregate} {'DESC' if descending else 'ASC'}"],
            )  # fmt: skip
            found += [run.info.run_id for run in page]
            token = page.token
            if token is None:
                break
        assert found == [run_id for *_, run_id in sorted(expected)]


@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_an_order_by_an_aggregate_reads_the_index_and_few_runs(
    filled: SqlStore, monkeypatch: pytest.MonkeyPatch, aggregate: str
) -> None:
    with counting(filled, monkeypatch) as (store, statements):
        for order in (f"metrics.m2:{aggregate} DESC", f"metrics.m2:{aggregate} ASC"):
            store.runs.search(["0"], max_results=50, order_by=[order])
            statements.clear()
            store.runs.search(["0"], max_results=50, order_by=[order])
            assert len(statements) <= 10
        plans = [
            plan(filled, text, parameters)
            for text, parameters in statements.seen.items()
            if " AS best" in text
        ]

    assert plans
    if filled.engine.dialect.fast_reads:
        for lines in plans:
            assert str(lines).count("SEARCH x USING COVERING INDEX metric_by_value") == 2, lines
