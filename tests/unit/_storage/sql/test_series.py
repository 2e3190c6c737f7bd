"""Series in the inbox, packs and blocks, against a model that keeps a plain list."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlflow._storage.sql import inbox, packs
from mlflow._storage.sql.blocks import BLOCK_POINTS, decode
from mlflow._storage.sql.folding import BLOCKED_FROM, FAN_IN, settle
from mlflow._storage.sql.inbox import RUN_POINTS
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.run_status import RunStatus
from mlflow.exceptions import StorageUnavailable

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
            if not nan:
                self.low = min(self.low or (value, step), (value, step))
                self.high = max(self.high or (value, -step), (value, -step))


def summary(store: SqlStore, run_id: str, key: str) -> dict[str, object]:
    """The stored summary of a series."""
    names = [
        "value", "step", "ts", "first", "first_step", "first_ts", "min", "min_step", "max", "max_step", "total", "points",
        "nans",
    ]  # fmt: skip
    with store.engine.reading() as cx:
        row = cx.one(
            f"SELECT {', '.join(names)} FROM metric m JOIN run ON run.id = run JOIN key ON key.id = m.key "
            "WHERE uuid = ? AND key.name = ?".replace("value, step", "m.value, m.step"),
            (run_id, key),
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
    stored = summary(store, run_id, key)
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
        "max": model.high and model.high[0], "max_step": model.high and -model.high[1],
        "points": len(points), "nans": sum(point[3] for point in points),
    }  # fmt: skip
    with store.engine.reading() as cx:
        number = store.engine.keys.find(cx, key)
        assert number is not None
        assert inbox.is_empty(cx)
        packed = cx.all(
            "SELECT points, data FROM metric_pack p JOIN run ON run.id = run WHERE uuid = ?", (run_id,)
        )
        blocks = cx.all(
            "SELECT first_step, first_ts, last_step, last_ts, points, data FROM metric_block b JOIN run ON run.id = run "
            "WHERE uuid = ? AND key = ? ORDER BY first_step, first_ts, last_step, last_ts, number",
            (run_id, number),
        )
    kept = []
    for count, data in packed:
        assert count == sum(map(len, packs.decode(bytes(data)).values()))
        kept += packs.decode_series(bytes(data), number)
    assert len(packed) < 12 * FAN_IN
    end: tuple[int, int] = (LOW, LOW)
    for first_step, first_ts, last_step, last_ts, count, data in blocks:
        inside = decode(bytes(data))
        assert len(inside) == count <= BLOCK_POINTS
        assert end <= (first_step, first_ts) == inside[0][:2]
        assert (last_step, last_ts) == inside[-1][:2]
        end = last_step, last_ts
        kept += inside
    assert sorted(kept) == [(step, ts, value, int(nan)) for step, ts, value, nan in points]
    check_envelopes(store, run_id, key, points)


def check_envelopes(store: SqlStore, run_id: str, key: str, points: Sequence[Rank]) -> None:
    """Envelopes of a series are what its points say."""
    for by_time in (False, True):
        axis = [point[1] if by_time else point[0] for point in points]
        middle = sorted(axis)[len(axis) // 3 : 2 * len(axis) // 3 + 1]
        for low, high in ((None, None), (middle[0], middle[-1])):
            inside = [
                point
                for point, x in zip(points, axis, strict=True)
                if (low is None or x >= low) and (high is None or x <= high)
            ]
            numbers = [point[2] for point in inside if not point[3]]
            for buckets in (1, 7, 4000):
                (found,) = store.metrics.envelopes(
                    [(run_id, key)], low, high, by_time=by_time, buckets=buckets
                )
                assert found.points == len(inside)
                assert found.sampled == (len(inside) > buckets)
                assert len(found.x) == len(found.low) == len(found.high) == len(found.mean) == len(found.last)
                assert len(found.x) <= max(buckets, 1)
                assert min((x for x in found.low if x is not None), default=None) == min(
                    numbers, default=None
                )
                assert max((x for x in found.high if x is not None), default=None) == max(
                    numbers, default=None
                )
                assert bool(found.nans) == any(point[3] for point in inside)
                if not by_time:
                    assert found.last[-1] == (None if inside[-1][3] else inside[-1][2])


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
    for i, batch in enumerate(batches):
        store.runs.log_batch(run_id, batch)
        model.add(batch)
        if i % 3 != 2:
            settle(store.engine)
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
        settle(store.engine)
    check(store, run_id, model)
    with store.engine.reading() as cx:
        sizes = [row[0] for row in cx.all("SELECT points FROM metric_block")]
    assert sum(sizes) / len(sizes) > BLOCK_POINTS / 2


def count(store: SqlStore, table: str) -> int:
    """Rows of a table."""
    with store.engine.reading() as cx:
        row = cx.one(f"SELECT count(*) FROM {table}")
    assert row
    return int(row[0])


def test_points_wait_in_the_inbox_until_there_are_many(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    step = 0
    while step + 100 < RUN_POINTS // 2:
        store.runs.log_batch(run_id, [Metric("m", 1.0, s, s) for s in range(step, step + 100)])
        step += 100
    assert (count(store, "metric"), count(store, "metric_inbox")) == (0, step // 100)
    assert store.runs.get(run_id).data.metrics == {"m": 1.0}
    while step < 2 * RUN_POINTS:
        store.runs.log_batch(run_id, [Metric("m", 1.0, s, s) for s in range(step, step + 100)])
        step += 100
    assert count(store, "metric") == 1
    assert count(store, "metric_inbox") <= RUN_POINTS // 100
    assert [metric.step for metric in store.metrics.history(run_id, "m")] == list(range(step))


def test_the_inbox_gets_shorter_when_runs_are_read_that_have_not_ended(store: SqlStore) -> None:
    runs = [store.runs.create("0").info.run_id for _ in range(4)]
    batches = inbox.READ_POINTS // 400
    for step in range(0, 100 * batches, 100):
        for run_id in runs:
            store.runs.log_batch(run_id, [Metric("m", 1.0, s, s) for s in range(step, step + 100)])
    assert count(store, "metric_inbox") == 4 * batches
    assert store.runs.get(runs[0]).data.metrics == {"m": 1.0}
    store.metrics.log(runs[0], Metric("m", 2.0, 100 * batches, 100 * batches))
    assert count(store, "metric_inbox") <= 1
    assert [store.runs.get(run_id).data.metrics["m"] for run_id in runs] == [2.0, 1.0, 1.0, 1.0]


def test_a_search_by_a_metric_sees_what_waits_in_the_inbox(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.metrics.log(run_id, Metric("m", 1.0, 1, 1))
    assert len(store.runs.search(["0"], "metrics.m = 1")) == 1
    store.metrics.log(run_id, Metric("m", 2.0, 2, 2))
    assert not store.runs.search(["0"], "metrics.m = 1")
    store.metrics.log(run_id, Metric("m", 3.0, 2, 1))
    assert store.runs.search(["0"], order_by=["metrics.m"])[0].data.metrics == {"m": 2.0}


def test_histories_hold_what_cannot_leave_the_inbox(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = store.runs.create("0").info.run_id
    for start in (0, 1000):
        store.runs.log_batch(run_id, [Metric("m", float(s), s, s) for s in range(start, start + 1000)])
    settle(store.engine)
    store.runs.log_batch(run_id, [Metric("m", 0.5, 7, s) for s in (-1, 500, 3000)])
    store.runs.log_batch(run_id, [Metric("m", 500.0, 500, 500), Metric("m", 0.5, 7, 3000)])

    def fold(*_: object) -> None:
        raise StorageUnavailable("The database is on a full disk")

    monkeypatch.setattr("mlflow._storage.sql.folding.fold", fold)
    found = store.metrics.sampled_history([run_id], "m", None, None, 2500)
    assert [metric.step for metric in found] == [-1, *range(501), *range(500, 2000), 3000]
    assert count(store, "metric_inbox") == 2


def test_the_points_of_a_run_that_ends_are_put_together(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    for step in range(30):
        store.runs.log_batch(run_id, [Metric(f"m{i}", 0.5 * step, step, step) for i in range(20)])
        if step % 7 == 0:
            settle(store.engine)
    store.runs.update(run_id, status=RunStatus.FINISHED, end_time=100)
    assert (count(store, "metric_inbox"), count(store, "metric_pack"), count(store, "metric_block")) == (
        0,
        1,
        0,
    )
    assert store.runs.get(run_id).data.metrics == {f"m{i}": 14.5 for i in range(20)}
    assert [metric.step for metric in store.metrics.history(run_id, "m3")] == list(range(30))


def test_series_leave_the_packs_of_a_wide_run_when_they_are_long(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    for step in range(0, 8 * BLOCKED_FROM, 8):
        store.runs.log_batch(
            run_id, [Metric(f"m{i}", float(s), s, s) for i in range(10) for s in range(step, step + 8)]
        )
        if step % 64 == 0:
            settle(store.engine)
    settle(store.engine)
    assert count(store, "metric_block") >= 10
    with store.engine.reading() as cx:
        sizes = [row[0] for row in cx.all("SELECT points FROM metric_pack")]
    assert len(sizes) < 5 * FAN_IN
    for i in range(10):
        assert [metric.step for metric in store.metrics.history(run_id, f"m{i}")] == list(
            range(8 * BLOCKED_FROM)
        )


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
        check(store, run_id, model, key)


@pytest.mark.parametrize("order", ["in order", "reversed", "shuffled"])
def test_single_points_arrive_in_any_order(store: SqlStore, order: str) -> None:
    run_id = store.runs.create("0").info.run_id
    metrics = [Metric("m", VALUES[i % len(VALUES)], i // 3, i // 4) for i in range(60)]
    if order == "reversed":
        metrics.reverse()
    elif order == "shuffled":
        random.Random(5).shuffle(metrics)
    model = Model()
    for i, metric in enumerate(metrics):
        store.metrics.log(run_id, metric)
        model.add([metric])
        if i % 4 == 0:
            settle(store.engine)
    check(store, run_id, model)
