from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlflow
from mlflow._session.stores import open_session_store
from mlflow._storage.batches import Batch
from mlflow._storage.interface.store import Store
from mlflow.entities import Metric, Param
from mlflow.exceptions import InvalidParameterValue, MlflowException, StorageUnavailable
from mlflow.tracking import MlflowClient
from mlflow.tracking.queue import LogQueue


class Runs:
    """The runs of a store whose batches wait for a gate, are counted, and fail when told so."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.gate = threading.Event()
        self.sizes: list[int] = []
        self.error: Exception | None = None

    def log_batch(self, run_id: str, *batch: list[object]) -> None:
        self.gate.wait(10)
        self.sizes.append(sum(len(items) for items in batch))
        if self.error is not None:
            raise self.error
        self.store.runs.log_batch(run_id, *batch)  # type: ignore[arg-type]  # arguments by place


class Gated:
    """A store that only logs batches."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs


@pytest.fixture
def runs(session: Path) -> Iterator[Runs]:
    del session
    made = Runs(open_session_store())
    yield made
    made.gate.set()


@pytest.fixture
def store(runs: Runs) -> Store:
    return Gated(runs)  # type: ignore[return-value]  # has what is called


def point(step: int, key: str = "m") -> Batch:
    return Batch([Metric(key, float(step), 1, step)])


def test_calls_return_before_anything_is_stored(runs: Runs, store: Store) -> None:
    run_id = MlflowClient().create_run("0").info.run_id
    queue = LogQueue()
    operations = queue.put(store, run_id, point(1))
    assert MlflowClient().get_metric_history(run_id, "m") == []
    runs.gate.set()
    operations.wait()
    assert len(MlflowClient().get_metric_history(run_id, "m")) == 1


def test_what_piles_up_is_written_as_one_batch_in_order(runs: Runs, store: Store) -> None:
    run_id = MlflowClient().create_run("0").info.run_id
    queue = LogQueue()
    for step in range(101):
        queue.put(store, run_id, point(step))
    runs.gate.set()
    queue.flush()
    assert [point.step for point in MlflowClient().get_metric_history(run_id, "m")] == list(range(101))
    assert sum(runs.sizes) == 101
    assert len(runs.sizes) <= 3


def test_batches_stay_within_the_limits(runs: Runs, store: Store) -> None:
    run_id = MlflowClient().create_run("0").info.run_id
    queue = LogQueue()
    for number in range(250):
        queue.put(store, run_id, Batch(params=[Param(f"p{number}", "x")]))
    for step in range(2100):
        queue.put(store, run_id, point(step))
    runs.gate.set()
    queue.flush()
    assert len(MlflowClient().get_run(run_id).data.params) == 250
    assert len(MlflowClient().get_metric_history(run_id, "m")) == 2100
    assert max(runs.sizes) <= 1000


def test_runs_are_kept_apart(runs: Runs, store: Store) -> None:
    first, second = (MlflowClient().create_run("0").info.run_id for _ in range(2))
    queue = LogQueue()
    for step in range(10):
        queue.put(store, first, point(step))
        queue.put(store, second, point(step + 100))
    runs.gate.set()
    queue.flush()
    assert [point.step for point in MlflowClient().get_metric_history(first, "m")] == list(range(10))
    assert [point.step for point in MlflowClient().get_metric_history(second, "m")] == list(range(100, 110))


def test_only_what_is_refused_is_lost(runs: Runs, store: Store) -> None:
    run_id = MlflowClient().create_run("0").info.run_id
    queue = LogQueue()
    operations = [queue.put(store, run_id, point(step, f"m{step}")) for step in range(4)]
    operations.insert(2, queue.put(store, run_id, point(9, "bad#name")))
    runs.gate.set()
    queue.flush()
    for good in (0, 1, 3, 4):
        operations[good].wait()
    with pytest.raises(MlflowException, match=r"The following failures occurred.*bad#name") as caught:
        operations[2].wait()
    assert caught.value.error_code == InvalidParameterValue.default_code
    assert sorted(MlflowClient().get_run(run_id).data.metrics) == ["m0", "m1", "m2", "m3"]


def test_a_store_that_is_out_of_order_is_asked_once_for_each_batch(
    runs: Runs, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    runs.error = StorageUnavailable("the disk is full")
    queue = LogQueue()
    operations = [queue.put(store, "r", point(step)) for step in range(50)]
    runs.gate.set()
    queue.flush()
    assert len(runs.sizes) <= 3
    for operation in operations:
        with pytest.raises(MlflowException, match="the disk is full"):
            operation.wait()
    assert "the disk is full" in capsys.readouterr().err


def test_flushing_does_not_wait_for_what_comes_later(runs: Runs, store: Store) -> None:
    run_id = MlflowClient().create_run("0").info.run_id
    queue = LogQueue()
    queue.put(store, run_id, point(0))
    flushed = threading.Event()

    def flush() -> None:
        queue.flush()
        flushed.set()

    stop = threading.Event()

    def keep_logging() -> None:
        step = 1
        while not stop.wait(0.001):
            queue.put(store, run_id, point(step))
            step += 1

    threads = [threading.Thread(target=work) for work in (flush, keep_logging)]
    for thread in threads:
        thread.start()
    runs.gate.set()
    try:
        assert flushed.wait(10)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        queue.flush()


def test_many_threads_may_log_at_once() -> None:
    with mlflow.start_run() as run:

        def work(number: int) -> None:
            for step in range(100):
                mlflow.log_metric(f"m{number}", step, step=step, run_id=run.info.run_id, synchronous=False)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mlflow.flush_async_logging()
        for number in range(4):
            points = MlflowClient().get_metric_history(run.info.run_id, f"m{number}")
            assert [point.step for point in points] == list(range(100))


class TestFluent:
    def test_every_call_can_be_asynchronous(self) -> None:
        with mlflow.start_run() as run:
            operations = [
                mlflow.log_metric("m", 1, synchronous=False),
                mlflow.log_metrics({"n": 2}, synchronous=False),
                mlflow.log_param("p", 3, synchronous=False),
                mlflow.log_params({"q": 4}, synchronous=False),
                mlflow.set_tag("t", 5, synchronous=False),
                mlflow.set_tags({"u": 6}, synchronous=False),
            ]
            for operation in operations:
                assert isinstance(operation, mlflow.RunOperations)
                operation.wait()
            data = mlflow.get_run(run.info.run_id).data
        assert (data.metrics, data.params) == ({"m": 1.0, "n": 2.0}, {"p": "3", "q": "4"})
        assert (data.tags["t"], data.tags["u"]) == ("5", "6")

    def test_the_setting_makes_all_calls_asynchronous(self) -> None:
        mlflow.config.enable_async_logging()
        assert isinstance(mlflow.log_metric("m", 1), mlflow.RunOperations)
        assert mlflow.log_metric("m", 2, synchronous=True) is None
        mlflow.config.enable_async_logging(False)
        assert mlflow.log_metric("m", 3) is None

    def test_the_end_of_a_run_waits_for_what_it_logged(self) -> None:
        with mlflow.start_run() as run:
            for step in range(100):
                mlflow.log_metric("m", step, step=step, synchronous=False)
        assert len(MlflowClient().get_metric_history(run.info.run_id, "m")) == 100
