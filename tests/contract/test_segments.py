"""What every store does with runs that go on at an earlier step."""

from __future__ import annotations

import math

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from mlflow.entities.run_status import RunStatus
from tests.contract.errors import INVALID, MISSING, refused


def log(store: Store, run_id: str, key: str, steps: range, factor: float = 1.0) -> None:
    points = [Metric(key, factor * step, 1_000 + step, step) for step in steps]
    for start in range(0, len(points), 1000):
        store.runs.log_batch(run_id, points[start : start + 1000])


def steps(store: Store, run_id: str, key: str) -> list[int]:
    return [point.step for point in store.metrics.history(run_id, key)]


def left(store: Store, run_id: str, number: int, key: str) -> list[float]:
    found: list[float] = []
    token: str | None = None
    while True:
        page = store.segments.history(run_id, number, key, token)
        found += [point.value for point in page]
        token = page.token
        if token is None:
            return found


def test_later_points_become_a_segment(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(10))
    log(store, run_id, "b", range(5, 8))
    log(store, run_id, "c", range(3))

    segment = store.segments.rewind(run_id, 4, "first")

    assert segment[:2] == (1, 4)
    assert (segment.keys, segment.points) == (["a", "b"], 5 + 3)
    assert steps(store, run_id, "a") == list(range(5))
    assert steps(store, run_id, "b") == []
    assert steps(store, run_id, "c") == list(range(3))
    assert store.runs.get(run_id).data.metrics == {"a": 4.0, "c": 2.0}
    assert left(store, run_id, 1, "a") == [5.0, 6.0, 7.0, 8.0, 9.0]
    assert left(store, run_id, 1, "b") == [5.0, 6.0, 7.0]
    assert left(store, run_id, 1, "c") == left(store, run_id, 2, "a") == left(store, run_id, 1, "z") == []


def test_the_run_goes_on_from_there(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(10))
    store.segments.rewind(run_id, 4, "first")
    log(store, run_id, "a", range(5, 7), factor=-1)

    history = store.metrics.history(run_id, "a")
    assert [point.value for point in history] == [0, 1, 2, 3, 4, -5, -6]
    assert store.runs.search(["0"], "metrics.a = -6")[0].info.run_id == run_id
    assert store.runs.search(["0"], "metrics.a = 9") == []

    again = store.segments.rewind(run_id, 5, "second")
    assert (again.number, again.points) == (2, 1)
    assert [found.number for found in store.segments.of_run(run_id)] == [1, 2]
    assert left(store, run_id, 2, "a") == [-6.0]
    assert left(store, run_id, 1, "a") == [5.0, 6.0, 7.0, 8.0, 9.0]


def test_the_same_call_again_changes_nothing(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(10))
    first = store.segments.rewind(run_id, 4, "first")
    log(store, run_id, "a", range(5, 7), factor=-1)

    assert store.segments.rewind(run_id, 4, "first") == first
    assert steps(store, run_id, "a") == list(range(7))


def test_points_that_are_logged_again_are_not_doubled(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(10))
    store.segments.rewind(run_id, 4, "first")
    log(store, run_id, "a", range(10))
    assert steps(store, run_id, "a") == list(range(10))


def test_long_histories_are_taken_back(store: Store, run_id: str) -> None:
    log(store, run_id, "long", range(40_000))
    log(store, run_id, "short", range(100))
    segment = store.segments.rewind(run_id, 9_999, "first")
    assert segment.points == 30_000
    assert steps(store, run_id, "long") == list(range(10_000))
    assert steps(store, run_id, "short") == list(range(100))
    assert left(store, run_id, 1, "long") == [float(step) for step in range(10_000, 40_000)]


def test_numbers_that_are_none_are_kept(store: Store, run_id: str) -> None:
    for step, value in enumerate([1.0, math.nan, math.inf, math.nan, -math.inf]):
        store.metrics.log(run_id, Metric("a", value, 1, step))
    store.segments.rewind(run_id, 1, "first")
    assert math.isnan(store.runs.get(run_id).data.metrics["a"])
    kept = left(store, run_id, 1, "a")
    assert (kept[0], kept[2]) == (math.inf, -math.inf)
    assert math.isnan(kept[1])


def test_a_run_without_later_points_gets_an_empty_segment(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(3))
    segment = store.segments.rewind(run_id, 10, "first")
    assert (segment.number, segment.keys, segment.points) == (1, [], 0)
    assert steps(store, run_id, "a") == [0, 1, 2]


def test_a_run_that_has_ended_shows_what_counts(store: Store, run_id: str) -> None:
    log(store, run_id, "a", range(10))
    store.runs.update(run_id, status=RunStatus.FINISHED, end_time=1)
    store.segments.rewind(run_id, 4, "first")
    assert store.runs.get(run_id).data.metrics == {"a": 4.0}


def test_only_active_runs_are_taken_back(store: Store, run_id: str) -> None:
    with refused(MISSING):
        store.segments.rewind("0" * 32, 1, "first")
    with refused(MISSING):
        store.segments.of_run("0" * 32)
    store.runs.delete(run_id)
    with refused(INVALID, "deleted"):
        store.segments.rewind(run_id, 1, "first")


@pytest.mark.parametrize(("step", "name"), [(2**63, "a"), (1, ""), (1, "x" * 251)])
def test_what_breaks_a_rule_is_refused(store: Store, run_id: str, step: int, name: str) -> None:
    with refused(INVALID):
        store.segments.rewind(run_id, step, name)


def test_a_made_up_page_token_is_refused(store: Store, run_id: str) -> None:
    with refused(INVALID):
        store.segments.history(run_id, 1, "a", "made up")
