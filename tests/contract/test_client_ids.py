"""What every store does with ids that clients make: the same call again is the same thing."""

from __future__ import annotations

from typing import Any

import pytest

from mlflow._base.ids import new_id
from mlflow._storage.interface.runs import JOURNAL
from mlflow._storage.interface.store import Store
from mlflow.entities.run import Run
from mlflow.entities.tag import RunTag
from tests.contract.errors import CONFLICT, INVALID, refused


def start(store: Store, run_id: str, **changes: Any) -> Run:
    arguments: dict[str, Any] = {
        "experiment_id": "0",
        "user_id": "ada",
        "start_time": 1_700_000_000_000,
        "tags": [RunTag(JOURNAL, "j"), RunTag("t", "1")],
        "run_name": "first",
        "run_id": run_id,
    }
    return store.runs.create(**{**arguments, **changes})


def test_a_run_keeps_the_id_that_its_client_made(store: Store) -> None:
    run_id = new_id()
    run = start(store, run_id)
    assert (run.info.run_id, run.info.run_name, run.info.start_time) == (run_id, "first", 1_700_000_000_000)
    assert store.runs.get(run_id).data.tags["t"] == "1"


def test_the_same_run_again_changes_nothing(store: Store) -> None:
    run_id = new_id()
    start(store, run_id)
    store.runs.update(run_id, status=3, end_time=5, run_name="renamed")
    store.tags.set(run_id, RunTag("t", "2"))

    again = start(store, run_id)

    assert (again.info.status, again.info.run_name, again.data.tags["t"]) == ("FINISHED", "renamed", "2")
    assert store.runs.get(run_id).data == again.data
    assert len(store.runs.search(["0"])) == 1


@pytest.mark.parametrize(
    "changes", [{"user_id": "bob"}, {"start_time": 1}, {"tags": [RunTag(JOURNAL, "other")]}, {"tags": []}]
)
def test_another_run_of_the_same_id_is_refused(store: Store, changes: dict[str, Any]) -> None:
    run_id = new_id()
    start(store, run_id)
    with refused(CONFLICT, run_id):
        start(store, run_id, **changes)
    assert store.runs.get(run_id).info.user_id == "ada"


@pytest.mark.parametrize("foreign", ["0" * 32, "a", "d" * 32, "x" * 32])
def test_an_id_that_was_made_elsewhere_is_refused(store: Store, foreign: str) -> None:
    with refused(INVALID, "made by Headrace"):
        start(store, foreign)
    with refused(INVALID, "made by Headrace"):
        store.logged_models.create("0", model_id=f"m-{foreign}")


def test_a_logged_model_keeps_the_id_that_its_client_made(store: Store) -> None:
    run_id = start(store, new_id()).info.run_id
    model_id = f"m-{new_id()}"
    made = store.logged_models.create("0", "forest", source_run_id=run_id, tags={"t": "1"}, model_id=model_id)
    store.logged_models.set_tags(model_id, {"t": "2"})

    again = store.logged_models.create(
        "0", "forest", source_run_id=run_id, tags={"t": "1"}, model_id=model_id
    )

    assert made.model_id == again.model_id == model_id
    assert again.tags == {"t": "2"}
    assert len(store.logged_models.search(["0"])) == 1
    with refused(CONFLICT, model_id):
        store.logged_models.create("0", "another", source_run_id=run_id, model_id=model_id)
