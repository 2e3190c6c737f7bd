"""Ids that were made elsewhere have numbers too."""

from __future__ import annotations

import pytest

from mlflow._base.ids import id_of_number, new_number
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.ids import adopt_id, find_number
from mlflow._storage.sql.runs import insert_run
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag

FOREIGN = ["d41d8cd98f00b204e9800998ecf8427e", "my-own_id", "A" * 256]


def bring(store: SqlStore, run_id: str) -> None:
    """Inserts a run as an importer does."""

    def work(cx: Connection) -> None:
        assert insert_run(cx, adopt_id(cx, run_id), run_id, 0, "imported", "ann", 5)

    store.engine.write(work)


@pytest.mark.parametrize("run_id", FOREIGN)
def test_a_run_keeps_an_id_that_was_made_elsewhere(store: SqlStore, run_id: str) -> None:
    bring(store, run_id)
    store.runs.log_batch(run_id, [Metric("m", 1.0, 1, 0)], [Param("p", "1")], [RunTag("t", "1")])
    run = store.runs.get(run_id)
    assert run.info.run_id == run_id
    assert (run.info.artifact_uri or "").endswith(f"/0/{run_id}/artifacts")
    assert run.data.metrics == {"m": 1.0}
    assert store.runs.search(["0"], f"run_id = '{run_id}'") == [run]
    assert store.runs.search(["0"], f"run_id != '{run_id}'") == []
    assert [point.value for point in store.metrics.history(run_id, "m")] == [1.0]
    assert store.logged_models.create("0", source_run_id=run_id).source_run_id == run_id
    store.runs.delete(run_id)
    assert store.runs.get(run_id).info.lifecycle_stage == "deleted"


def test_an_id_is_adopted_once(store: SqlStore) -> None:
    numbers = {store.engine.write(lambda cx: adopt_id(cx, FOREIGN[0])) for _ in range(3)}
    other = store.engine.write(lambda cx: adopt_id(cx, FOREIGN[1]))
    assert len(numbers) == 1
    assert other not in numbers
    native = id_of_number(new_number())
    assert id_of_number(store.engine.write(lambda cx: adopt_id(cx, native))) == native


@pytest.mark.parametrize("unknown", ["", "x", "a\x00", "\ud800", "0" * 32, "f" * 32])
def test_an_id_that_belongs_to_nothing_has_no_number(store: SqlStore, unknown: str) -> None:
    with store.engine.reading() as cx:
        assert find_number(cx, unknown) is None


def test_a_number_is_given_to_one_run(store: SqlStore) -> None:
    number = new_number()
    made = [
        store.engine.write(lambda cx: insert_run(cx, number, id_of_number(number), 0, "a", "", 0))
        for _ in range(2)
    ]
    assert made == [True, False]
