"""A database in use: threads, forks, connections that break."""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.exceptions import BadRequest, StorageUnavailable


def backends(store: SqlStore) -> int:
    """Connections that PostgreSQL has open to the store's database."""
    with store.engine.reading() as cx:
        row = cx.one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    assert row
    return int(row[0])


def end_connections(store: SqlStore, postgres_database: str) -> None:
    """Makes PostgreSQL end every connection to the store's database."""
    import psycopg

    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_reads_see_what_was_written_and_do_not_wait_for_writers(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    holding, go = threading.Event(), threading.Event()

    def hold() -> None:
        store.params.log(run_id, Param("p", "1"))
        holding.set()
        go.wait(10)

    thread = threading.Thread(target=lambda: store.engine.write(lambda _: hold()))
    thread.start()
    holding.wait(10)
    assert store.runs.get(run_id).data.params == {}
    go.set()
    thread.join()
    assert store.runs.get(run_id).data.params == {"p": "1"}


def test_a_snapshot_sees_one_state(store: SqlStore) -> None:
    with store.engine.snapshot() as cx:
        before = cx.all("SELECT name FROM experiment")
        with ThreadPoolExecutor(1) as other:
            other.submit(store.experiments.create, "new").result()
        assert cx.all("SELECT name FROM experiment") == before
        with store.engine.snapshot() as again, store.engine.reading() as reading:
            assert again is cx
            assert reading is cx
    assert store.experiments.find("new") is not None


def test_connections_of_threads_that_ended_are_closed(postgres_store: SqlStore) -> None:
    for _ in range(10):
        thread = threading.Thread(target=postgres_store.settings.ping)
        thread.start()
        thread.join()
    gc.collect()
    assert backends(postgres_store) <= 4


def test_a_name_that_was_rolled_back_is_not_remembered(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    unknown = "m-" + "0" * 32
    for _ in range(2):
        with pytest.raises(BadRequest):
            store.runs.log_batch(run_id, [Metric("fresh", 1.0, 1, 0, unknown)], [Param("new", "1")])
    with store.engine.reading() as cx:
        assert store.engine.keys.find(cx, "fresh") is None
    store.runs.log_batch(run_id, [Metric("fresh", 1.0, 1, 0)], [Param("other", "1"), Param("new", "2")])
    data = store.runs.get(run_id).data
    assert (data.metrics, data.params) == ({"fresh": 1.0}, {"other": "1", "new": "2"})


def test_two_stores_on_one_database_agree(store: SqlStore, database_uri: str) -> None:
    other = open_sql_store(database_uri)
    try:
        run_id = store.runs.create("0").info.run_id
        for step in range(20):
            one = (store, other)[step % 2]
            one.runs.log_batch(
                run_id, [Metric(f"m{step % 3}", 1.0 * step, step, step)], [Param(f"p{step}", "x")]
            )
            assert repr(store.runs.get(run_id)) == repr(other.runs.get(run_id))
        assert len(store.runs.get(run_id).data.params) == 20
    finally:
        other.close()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_process_opens_connections_of_its_own(store: SqlStore) -> None:
    run_id = store.runs.create("0").info.run_id
    store.metrics.log(run_id, Metric("m", 0.0, 0, 0))
    children = []
    for child in range(1, 4):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                for step in range(5):
                    store.metrics.log(run_id, Metric("m", 1.0, 10 * child + step, 10 * child + step))
                store.runs.get(run_id)
                store.close()
                code = 0
            except BaseException:  # noqa: BLE001 - it must not get out into the test runner's copy
                traceback.print_exc()
            os._exit(code)
        children.append(pid)
    for step in range(5):
        store.metrics.log(run_id, Metric("m", 2.0, 100 + step, 100 + step))
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]
    assert len(store.metrics.history(run_id, "m")) == 1 + 3 * 5 + 5
    store.metrics.log(run_id, Metric("m", 3.0, 200, 200))
    assert store.runs.get(run_id).data.metrics == {"m": 3.0}


def test_a_connection_that_the_server_ended_is_replaced(
    postgres_store: SqlStore, postgres_database: str
) -> None:
    run_id = postgres_store.runs.create("0").info.run_id
    for step in range(3):
        postgres_store.runs.get(run_id)
        end_connections(postgres_store, postgres_database)
        postgres_store.metrics.log(run_id, Metric("m", 1.0, step, step))
        assert len(postgres_store.metrics.history(run_id, "m")) == step + 1
        end_connections(postgres_store, postgres_database)
        assert postgres_store.runs.get(run_id).data.metrics == {"m": 1.0}


def test_an_operation_whose_connection_breaks_is_done_again(
    postgres_store: SqlStore, postgres_database: str
) -> None:
    run_id = postgres_store.runs.create("0").info.run_id
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        postgres_store.params.log(run_id, Param("p", "1"))
        if len(attempts) == 1:
            end_connections(postgres_store, postgres_database)
        postgres_store.params.log(run_id, Param("q", "2"))

    postgres_store.engine.write(lambda _: work())
    assert len(attempts) == 2
    assert postgres_store.runs.get(run_id).data.params == {"p": "1", "q": "2"}


def test_a_database_that_is_gone_is_told_without_its_password(postgres_database: str, tmp_path: Path) -> None:
    gone = postgres_database.replace("/headrace_", "/no_such_")
    with pytest.raises(StorageUnavailable, match="Cannot connect") as caught:
        open_sql_store(gone)
    with pytest.raises(StorageUnavailable, match="Cannot connect") as caught:
        open_sql_store("postgresql://ann:secret@127.0.0.1:1/x")
    assert "secret" not in str(caught.value)


def test_reads_that_take_too_long_are_ended_and_the_connection_is_used_again(store: SqlStore) -> None:
    endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1e12) SELECT count(*) FROM c"
    ended: list[int] = []

    def watch() -> None:
        while not ended:
            time.sleep(0.02)
            if count := store.engine.interrupt_reads(0.1):
                ended.append(count)

    watching = threading.Thread(target=watch)
    watching.start()
    with pytest.raises(BadRequest, match="took too long"), store.engine.reading() as cx:
        cx.one(endless)
    watching.join()

    assert ended == [1]
    with store.engine.snapshot() as cx:
        assert cx.one("SELECT 1") == (1,)
    assert store.engine.interrupt_reads(0) == 0


def test_no_plan_is_kept_that_was_made_when_tables_were_smaller(postgres_store: SqlStore) -> None:
    question = "SELECT current_setting('plan_cache_mode')"

    with postgres_store.engine.snapshot() as cx:
        reading = cx.one(question)
    writing = postgres_store.engine.write(lambda cx: cx.one(question))

    assert reading == writing == ("force_custom_plan",)
