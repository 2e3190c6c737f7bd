"""Emptying the trash, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlflow._base.clock import now_ms
from mlflow._storage.sql import trash as trash_module
from mlflow._storage.sql.store import SqlStore
from mlflow._storage.sql.trash import MODEL_TABLES, RUN_TABLES, SqlTrash
from mlflow.entities.dataset import Dataset
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.run_inputs import DatasetInput
from mlflow.entities.run_outputs import LoggedModelOutput
from mlflow.entities.tag import InputTag, RunTag
from mlflow.exceptions import (
    InvalidParameterValue,
    InvalidState,
    ResourceConflict,
    ResourceDoesNotExist,
    StorageUnavailable,
)

LATER = 1 << 62


@pytest.fixture
def trash(store: SqlStore) -> SqlTrash:
    return store.trash


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def make_run(store: SqlStore, experiment_id: str = "0", **tags: str) -> str:
    run_id = store.runs.create(
        experiment_id, tags=[RunTag(key, value) for key, value in tags.items()]
    ).info.run_id
    store.runs.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [Param("p", "1")])
    store.inputs.log_inputs(run_id, [DatasetInput(Dataset("d", "1", "local", "{}"), [InputTag("k", "v")])])
    store.leases.renew([run_id], 1000)
    store.artifacts(f"runs:/{run_id}").write("a/b.txt", [b"x"])
    return run_id


def make_model(store: SqlStore, run_id: str, experiment_id: str = "0") -> str:
    model = store.logged_models.create(experiment_id, "net", source_run_id=run_id, tags={"k": "v"})
    store.inputs.log_outputs(run_id, [LoggedModelOutput(model.model_id, 1)])
    store.metrics.log(run_id, Metric("m", 1.0, 1, 2, model.model_id))
    store.artifacts(model.artifact_location).write("MLmodel", [b"x"])
    return model.model_id


def rows_of(store: SqlStore, column: str) -> dict[str, int]:
    tables = RUN_TABLES if column == "run" else MODEL_TABLES
    with store.engine.reading() as cx:
        counts = {table: cx.all(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables}
    return {table: count for table, count in counts.items() if count}


def test_a_purged_run_leaves_nothing(store: SqlStore, trash: SqlTrash, tmp_path: Path) -> None:
    run_id = make_run(store)
    store.runs.delete(run_id)
    assert trash.content(LATER).run_ids == [run_id]
    trash.purge_run(run_id, LATER)
    assert trash.sweep() == []
    with pytest.raises(ResourceDoesNotExist):
        store.runs.get(run_id)
    assert rows_of(store, "run") == {}
    assert files_below(tmp_path / "artifacts") == []
    assert trash.sweep() == []


def test_every_table_of_a_run_or_a_model_is_emptied(sqlite_store: SqlStore) -> None:
    with sqlite_store.engine.reading() as cx:
        found: dict[str, set[str]] = {"run": set(), "model": set()}
        for (table,) in cx.all("SELECT name FROM sqlite_master WHERE type = 'table'"):
            names = {row[1] for row in cx.all(f"PRAGMA table_info({table})")}
            for column, tables in found.items():
                if column in names:
                    tables.add(table)
    assert found["run"] == set(RUN_TABLES)
    # Those of the registry are about registered models, which have numbers of their own.
    of_registry = {"model_version", "model_alias", "registered_model_tag", "decision", "decision_name"}
    of_registry |= {"model_approval", "open_review", "transition_request", "model_comment"}
    assert found["model"] - of_registry == set(MODEL_TABLES)


def test_what_is_not_deleted_or_was_deleted_later_stays(store: SqlStore, trash: SqlTrash) -> None:
    run_id = make_run(store)
    with pytest.raises(InvalidState, match="is not deleted"):
        trash.purge_run(run_id, LATER)
    store.runs.delete(run_id)
    with pytest.raises(InvalidState, match="--older-than"):
        trash.purge_run(run_id, now_ms() - 60_000)
    assert trash.content(now_ms() - 60_000).run_ids == []
    store.runs.restore(run_id)
    assert store.runs.get(run_id).data.metrics == {"m": 1.0}


def test_a_rehearsal_changes_nothing(store: SqlStore, trash: SqlTrash) -> None:
    run_id = make_run(store)
    store.runs.delete(run_id)
    before = store.runs.get(run_id)
    trash.purge_run(run_id, LATER, dry_run=True)
    assert store.runs.get(run_id) == before
    assert trash.sweep() == []
    store.runs.restore(run_id)
    assert [info.path for info in store.artifacts(f"runs:/{run_id}").list()] == ["a"]


def test_a_run_stays_while_a_version_stands_on_it(store: SqlStore, trash: SqlTrash) -> None:
    by_id, by_source = make_run(store), make_run(store)
    store.registered_models.create("wine")
    store.model_versions.create("wine", f"runs:/{by_id}/model", by_id)
    store.model_versions.create("wine", f"{store.runs.get(by_source).info.artifact_uri}/model")
    for number, run_id in enumerate((by_id, by_source), 1):
        store.runs.delete(run_id)
        with pytest.raises(ResourceConflict, match=rf"because of version {number} of 'wine'"):
            trash.purge_run(run_id, LATER)
    store.model_versions.delete("wine", "1")
    trash.purge_run(by_id, LATER)


def test_a_run_stays_while_its_logged_model_is_not_deleted(
    store: SqlStore, trash: SqlTrash, tmp_path: Path
) -> None:
    run_id = make_run(store)
    model_id = make_model(store, run_id)
    store.runs.delete(run_id)
    with pytest.raises(ResourceConflict, match=model_id):
        trash.purge_run(run_id, LATER)
    trash.purge_run(run_id, LATER, with_models=True)
    assert trash.sweep() == []
    with pytest.raises(ResourceDoesNotExist):
        store.logged_models.get(model_id, allow_deleted=True)
    assert rows_of(store, "model") == {}
    assert files_below(tmp_path / "artifacts") == []


def test_a_deleted_logged_model_is_purged_and_its_run_stays(store: SqlStore, trash: SqlTrash) -> None:
    run_id = make_run(store)
    model_id = make_model(store, run_id)
    assert store.runs.get(run_id).outputs.model_outputs != []
    with pytest.raises(InvalidState, match="is not deleted"):
        trash.purge_logged_model(model_id, LATER)
    store.logged_models.delete(model_id)
    trash.purge_logged_model(model_id, LATER)
    assert trash.content(LATER).model_ids == []
    assert store.runs.get(run_id).outputs.model_outputs == []


def test_a_logged_model_stays_while_a_version_stands_on_it(store: SqlStore, trash: SqlTrash) -> None:
    model_id = make_model(store, make_run(store))
    store.registered_models.create("wine")
    store.model_versions.create("wine", f"models:/{model_id}", model_id=model_id)
    store.logged_models.delete(model_id)
    with pytest.raises(ResourceConflict, match="version 1 of 'wine'"):
        trash.purge_logged_model(model_id, LATER)


def test_an_experiment_goes_with_all_that_is_in_it(store: SqlStore, trash: SqlTrash, tmp_path: Path) -> None:
    experiment_id = store.experiments.create("gone")
    run_id = make_run(store, experiment_id)
    make_model(store, run_id, experiment_id)
    kept = make_run(store)
    store.experiments.delete(experiment_id)
    trash.purge_experiment(experiment_id, LATER)
    assert trash.sweep() == []
    with pytest.raises(ResourceDoesNotExist):
        store.experiments.get(experiment_id)
    assert files_below(tmp_path / "artifacts") == [f"0/{kept}/artifacts/a/b.txt"]
    assert not (tmp_path / "artifacts" / experiment_id).exists()
    assert store.experiments.create("gone") != experiment_id


def test_an_experiment_stays_whole_when_something_in_it_stays(store: SqlStore, trash: SqlTrash) -> None:
    experiment_id = store.experiments.create("needed")
    runs = [make_run(store, experiment_id) for _ in range(3)]
    store.registered_models.create("wine")
    store.model_versions.create("wine", f"runs:/{runs[2]}/model", runs[2])
    store.experiments.delete(experiment_id)
    with pytest.raises(ResourceConflict, match="version 1 of 'wine'"):
        trash.purge_experiment(experiment_id, LATER)
    assert trash.content_of(experiment_id).run_ids == runs
    assert trash.sweep() == []


def test_an_experiment_stays_while_moved_runs_keep_their_files_there(
    store: SqlStore, trash: SqlTrash
) -> None:
    experiment_id = store.experiments.create("home")
    run_id = make_run(store, experiment_id)
    store.runs.move([run_id], "0")
    store.experiments.delete(experiment_id)
    with pytest.raises(ResourceConflict, match=run_id):
        trash.purge_experiment(experiment_id, LATER)


def test_the_files_of_a_moved_run_are_found(store: SqlStore, trash: SqlTrash, tmp_path: Path) -> None:
    run_id = make_run(store)
    store.runs.move([run_id], store.experiments.create("target"))
    store.runs.delete(run_id)
    trash.purge_run(run_id, LATER)
    assert trash.sweep() == []
    assert files_below(tmp_path / "artifacts") == []


def test_the_default_experiment_stays(store: SqlStore, trash: SqlTrash) -> None:
    store.experiments.delete("0")
    with pytest.raises(InvalidParameterValue, match="default experiment"):
        trash.purge_experiment("0", LATER)


def test_runs_below_a_purged_run_become_roots(store: SqlStore, trash: SqlTrash) -> None:
    parent = make_run(store)
    child = make_run(store, **{"mlflow.parentRunId": parent})
    store.runs.delete(parent)
    trash.purge_run(parent, LATER)
    with store.engine.reading() as cx:
        assert cx.all("SELECT parent FROM run WHERE uuid = ?", (child,)) == [(None,)]


def test_files_that_cannot_be_deleted_are_left_to_the_next_sweep(
    store: SqlStore, trash: SqlTrash, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = make_run(store)
    store.runs.delete(run_id)
    trash.purge_run(run_id, LATER)

    def unreachable(uri: str) -> Any:
        raise StorageUnavailable(f"{uri} is away")

    with monkeypatch.context() as patch:
        patch.setattr(trash_module, "open_artifacts", unreachable)
        failures = trash.sweep()
    assert len(failures) == 1
    assert f"run {run_id}" in failures[0]
    assert "is away" in failures[0]
    assert files_below(tmp_path / "artifacts") != []
    assert trash.sweep() == []
    assert files_below(tmp_path / "artifacts") == []


def test_files_at_a_place_of_their_own_are_deleted_and_its_other_files_stay(
    store: SqlStore, trash: SqlTrash, tmp_path: Path
) -> None:
    place = tmp_path / "shared"
    place.mkdir()
    (place / "other.txt").write_text("x")
    experiment_id = store.experiments.create("own", str(place))
    make_run(store, experiment_id)
    store.experiments.delete(experiment_id)
    trash.purge_experiment(experiment_id, LATER)
    assert trash.sweep() == []
    assert files_below(place) == ["other.txt"]
