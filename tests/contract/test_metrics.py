"""What every store does with metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from tests.contract.errors import BAD_REQUEST, INVALID, MISSING, refused

NAN, INF = math.nan, math.inf
LOW, HIGH = -(1 << 63), (1 << 63) - 1


def latest(store: Store, run_id: str, key: str = "m") -> tuple[float, int, int]:
    """Value, time and step that a run shows for a metric."""
    (point,) = (point for point in store.runs.get(run_id).data._metrics if point.key == key)
    return point.value, point.timestamp, point.step


def history(store: Store, run_id: str, key: str = "m") -> list[tuple[float, int, int]]:
    """Values, times and steps of a series."""
    return [(point.value, point.timestamp, point.step) for point in store.metrics.history(run_id, key)]


def same(found: Sequence[object], expected: Sequence[object]) -> bool:
    """Equality in which NaN equals NaN and the sign of zero does not count."""
    return repr(found).replace("-0.0", "0.0") == repr(expected).replace("-0.0", "0.0")


def test_points_are_appended(store: Store, run_id: str) -> None:
    for step in range(3):
        store.metrics.log(run_id, Metric("m", step / 2, 100 + step, step))
    assert history(store, run_id) == [(0.0, 100, 0), (0.5, 101, 1), (1.0, 102, 2)]
    assert latest(store, run_id) == (1.0, 102, 2)
    assert all(point.key == "m" for point in store.metrics.history(run_id, "m"))


def test_a_point_needs_a_run(store: Store) -> None:
    with refused(MISSING):
        store.metrics.log("0" * 32, Metric("m", 1.0, 1, 0))


@pytest.mark.parametrize(
    "value", [NAN, INF, -INF, 0.0, 1.7976931348623157e308, -1.7976931348623157e308, 5e-324, 0.1, 1 / 3]
)
def test_every_double_survives(store: Store, run_id: str, value: float) -> None:
    store.metrics.log(run_id, Metric("m", value, 1, 0))
    assert same(history(store, run_id), [(value, 1, 0)])
    assert same(latest(store, run_id), (value, 1, 0))
    (found,) = store.runs.search(["0"])
    assert same([found.data.metrics["m"]], [value])


def test_numbers_that_are_no_floats_are_cast(store: Store, run_id: str) -> None:
    store.runs.log_batch(run_id, [Metric("i", 3, 1, 0), Metric("b", True, 1, 0)])
    assert store.runs.get(run_id).data.metrics == {"i": 3.0, "b": 1.0}


@pytest.mark.parametrize("step", [LOW, -1, 0, HIGH])
@pytest.mark.parametrize("timestamp", [0, 1, HIGH])
def test_steps_and_times_of_64_bits_survive(store: Store, run_id: str, step: int, timestamp: int) -> None:
    store.metrics.log(run_id, Metric("m", 1.5, timestamp, step))
    assert history(store, run_id) == [(1.5, timestamp, step)]
    assert latest(store, run_id) == (1.5, timestamp, step)


@pytest.mark.parametrize(
    "metric",
    [
        Metric("m", 1.0, -1, 0), Metric("m", 1.0, HIGH + 1, 0), Metric("m", 1.0, 1, HIGH + 1), Metric("m", 1.0, 1, LOW - 1),
        Metric("", 1.0, 1, 0), Metric("a//b", 1.0, 1, 0), Metric("../m", 1.0, 1, 0), Metric("m" * 251, 1.0, 1, 0),
        Metric("m\x00", 1.0, 1, 0), Metric("\ud800", 1.0, 1, 0),
        Metric("m", "x", 1, 0), Metric("m", None, 1, 0), Metric("m", 1.0, 1.5, 0), Metric("m", 1.0, 1, 0.5),  # type: ignore[arg-type]  # refused
        Metric("m", 1.0, None, 0), Metric("m", 10**400, 1, 0),  # type: ignore[arg-type]  # refused
    ],
)  # fmt: skip
def test_what_is_no_point_is_refused(store: Store, run_id: str, metric: Metric) -> None:
    with refused(INVALID):
        store.metrics.log(run_id, metric)
    with refused(INVALID):
        store.runs.log_batch(run_id, [Metric("good", 1.0, 1, 0), metric])
    assert store.runs.get(run_id).data.metrics == {}


def test_a_point_that_is_stored_already_is_no_error(store: Store, run_id: str) -> None:
    points = [(1.0, 5, 1), (NAN, 5, 1), (INF, 5, 1), (1.0, 6, 1), (1.0, 5, 2)]
    for _ in range(2):
        for value, timestamp, step in points:
            store.metrics.log(run_id, Metric("m", value, timestamp, step))
    store.runs.log_batch(
        run_id, [Metric("m", value, timestamp, step) for value, timestamp, step in points * 2]
    )
    assert same(history(store, run_id), [(NAN, 5, 1), (1.0, 5, 1), (INF, 5, 1), (1.0, 5, 2), (1.0, 6, 1)])


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_latest_point_is_the_greatest_by_step_then_time_then_value(
    store: Store, run_id: str, order: tuple[int, ...]
) -> None:
    points = [(9.0, 99, -5), (7.0, 50, 1), (8.0, 50, 1), (1.0, 10, 2)]
    for i in order:
        store.metrics.log(run_id, Metric("one", *points[i]))
    store.runs.log_batch(run_id, [Metric("many", *points[i]) for i in order])
    assert latest(store, run_id, "one") == latest(store, run_id, "many") == (1.0, 10, 2)
    store.runs.log_batch(run_id, [Metric("tie", *points[i]) for i in order if i != 3])
    assert latest(store, run_id, "tie") == (8.0, 50, 1)


@pytest.mark.parametrize(
    ("value", "wins"), [(-1.0, True), (-INF, True), (1.0, False), (INF, False), (5e-324, False)]
)
def test_nan_counts_as_zero_when_the_latest_point_is_chosen(
    store: Store, run_id: str, value: float, wins: bool
) -> None:
    for key, points in (("a", [NAN, value]), ("b", [value, NAN])):
        for point in points:
            store.metrics.log(run_id, Metric(key, point, 1, 1))
        assert math.isnan(latest(store, run_id, key)[0]) == wins


def test_history_is_ordered_by_time_then_step_then_value(store: Store, run_id: str) -> None:
    points = [(1.0, 5, 3), (2.0, 5, 1), (0.5, 5, 1), (9.0, 1, 7), (-INF, 5, 1), (4.0, 2, -1)]
    store.runs.log_batch(run_id, [Metric("m", *point) for point in points])
    assert history(store, run_id) == sorted(points, key=lambda point: (point[1], point[2], point[0]))


def test_an_unknown_run_or_key_has_no_points(store: Store, run_id: str) -> None:
    store.metrics.log(run_id, Metric("m", 1.0, 1, 0))
    assert store.metrics.history("0" * 32, "m") == []
    assert store.metrics.history("not-there", "m") == []
    assert store.metrics.history(run_id, "other") == []
    assert store.metrics.history_of_runs(["0" * 32], "m", 10) == []
    assert store.metrics.sampled_history(["0" * 32], "m", None, None, 10) == []


def test_pages_of_a_history_hold_every_point_once(store: Store, run_id: str) -> None:
    points = [(float(i % 3), 10 + i // 4, i % 5) for i in range(50)]
    store.runs.log_batch(run_id, [Metric("m", *point) for point in points])
    whole = history(store, run_id)
    assert len(whole) == 50
    for size in (1, 7, 25, 49, 50, 51):
        seen: list[tuple[float, int, int]] = []
        token: str | None = None
        while True:
            page = store.metrics.history(run_id, "m", size, token)
            assert len(page) <= size
            seen += [(point.value, point.timestamp, point.step) for point in page]
            token = page.token
            if token is None:
                break
        assert seen == whole


def test_points_that_arrive_between_two_pages_shift_nothing(store: Store, run_id: str) -> None:
    store.runs.log_batch(run_id, [Metric("m", 1.0, 10 * i, i) for i in range(1, 11)])
    first = store.metrics.history(run_id, "m", 5)
    store.runs.log_batch(run_id, [Metric("m", 1.0, 5, 0), Metric("m", 2.0, 15, 1), Metric("m", 2.0, 75, 1)])
    second = store.metrics.history(run_id, "m", 100, first.token)
    assert [point.timestamp for point in first] == [10, 20, 30, 40, 50]
    assert [point.timestamp for point in second] == [60, 70, 75, 80, 90, 100]


@pytest.mark.parametrize("max_results", [0, -1])
def test_a_page_of_a_history_has_a_point_at_least(store: Store, run_id: str, max_results: int) -> None:
    with refused(INVALID, "max_results"):
        store.metrics.history(run_id, "m", max_results)
    with refused(INVALID, "max_results"):
        store.metrics.history_of_runs([run_id], "m", max_results)
    with refused(INVALID, "max_results"):
        store.metrics.sampled_history([run_id], "m", None, None, max_results)


@pytest.mark.parametrize("token", ["x", "W10=", "AAAA"])
def test_a_token_that_is_none_is_refused(store: Store, run_id: str, token: str) -> None:
    with refused(INVALID, "page token"):
        store.metrics.history(run_id, "m", 5, token)


def test_a_token_that_is_no_text_is_refused(store: Store, run_id: str) -> None:
    with refused(INVALID):
        store.metrics.history(run_id, "m", 5, "\ud800")


def test_a_token_of_another_history_is_refused(store: Store, run_id: str) -> None:
    store.runs.log_batch(run_id, [Metric("m", 1.0, i, i) for i in range(3)])
    token = store.metrics.history(run_id, "m", 1).token
    with refused(INVALID, "page token"):
        store.metrics.history(run_id, "other", 1, token)


def test_histories_of_runs_are_ordered_by_run_and_name_it(store: Store) -> None:
    runs = [store.runs.create("0").info.run_id for _ in range(3)]
    for i, run in enumerate(reversed(runs)):
        store.runs.log_batch(
            run, [Metric("m", float(i), 20, 1), Metric("m", float(i), 10, 2), Metric("n", 0.0, 1, 1)]
        )
    found = store.metrics.history_of_runs([runs[2], runs[0], runs[1], runs[0]], "m", 100)
    assert [(point.run_id, point.timestamp) for point in found] == [
        (run, time) for run in sorted(runs) for time in (10, 20)
    ]
    some = store.metrics.history_of_runs(runs, "m", 3)
    assert some == found[:3]


def test_histories_of_at_most_100_runs_are_read_at_a_time(store: Store, run_id: str) -> None:
    runs = [run_id, *(f"{i:032x}" for i in range(100))]
    assert store.metrics.history_of_runs(runs[:100], "m", 10) == []
    for bad in (runs, []):
        with refused(INVALID, "100"):
            store.metrics.history_of_runs(bad, "m", 10)
        with refused(INVALID, "100"):
            store.metrics.sampled_history(bad, "m", None, None, 10)


@pytest.mark.parametrize(
    ("count", "steps"),
    [(5, [0, 4, 8, 12, 19]), (7, [0, 3, 6, 9, 12, 15, 19]), (1, [19]), (2, [0, 19]), (19, [*range(1), *range(2, 19), 19]),
     (20, list(range(20))), (2500, list(range(20)))],
)  # fmt: skip
def test_a_sample_is_even_and_ends_with_the_last_point(
    store: Store, run_id: str, count: int, steps: list[int]
) -> None:
    store.runs.log_batch(run_id, [Metric("m", float(step), 1000 - step, step) for step in range(20)])
    found = store.metrics.sampled_history([run_id], "m", None, None, count)
    assert [point.step for point in found] == steps
    assert {point.run_id for point in found} == {run_id}


def test_a_sample_can_be_limited_to_steps(store: Store) -> None:
    runs = [store.runs.create("0").info.run_id for _ in range(2)]
    for run in runs:
        store.runs.log_batch(run, [Metric("m", float(step), 5, step) for step in range(-10, 11)])
    found = store.metrics.sampled_history(runs, "m", -3, 3, 4)
    assert [(point.run_id, point.step) for point in found] == [
        (run, step) for run in runs for step in (-3, -1, 1, 3)
    ]
    assert store.metrics.sampled_history(runs, "m", 99, 99, 4) == []


@pytest.mark.parametrize(
    ("start", "end", "count"), [(1, None, 5), (None, 1, 5), (2, 1, 5), (None, None, 0), (None, None, 2501)]
)
def test_what_makes_no_sample_is_refused(
    store: Store, run_id: str, start: int | None, end: int | None, count: int
) -> None:
    with refused(INVALID):
        store.metrics.sampled_history([run_id], "m", start, end, count)


def test_a_long_series_is_kept_exactly(store: Store, run_id: str) -> None:
    expected = []
    for start in range(0, 5000, 1000):
        points = [
            (math.sin(step), 1_700_000_000_000 + 10 * step, step) for step in range(start, start + 1000)
        ]
        store.runs.log_batch(run_id, [Metric("m", *point) for point in points])
        expected += points
    assert history(store, run_id) == expected
    store.runs.log_batch(run_id, [Metric("m", *point) for point in expected[500:1500]])
    assert history(store, run_id) == expected
    late = [(0.5, 1_700_000_000_001, 100), (0.25, 1_700_000_000_002, -7), (NAN, 1, 2500)]
    for point in late:
        store.metrics.log(run_id, Metric("m", *point))
        store.metrics.log(run_id, Metric("m", *point))
    wanted = sorted([*expected, *late], key=lambda point: (point[1], point[2]))
    assert same(history(store, run_id), wanted)
    assert latest(store, run_id) == expected[-1]
    sample = store.metrics.sampled_history([run_id], "m", 2499, 2501, 100)
    assert [point.step for point in sample] == [2499, 2500, 2500, 2501]


def test_points_of_many_threads_all_arrive(store: Store) -> None:
    runs = [store.runs.create("0").info.run_id for _ in range(2)]

    def log(number: int) -> None:
        store.metrics.log(runs[number % 2], Metric(f"m{number % 3}", float(number), number, number))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(log, range(120)))
    for r, run in enumerate(runs):
        for key in range(3):
            expected = [n for n in range(120) if n % 2 == r and n % 3 == key]
            assert [step for _, _, step in history(store, run, f"m{key}")] == expected
            assert latest(store, run, f"m{key}") == (float(expected[-1]), expected[-1], expected[-1])


def test_a_point_can_also_be_a_metric_of_a_logged_model(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0").model_id
    store.metrics.log(run_id, Metric("m", 0.5, 10, 1, model, "train", "abc"))
    store.runs.log_batch(
        run_id, [Metric("m", 0.7, 20, 2, model, "train", "abc"), Metric("n", NAN, 5, 0, model)]
    )
    found = {point.key: point for point in store.logged_models.get(model).metrics or ()}
    assert found["m"] == Metric("m", 0.7, 20, 2, model, "train", "abc", run_id)
    assert math.isnan(found["n"].value)
    assert (found["n"].dataset_name, found["n"].dataset_digest, found["n"].run_id) == (None, None, run_id)
    assert history(store, run_id) == [(0.5, 10, 1), (0.7, 20, 2)]


def test_a_point_of_an_unknown_logged_model_is_a_bad_request(store: Store, run_id: str) -> None:
    for model in ("m-" + "0" * 32, "x", "m-"):
        with refused(BAD_REQUEST, model):
            store.metrics.log(run_id, Metric("m", 0.5, 10, 1, model))
    assert history(store, run_id) == []


def test_a_dataset_of_a_point_has_limits(store: Store, run_id: str) -> None:
    model = store.logged_models.create("0").model_id
    store.metrics.log(run_id, Metric("m", 0.5, 10, 1, model, "n" * 500, "d" * 36))
    for name, digest in (("n" * 501, "d"), ("n", "d" * 37), ("n\x00", "d"), ("n", "\ud800")):
        with refused(INVALID):
            store.metrics.log(run_id, Metric("m", 0.5, 10, 1, model, name, digest))


def test_points_that_come_by_the_thousand_are_kept_once_whatever_their_order(
    store: Store, run_id: str
) -> None:
    def batch(steps: range) -> list[Metric]:
        return [Metric("m", float(step % 7), 1, step) for step in steps]

    for steps in (
        range(0, 2000, 2),  # a block of its own
        range(2000, 3000),  # another one
        range(2500, 3500),  # half of it again
        range(1, 2000, 2),  # between the points of the first
        range(3500, 3510),  # a few
        range(3510, 4510),  # many after a few
        range(0, 2000, 2),  # all again
    ):
        store.runs.log_batch(run_id, batch(steps))

    history = store.metrics.history(run_id, "m")
    assert [point.step for point in history] == list(range(4510))
    assert all(point.value == point.step % 7 for point in history)
    assert store.runs.get(run_id).data.metrics["m"] == 4509 % 7


def test_the_envelope_of_a_short_series_is_its_points(store: Store, run_id: str) -> None:
    points = [(1.0, 10, 1), (NAN, 20, 2), (INF, 30, 3), (-2.5, 40, 4)]
    store.runs.log_batch(run_id, [Metric("m", *point) for point in points])
    (found,) = store.metrics.envelopes([(run_id, "m")])
    assert (found.points, found.x, found.sampled) == (4, [1, 2, 3, 4], False)
    assert found.low == found.high == found.mean == found.last == [1.0, None, INF, -2.5]
    assert found.nans == [2]
    (found,) = store.metrics.envelopes([(run_id, "m")], 15, 30, by_time=True)
    assert (found.points, found.x, found.last) == (2, [20, 30], [None, INF])


def test_the_envelope_of_a_long_series_keeps_its_extremes(store: Store, run_id: str) -> None:
    values = [math.sin(step / 50) for step in range(3000)]
    values[1234], values[2345] = 99.0, -99.0
    for start in range(0, 3000, 1000):
        store.runs.log_batch(
            run_id, [Metric("m", values[step], 7 * step, step) for step in range(start, start + 1000)]
        )
    whole, part, empty, missing = store.metrics.envelopes(
        [(run_id, "m"), (run_id, "m"), (run_id, "other"), ("0" * 32, "m")], buckets=100
    )
    assert whole == part
    assert (whole.points, whole.sampled, len(whole.x)) == (3000, True, 100)
    assert (max(x or 0 for x in whole.high), min(x or 0 for x in whole.low)) == (99.0, -99.0)
    assert whole.mean[0] == pytest.approx(sum(values[:30]) / 30)
    assert (whole.x[-1], whole.last[-1]) == (2999, values[2999])
    assert empty == missing
    assert (empty.points, empty.x) == (0, [])
    (zoomed,) = store.metrics.envelopes([(run_id, "m")], 1200, 1299, buckets=100)
    assert (zoomed.x, zoomed.sampled) == (list(range(1200, 1300)), False)


@pytest.mark.parametrize(
    ("series", "low", "high", "buckets"), [(0, None, None, 10), (501, None, None, 10), (1, 2, 1, 10), (1, None, None, 0), (1, None, None, 4001)]
)  # fmt: skip
def test_what_makes_no_envelope_is_refused(
    store: Store, run_id: str, series: int, low: int | None, high: int | None, buckets: int
) -> None:
    with refused(INVALID):
        store.metrics.envelopes([(run_id, "m")] * series, low, high, buckets=buckets)
