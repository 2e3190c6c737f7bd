"""One writer for a process: groups, failures inside of them, interrupts, the end."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from mlflow._storage.sql import writer
from mlflow._storage.sql.connection import Connection, DeferringConnection
from mlflow._storage.sql.dialects.sqlite import BUSY_SECONDS
from mlflow._storage.sql.store import SqlStore
from mlflow._storage.sql.writer import Operation
from mlflow.entities.metric import Metric
from mlflow.exceptions import (
    BadRequest,
    InvalidParameterValue,
    ResourceConflict,
    ResourceDoesNotExist,
    StorageUnavailable,
)


def put(name: str, value: str = "") -> Callable[[Connection], str]:
    """An operation that writes a row."""

    def work(cx: Connection) -> str:
        cx.run("INSERT INTO setting (name, value) VALUES (?, ?)", (name, value))
        return name

    return work


def fail_after(name: str, error: BaseException) -> Callable[[Connection], str]:
    """An operation that writes a row and then fails."""

    def work(cx: Connection) -> str:
        put(name)(cx)
        raise error

    return work


def stored(store: SqlStore) -> set[str]:
    """Names of the rows that are there."""
    with store.engine.reading() as cx:
        return _names(cx)


def _names(cx: Connection) -> set[str]:
    return {row[0] for row in cx.all("SELECT name FROM setting")} - {"artifact_root", "token_key"}


def as_one_group(
    store: SqlStore,
    works: Sequence[Callable[[Connection], Any]],
    subjects: Sequence[str] = (),
    results: list[Operation[Any]] | None = None,
) -> list[Operation[Any]]:
    """Runs operations in one group, by queueing them while another one holds the writer; fills and returns `results`."""
    results = [] if results is None else results
    done = threading.Semaphore(0)
    holding, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        holding.set()
        go.wait(10)

    holder = threading.Thread(target=lambda: store.engine.write(hold))
    holder.start()
    holding.wait(10)

    def delivered(operation: Operation[Any]) -> None:
        results.append(operation)
        done.release()

    for work, subject in zip_longest(works, subjects, fillvalue=""):
        store.engine.writer.submit(work, delivered, subject)  # type: ignore[arg-type]  # there are no more subjects than works
    assert store.engine.writer.queued() == len(works)
    go.set()
    holder.join()
    for _ in works:
        assert done.acquire(timeout=10)
    return results


def test_an_operation_returns_its_result_and_is_stored(store: SqlStore) -> None:
    assert store.engine.write(put("a")) == "a"
    assert stored(store) == {"a"}


def test_an_operation_that_fails_changes_nothing(store: SqlStore) -> None:
    with pytest.raises(BadRequest, match="no"):
        store.engine.write(fail_after("a", BadRequest("no")))
    with pytest.raises(ValueError, match="bug"):
        store.engine.write(fail_after("b", ValueError("bug")))
    assert stored(store) == set()
    store.engine.write(put("c"))
    assert stored(store) == {"c"}


def test_an_operation_inside_of_another_is_part_of_it(store: SqlStore) -> None:
    def work(cx: Connection) -> set[str]:
        store.engine.write(put("a"))
        with pytest.raises(BadRequest):
            store.engine.write(fail_after("b", BadRequest("caught")))
        with store.engine.snapshot() as inside:
            assert inside is cx
            return {row[0] for row in inside.all("SELECT name FROM setting WHERE value = ''")}

    assert store.engine.write(work) == {"a", "b"}


def test_one_failure_in_a_group_fails_alone(store: SqlStore) -> None:
    works = [put("a"), fail_after("b", BadRequest("no")), put("c"), put("c", "again"), put("d")]
    results = as_one_group(store, works)
    assert [operation.result for operation in results] == ["a", None, "c", None, "d"]
    assert isinstance(results[1].error, BadRequest)
    assert results[3].error is not None
    assert "INSERT" not in str(results[3].error)
    assert stored(store) == {"a", "c", "d"}


def test_a_group_of_many_is_written(store: SqlStore) -> None:
    results = as_one_group(store, [put(f"n{number}") for number in range(600)])
    assert [operation.error for operation in results] == [None] * 600
    assert len(stored(store)) == 600


def test_a_receiver_that_fails_keeps_nobody_waiting(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()

    def broken(_: Operation[Any]) -> None:
        raise RuntimeError("the loop is closed")

    store.engine.writer.submit(put("a"), broken)
    store.engine.writer.submit(put("b"), lambda _: done.set())
    assert done.wait(10)
    assert store.engine.write(put("c")) == "c"
    assert stored(store) == {"a", "b", "c"}
    assert "could not be delivered" in caplog.text


class TestResultsOfAGroup:
    """When they are handed out, while more waits to be written."""

    @pytest.fixture(autouse=True)
    def _groups_of_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(writer, "GROUP_SIZE", 1)

    def test_come_when_the_next_group_is_about_to_be_committed(self, sqlite_store: SqlStore) -> None:
        results: list[Operation[Any]] = []
        seen = []

        def look(cx: Connection) -> None:
            seen.append(len(results))
            cx.after_commit(lambda: seen.append(len(results)))

        as_one_group(sqlite_store, [put("a"), look, put("b")], results=results)
        assert seen == [0, 1]

    def test_come_before_an_operation_that_may_wait_for_other_processes(
        self, postgres_store: SqlStore
    ) -> None:
        results: list[Operation[Any]] = []
        assert (
            as_one_group(postgres_store, [put("a"), lambda _: len(results)], results=results)[1].result == 1
        )

    def test_come_while_the_next_group_takes_long(
        self, sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writer, "GROUP_SIZE", 2)
        results: list[Operation[Any]] = []
        works = [put("a"), put("b"), lambda _: time.sleep(2 * writer.KEEPING_SECONDS), lambda _: len(results)]
        assert as_one_group(sqlite_store, works, results=results)[3].result == 2

    def test_come_although_the_next_group_fails(self, sqlite_store: SqlStore) -> None:
        results: list[Operation[Any]] = []
        works = [put("a"), fail_after("b", BadRequest("no")), lambda _: len(results)]
        assert as_one_group(sqlite_store, works, results=results)[2].result == 1

    def test_come_before_housekeeping(self, sqlite_store: SqlStore) -> None:
        results: list[Operation[Any]] = []
        seen = []
        looked = threading.Event()

        def look(_: Connection) -> None:
            seen.append(len(results))
            looked.set()

        def leave(_: Connection) -> None:
            sqlite_store.engine.writer.later(look)

        as_one_group(sqlite_store, [leave], results=results)
        assert looked.wait(10)
        assert seen == [1]

    def test_come_before_the_next_group_waits_for_another_process(
        self, sqlite_store: SqlStore, sqlite_file: Path
    ) -> None:
        with closing(sqlite3.connect(sqlite_file, isolation_level=None, check_same_thread=False)) as other:
            results = HeardBy(lambda: other.execute("ROLLBACK"))

            def take_the_lock() -> None:
                other.execute("BEGIN IMMEDIATE")

            def let_another_be_next(cx: Connection) -> None:
                cx.after_commit(take_the_lock)

            begun = time.monotonic()
            as_one_group(sqlite_store, [let_another_be_next, put("b")], results=results)
        assert time.monotonic() - begun < BUSY_SECONDS / 2
        assert stored(sqlite_store) == {"b"}


class HeardBy(list[Operation[Any]]):
    """Results, whose first one lets something happen."""

    def __init__(self, heard: Callable[[], object]) -> None:
        super().__init__()
        self._heard = heard

    def append(self, operation: Operation[Any]) -> None:
        if not self:
            self._heard()
        super().append(operation)


def test_callbacks_come_after_the_commit_of_their_own_operation_only(store: SqlStore) -> None:
    called: list[str] = []

    def calling(name: str, error: Exception | None = None) -> Callable[[Connection], str]:
        def work(cx: Connection) -> str:
            put(name)(cx)
            cx.after_commit(lambda: called.append(name))
            assert name not in called
            if error:
                raise error
            return name

        return work

    as_one_group(store, [calling("a"), calling("b", BadRequest("no")), calling("c")])
    assert called == ["a", "c"]
    with pytest.raises(BadRequest):
        store.engine.write(calling("d", BadRequest("no")))
    assert called == ["a", "c"]


def test_a_read_calls_back_at_once(store: SqlStore) -> None:
    called: list[str] = []
    with store.engine.reading() as cx:
        cx.after_commit(lambda: called.append("reading"))
    with store.engine.snapshot() as cx:
        cx.after_commit(lambda: called.append("snapshot"))
        assert called == ["reading", "snapshot"]


def test_an_interrupt_in_one_thread_leaves_the_others_their_writes(store: SqlStore) -> None:
    holding, go = threading.Event(), threading.Event()

    def interrupted(cx: Connection) -> None:
        put("lost")(cx)
        holding.set()
        go.wait(10)
        raise KeyboardInterrupt

    outcomes: list[str] = []

    def first() -> None:
        try:
            store.engine.write(interrupted)
        except KeyboardInterrupt:
            outcomes.append("interrupted")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    holding.wait(10)
    threads += [
        threading.Thread(target=lambda n=n: outcomes.append(store.engine.write(put(f"n{n}"))))
        for n in range(5)
    ]
    for thread in threads[1:]:
        thread.start()
    while store.engine.writer.queued() < 5:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert sorted(outcomes) == ["interrupted", *(f"n{n}" for n in range(5))]
    assert stored(store) == {f"n{n}" for n in range(5)}


def test_an_interrupt_in_a_group_repeats_only_what_was_not_stored(store: SqlStore) -> None:
    ran: list[str] = []

    def counted(name: str) -> Callable[[Connection], str]:
        def work(cx: Connection) -> str:
            ran.append(name)
            return put(name)(cx)

        return work

    def interrupted(cx: Connection) -> None:
        put("lost")(cx)
        raise KeyboardInterrupt

    done = threading.Semaphore(0)
    writer = store.engine.writer
    with writer._lock:  # so that nobody takes the queue before it is full
        for name in ("a", "b"):
            writer.submit(counted(name), lambda _: done.release())
        writer._queue.append(own := Operation(interrupted))
        with pytest.raises(KeyboardInterrupt):
            writer._write_group(own)
    assert store.engine.write(put("c")) == "c"
    assert done.acquire(timeout=10)
    assert done.acquire(timeout=10)
    assert ran == ["a", "b", "a", "b"]
    assert stored(store) == {"a", "b", "c"}


def test_closing_writes_what_is_queued(store: SqlStore, database_uri: str) -> None:
    delivered: list[str | None] = []
    for number in range(50):
        store.engine.writer.submit(put(f"n{number}"), lambda operation: delivered.append(operation.result))
    store.close()
    assert len(delivered) == 50
    assert all(delivered)


def test_a_closed_store_refuses_everything_and_waits_for_nothing(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.close()
    store.close()
    calls: list[Callable[[], object]] = [
        lambda: store.runs.get(run_id),
        lambda: store.runs.search(["0"]),
        lambda: store.runs.create("0"),
        store.settings.ping,
    ]
    for call in calls:
        with pytest.raises(StorageUnavailable, match="closed"):
            call()
    with ThreadPoolExecutor(1) as threads, pytest.raises(StorageUnavailable, match="closed"):
        threads.submit(store.settings.ping).result()
    results: list[Operation[None]] = []
    store.write(lambda: None, results.append)
    assert isinstance(results[0].error, StorageUnavailable)


def test_work_that_a_server_submits_may_call_the_store(store: SqlStore) -> None:
    results: list[Operation[str]] = []
    done = threading.Event()

    def delivered(operation: Operation[str]) -> None:
        results.append(operation)
        done.set()

    store.write(lambda: store.runs.create("0", run_name="a").info.run_id, delivered)
    assert done.wait(10)
    assert store.runs.get(results[0].result or "").info.run_name == "a"


def test_what_another_process_made_first_is_met_again_and_then_told(postgres_store: SqlStore) -> None:
    attempts: list[int] = []

    def work(cx: Connection) -> None:
        attempts.append(1)
        put("taken")(cx)

    postgres_store.engine.write(put("taken"))
    with pytest.raises(ResourceConflict, match="again"):
        postgres_store.engine.write(work)
    assert len(attempts) == 5


def test_deadlocks_between_processes_are_resolved(postgres_store: SqlStore) -> None:
    engine = postgres_store.engine
    engine.write(put("a", "0"))
    engine.write(put("b", "0"))
    other = engine.dialect.connect(write=True)
    other.run("SET deadlock_timeout = '10s'")  # so that it is the store's transaction that gives way
    attempts: list[int] = []
    locked, both = threading.Event(), threading.Event()

    def elsewhere() -> None:
        other.begin(write=True)
        other.run("UPDATE setting SET value = 'other' WHERE name = 'b'")
        locked.set()
        both.wait(10)
        other.run("UPDATE setting SET value = 'other' WHERE name = 'a'")
        other.commit()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    locked.wait(10)

    def work(cx: Connection) -> None:
        attempts.append(1)
        cx.run("SET LOCAL deadlock_timeout = '20ms'")
        cx.run("UPDATE setting SET value = 'mine' WHERE name = 'a'")
        if len(attempts) == 1:
            both.set()
            time.sleep(0.1)
        cx.run("UPDATE setting SET value = 'mine' WHERE name = 'b'")

    engine.write(work)
    thread.join(10)
    other.close()
    assert len(attempts) == 2
    with engine.reading() as cx:
        values = cx.all("SELECT value FROM setting WHERE name IN ('a', 'b')")
    assert values == [("mine",), ("mine",)]


def test_groups_are_sorted_by_what_they_lock(postgres_store: SqlStore) -> None:
    order: list[str] = []
    operations = [
        Operation(lambda _, name=name: order.append(name), name)  # type: ignore[misc]  # mypy does not see what the default binds
        for name in ("c", "a", "b", "a")
    ]
    postgres_store.engine.writer._queue.extend(operations)
    postgres_store.engine.write(lambda _: None, "z")
    assert order == ["a", "a", "b", "c"]


def test_an_operation_that_is_alone_shares_no_transaction(store: SqlStore) -> None:
    seen: list[set[str]] = []

    def look(_: Connection) -> None:
        other = store.engine.dialect.connect(write=False)  # sees what has been committed
        seen.append(_names(other))
        other.close()

    store.engine.writer.later(put("a"))
    store.engine.write(look, alone=True)
    store.engine.write(look)
    assert seen == [{"a"}, {"a"}]
    assert stored(store) == {"a"}


def test_housekeeping_that_fails_disturbs_nobody(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    store.engine.writer.later(fail_after("a", BadRequest("no")))
    store.engine.write(put("b"))
    store.engine.write(put("c"))
    assert stored(store) == {"b", "c"}
    assert "Housekeeping of the database failed: no" in caplog.text


def log(store: SqlStore, run_id: str, step: int) -> Callable[[Connection], None]:
    """An operation that logs a point."""
    return lambda _: store.metrics.log(run_id, Metric("m", float(step), step, step))


def test_an_operation_that_fails_takes_only_its_own_writes_back(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.metrics.log(run_id, Metric("m", 0.0, 0, 0))  # the name has its number

    def log_and_fail(cx: Connection) -> None:
        log(store, run_id, 2)(cx)
        raise BadRequest("no")

    def log_write_and_fail(cx: Connection) -> None:
        log(store, run_id, 4)(cx)
        put("x")(cx)
        log(store, run_id, 5)(cx)
        raise BadRequest("no")

    works = [
        log(store, run_id, 1), log_and_fail, log(store, run_id, 3), log_write_and_fail, log(store, run_id, 6), put("y"),
        log_and_fail, log(store, run_id, 7),
    ]  # fmt: skip
    results = as_one_group(store, works)
    assert sum(operation.error is not None for operation in results) == 3
    assert [metric.step for metric in store.metrics.history(run_id, "m")] == [0, 1, 3, 6, 7]
    assert stored(store) == {"y"}


def test_what_one_operation_does_to_a_run_the_next_ones_of_its_group_see(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.metrics.log(run_id, Metric("m", 0.0, 0, 0))

    def act(work: Callable[[str], object]) -> Callable[[Connection], object]:
        return lambda _: work(run_id)

    works: list[Callable[[Connection], Any]] = [
        log(store, run_id, 1), act(store.runs.delete), log(store, run_id, 2), act(store.runs.restore), log(store, run_id, 3),
        log(store, "0" * 32, 4),
    ]  # fmt: skip
    results = as_one_group(store, works, [run_id] * len(works))
    assert [type(operation.error) for operation in results if operation.error] == [
        InvalidParameterValue,
        ResourceDoesNotExist,
    ]
    assert [metric.step for metric in store.metrics.history(run_id, "m")] == [0, 1, 3]
    assert store.runs.get(run_id).data.metrics == {"m": 3.0}


def test_calls_that_only_log_share_two_statements(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run_ids = [store.runs.create("0").info.run_id for _ in range(20)]
    for run_id in run_ids:
        store.metrics.log(run_id, Metric("m", 0.0, 0, 0))
    connection = store.engine.writer._connected()
    assert isinstance(connection, DeferringConnection)
    changing = type(connection)._changing
    seen: list[str] = []

    def count(self: DeferringConnection) -> None:
        seen.append("statement")
        changing(self)

    monkeypatch.setattr(type(connection), "_changing", count)
    as_one_group(store, [log(store, run_id, 1) for run_id in run_ids], run_ids)
    assert len(seen) == 2
