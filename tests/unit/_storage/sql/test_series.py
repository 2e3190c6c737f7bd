"""Series in tail and blocks, against a model that keeps a plain list."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlflow._storage.sql.blocks import BLOCK_POINTS, decode
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.metrics import PACKED_AT_ONCE, TAIL_POINTS
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric

LOW, HIGH = -(1 << 63), (1 << 63) - 1
VALUES = (0.0, 1.0, -1.0, 2.5, math.nan, math.inf, -math.inf, 1.7e308, -1.7e308, 5e-324)
Rank = tuple[int, int, float, bool]


def rank(metric: Metric) -> Rank:
    nan = math.isnan(metric.value)
    return metric.step, metric.timestamp, 0.0 if nan else metric.value, nan


class Model:
    """One series, kept as a plain list."""

    def __init__(self) -> None:
        self.points: dict[Rank, float] = {}
        self.low: tuple[float, int] | None = None
        self.high: tuple[float, int] | None = None

    def add(self, batch: Sequence[Metric]) -> None:
        for step, ts, value, nan in sorted({rank(metric) for metric in batch} - self.points.keys()):
            self.points[step, ts, value, nan] = math.nan if nan else value
            if not nan and (self.low is None or value < self.low[0]):
                self.low = value, step
            if not nan and (self.high is None or value > self.high[0]):
                self.high = value, step


def summary(store: SqlStore, run_id: str) -> dict[str, object]:
    """The stored summary of the only series of a run."""
    names = [
        "value", "step", "ts", "first", "first_step", "first_ts", "min", "min_step", "max", "max_step", "total", "points",
        "nans", "tail",
    ]  # fmt: skip
    with store.engine.reading() as cx:
        row = cx.one(
            f"SELECT {', '.join(names)} FROM metric JOIN run ON run.id = run WHERE uuid = ?", (run_id,)
        )
    assert row
    return dict(zip(names, row, strict=True))


def check(store: SqlStore, run_id: str, model: Model, key: str = "m") -> None:
    """Everything that is stored about a series is what the model says."""
    points = sorted(model.points)
    found = store.metrics.history(run_id, key)
    by_time = sorted(points, key=lambda point: (point[1], point[0], point[2], point[3]))
    assert [rank(metric) for metric in found] == by_time
    by_step = store.metrics.sampled_history([run_id], key, None, None, 2500)
    if len(points) <= 2500:
        assert [rank(metric) for metric in by_step] == points
    stored = summary(store, run_id)
    tail = stored.pop("tail")
    numbers = [point[2] for point in points if not point[3]]
    first, last = points[0], points[-1]
    total = stored.pop("total")
    assert isinstance(total, float)
    expected = sum(number for number in numbers if math.isfinite(number))
    if max((abs(number) for number in numbers if math.isfinite(number)), default=0) < 1e300:
        assert total == pytest.approx(expected, abs=1e-6)
    assert math.isfinite(total)
    assert stored == {
        "value": None if last[3] else last[2], "step": last[0], "ts": last[1],
        "first": None if first[3] else first[2], "first_step": first[0], "first_ts": first[1],
        "min": model.low and model.low[0], "min_step": model.low and model.low[1],
        "max": model.high and model.high[0], "max_step": model.high and model.high[1],
        "points": len(points), "nans": sum(point[3] for point in points),
    }  # fmt: skip
    with store.engine.reading() as cx:
        assert cx.one(
            "SELECT count(*) FROM metric_point JOIN run ON run.id = run WHERE uuid = ?", (run_id,)
        ) == (tail,)
        blocks = cx.all(
            "SELECT first_step, first_ts, last_step, last_ts, points, data FROM metric_block b JOIN run ON run.id = run "
            "WHERE uuid = ? ORDER BY first_step, first_ts, last_step, last_ts, number",
            (run_id,),
        )
    end: tuple[int, int] = (LOW, LOW)
    for first_step, first_ts, last_step, last_ts, count, data in blocks:
        inside = decode(bytes(data))
        assert len(inside) == count <= BLOCK_POINTS
        assert end <= (first_step, first_ts) == inside[0][:2]
        assert (last_step, last_ts) == inside[-1][:2]
        end = last_step, last_ts


BATCHES = st.lists(
    st.one_of(
        st.builds(
            lambda seed, size, steps, stamps: [
                Metric("m", pick.choice(VALUES), pick.randrange(stamps), pick.randrange(-steps, steps))
                for pick in [random.Random(seed)]
                for _ in range(size)
            ],
            st.integers(0, 1000), st.integers(1, 1000), st.sampled_from([1, 3, 50, 5000]), st.sampled_from([1, 3, 1000]),
        ),
        st.builds(
            lambda start, size: [Metric("m", float(i % 7), 10 * (i + 2000), i) for i in range(start, start + size)],
            st.integers(-2000, 4000), st.integers(1, 1000),
        ),
        st.lists(
            st.builds(Metric, st.just("m"), st.sampled_from(VALUES), st.sampled_from([0, 5, HIGH]),
                      st.sampled_from([LOW, -1, 0, 5, HIGH])),
            min_size=1, max_size=5,
        ),
    ),
    min_size=1, max_size=9,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BATCHES)
def test_any_sequence_of_batches_is_kept_exactly_on_sqlite(
    sqlite_store: SqlStore, batches: list[list[Metric]]
) -> None:
    keep_exactly(sqlite_store, batches)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BATCHES)
def test_any_sequence_of_batches_is_kept_exactly_on_postgresql(
    postgres_store: SqlStore, batches: list[list[Metric]]
) -> None:
    keep_exactly(postgres_store, batches)


def keep_exactly(store: SqlStore, batches: list[list[Metric]]) -> None:
    run_id = store.runs.create("0").info.run_id
    model = Model()
    for batch in batches:
        store.runs.log_batch(run_id, batch)
        model.add(batch)
        again = batch[: len(batch) // 2]
        store.runs.log_batch(run_id, again)
        model.add(again)
    check(store, run_id, model)


def test_late_points_all_over_a_long_series_are_put_where_they_belong(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    model = Model()
    batches = [
        [Metric("m", 0.5, 5 * i, i) for i in range(start, start + 1000)] for start in range(0, 7000, 1000)
    ]
    pick = random.Random(3)
    batches += [[Metric("m", 0.25, 7, pick.randrange(-50, 7000)) for _ in range(1000)] for _ in range(4)]
    batches += [
        [Metric("m", float(i), 5 * 3000, 3000) for i in range(start, start + 1000)]
        for start in (0, 1000, 2000)
    ]
    batches += [
        [Metric("m", 0.5, 5 * i, i) for i in range(start, start + 1000)]
        for start in range(7000, 10_000, 1000)
    ]
    for batch in batches:
        store.runs.log_batch(run_id, batch)
        model.add(batch)
    check(store, run_id, model)
    with store.engine.reading() as cx:
        sizes = [row[0] for row in cx.all("SELECT points FROM metric_block")]
    assert sum(sizes) / len(sizes) > BLOCK_POINTS / 2


def test_a_thousand_series_that_fill_up_together_are_packed_a_few_at_a_time(sqlite_store: SqlStore) -> None:
    store = sqlite_store
    run_id = store.runs.create("0").info.run_id
    keys = [f"m{i}" for i in range(5)]
    step = 0

    def blocks() -> int:
        with store.engine.reading() as cx:
            row = cx.one("SELECT count(*) FROM metric_block")
        assert row
        return int(row[0])

    while step < TAIL_POINTS - 100:
        store.runs.log_batch(
            run_id, [Metric(key, 1.0, s, s) for key in keys for s in range(step, step + 100)]
        )
        step += 100
    assert blocks() == 0
    counts = []
    for _ in range(4):
        store.runs.log_batch(
            run_id, [Metric(key, 1.0, s, s) for key in keys for s in range(step, step + 100)]
        )
        step += 100
        counts.append(blocks())
    assert counts == [PACKED_AT_ONCE, 2 * PACKED_AT_ONCE, 5, 5]
    for key in keys:
        assert [metric.step for metric in store.metrics.history(run_id, key)] == list(range(step))


def move(store: SqlStore, run_id: str, key: str, other: str) -> None:
    """Moves a series to another run, where it can be looked at alone."""

    def work(cx: Connection) -> None:
        for table in ("metric", "metric_point"):
            cx.run(
                f"UPDATE {table} SET run = (SELECT id FROM run WHERE uuid = ?) "
                "WHERE run = (SELECT id FROM run WHERE uuid = ?) AND key = (SELECT id FROM key WHERE name = ?)",
                (other, run_id, key),
            )

    store.engine.write(work)


@pytest.mark.parametrize("seed", range(6))
def test_batches_of_one_point_for_each_of_many_series_are_kept_exactly(store: SqlStore, seed: int) -> None:
    pick = random.Random(seed)
    models = {f"m{i}": Model() for i in range(30)}
    run_id = store.runs.create("0").info.run_id
    step = 0
    for _ in range(12):
        step += pick.choice([0, 1, 1, 1, -2])
        value = pick.choice([1.0, *VALUES]) if pick.random() < 0.4 else step / 7
        batch = [
            Metric(key, value + i, 5 * step + pick.choice([0, 0, 0, 1]) + 50, step)
            for i, key in enumerate(models)
        ]
        if pick.random() < 0.2:
            batch = batch[: pick.choice([25, 10])]
        store.runs.log_batch(run_id, batch)
        for metric in batch:
            models[metric.key].add([metric])
    for key, model in models.items():
        other = store.runs.create("0").info.run_id
        move(store, run_id, key, other)
        check(store, other, model, key)


@pytest.mark.parametrize("order", ["in order", "reversed", "shuffled"])
def test_single_points_arrive_in_any_order(store: SqlStore, order: str) -> None:
    run_id = store.runs.create("0").info.run_id
    metrics = [Metric("m", VALUES[i % len(VALUES)], i // 3, i // 4) for i in range(60)]
    if order == "reversed":
        metrics.reverse()
    elif order == "shuffled":
        random.Random(5).shuffle(metrics)
    model = Model()
    for metric in metrics:
        store.metrics.log(run_id, metric)
        model.add([metric])
    check(store, run_id, model)
