"""From records to what a store holds."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.transfer import upload_file
from mlflow._base.ids import new_id
from mlflow._journal.artifacts import JournaledArtifacts
from mlflow._journal.delivery import Delivery, Tally
from mlflow._journal.folder import JournalFolder
from mlflow._journal.journal import Journal
from mlflow._journal.records import (
    ArtifactStored,
    DatasetUse,
    ExperimentCreated,
    ExperimentTagged,
    InputsLogged,
    Logged,
    ModelCreated,
    ModelFinalized,
    ModelParamsLogged,
    ModelRegistered,
    ModelTagDeleted,
    ModelTagged,
    OutputsLogged,
    Record,
    RunCreated,
    RunRewound,
    RunUpdated,
    TagDeleted,
)
from mlflow._storage.interface.leases import LOST
from mlflow._storage.interface.store import Store
from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import MlflowException, RequestLimitExceeded, TemporarilyUnavailable

SERVER = "http://127.0.0.1:9"


def impatient(error: MlflowException) -> None:
    raise error


def journal_of(root: Path, *records: Record) -> Journal:
    journal = Journal(root, SERVER, threading.Event())
    for record in records:
        journal.append(record)
    journal.close()
    return journal


def created(run_id: str, experiment_id: str = "0", experiment_name: str | None = None) -> RunCreated:
    return RunCreated(
        run_id, experiment_id, experiment_name, "ada", 1_700_000_000_000, [("mlflow.runName", "n")], "n"
    )


def point(run_id: str, step: int, key: str = "m") -> Logged:
    return Logged(run_id, [(key, float(step), 1_700_000_000_000 + step, step, None, None, None)])


def everything(run_id: str, model_id: str) -> list[Record]:
    """A record of each kind but artifacts."""
    return [
        ExperimentCreated("e", None, [("team", "a")]),
        ExperimentTagged("name:e", "stage", "b"),
        created(run_id, "name:e"),
        *[point(run_id, step) for step in range(50)],
        *[point(run_id, step, "rewound") for step in range(10)],
        RunRewound(run_id, 49, "once"),
        RunRewound(run_id, 4, "again"),
        *[point(run_id, step) for step in range(5, 50)],
        Logged(run_id, params=[("p", "1")]),
        Logged(run_id, params=[("p", "1")], tags=[("t", "old"), ("gone", "x")]),
        Logged(run_id, tags=[("t", "new")]),
        TagDeleted(run_id, "gone"),
        InputsLogged(
            run_id,
            [DatasetUse("d", "1", "local", "{}", None, None, [("mlflow.data.context", "training")])],
            [],
        ),
        ModelCreated(model_id, "name:e", None, "forest", None, run_id, {"depth": "3"}, {"k": "v"}),
        ModelTagged(model_id, {"k": "w", "gone": "x"}),
        ModelTagDeleted(model_id, "gone"),
        ModelParamsLogged(model_id, {"width": "4"}),
        OutputsLogged(run_id, [(model_id, 2)]),
        ModelFinalized(model_id, "READY"),
        ModelRegistered(model_id, "fruit"),
        RunUpdated(run_id, 3, 1_700_000_100_000, "renamed"),
    ]


def contents(store: Store, run_id: str, model_id: str) -> dict[str, Any]:
    """Everything that a store knows of a run and a model."""
    run = store.runs.get(run_id)
    model = store.logged_models.get(model_id)
    return {
        "run": (run.info.run_id, run.info.status, run.info.run_name, run.info.start_time, run.info.end_time),
        "experiment": store.experiments.get(run.info.experiment_id).tags,
        "params": run.data.params,
        "tags": run.data.tags,
        "rewound": [p.step for p in store.metrics.history(run_id, "rewound")],
        "segments": [segment[:2] + segment[3:] for segment in store.segments.of_run(run_id)],
        "points": [(p.step, p.value, p.timestamp) for p in store.metrics.history(run_id, "m")],
        "inputs": [item.to_dictionary() for item in run.inputs.dataset_inputs],
        "outputs": [(item.model_id, item.step) for item in run.outputs.model_outputs],
        "model": (model.name, model.status, model.params, model.tags, model.source_run_id),
        "versions": [version.source for version in store.model_versions.search("name = 'fruit'")],
        "runs": len(store.runs.search([run.info.experiment_id])),
        "models": len(store.logged_models.search([run.info.experiment_id])),
    }


def test_everything_arrives(tmp_path: Path, store: SqlStore) -> None:
    run_id, model_id = new_id(), f"m-{new_id()}"
    records = everything(run_id, model_id)
    journal = journal_of(tmp_path / "j", *records)
    assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=len(records))
    found = contents(store, run_id, model_id)
    assert found["run"] == (run_id, "FINISHED", "renamed", 1_700_000_000_000, 1_700_000_100_000)
    assert found["params"] == {"p": "1"}
    assert found["tags"] == {"t": "new", "mlflow.runName": "renamed"}
    assert found["points"] == [(step, float(step), 1_700_000_000_000 + step) for step in range(50)]
    assert found["model"][1:4] == ("READY", {"depth": "3", "width": "4"}, {"k": "w"})
    assert found["outputs"] == [(model_id, 2)]
    assert found["versions"] == [f"models:/{model_id}"]
    assert found["rewound"] == [0, 1, 2, 3, 4]
    assert found["segments"] == [(1, 49, [], 0), (2, 4, ["m", "rewound"], 50)]
    assert Delivery(store, journal.folder, impatient).send_all() == Tally()


def test_sending_again_doubles_nothing(tmp_path: Path, store: SqlStore) -> None:
    run_id, model_id = new_id(), f"m-{new_id()}"
    records = [record for record in everything(run_id, model_id) if not isinstance(record, RunRewound)]
    journal = journal_of(tmp_path / "j", *records)
    Delivery(store, journal.folder, impatient).send_all()
    once = contents(store, run_id, model_id)
    (journal.folder.path / "position").unlink()  # as if the process had died before it noted it
    assert Delivery(store, journal.folder, impatient).send_all().refused == 0
    assert contents(store, run_id, model_id) == once


_NOUNS = {
    *("experiments", "runs", "metrics", "params", "tags", "inputs", "logged_models", "registered_models"),
    "model_versions",
}


class Flaky:
    """A store whose calls fail before or after they did their work."""

    def __init__(self, store: Any, calls: list[int], state: list[int]) -> None:
        self._store, self._calls, self._state = store, calls, state

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in _NOUNS:
            return Flaky(found, self._calls, self._state)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            self._state[0] += 1
            number = self._state[0]
            if number in self._calls and number % 2:
                raise TemporarilyUnavailable("before")
            result = found(*args, **options)
            if number in self._calls:
                raise TemporarilyUnavailable("after")
            return result

        return call


@pytest.mark.parametrize("crash_at", range(1, 31))
def test_a_crash_at_any_call_loses_and_doubles_nothing(
    tmp_path: Path, store: SqlStore, crash_at: int
) -> None:
    run_id, model_id = new_id(), f"m-{new_id()}"
    journal = journal_of(tmp_path / "j", *everything(run_id, model_id))
    flaky: Any = Flaky(store, [crash_at], [0])
    try:
        Delivery(flaky, journal.folder, impatient).send_all()
    except TemporarilyUnavailable:
        Delivery(store, JournalFolder(journal.folder.path), impatient).send_all()
    found = contents(store, run_id, model_id)
    assert found["points"] == [(step, float(step), 1_700_000_000_000 + step) for step in range(50)]
    assert (found["runs"], found["models"], len(found["inputs"]), len(found["versions"])) == (1, 1, 1, 1)
    assert found["rewound"] == [0, 1, 2, 3, 4]
    assert found["segments"] == [(1, 49, [], 0), (2, 4, ["m", "rewound"], 50)]
    assert found["run"][1:3] == ("FINISHED", "renamed")
    assert journal.folder.refused() == []


def test_a_store_that_comes_back_is_waited_for(tmp_path: Path, store: SqlStore) -> None:
    run_id, model_id = new_id(), f"m-{new_id()}"
    records = everything(run_id, model_id)
    journal = journal_of(tmp_path / "j", *records)
    errors: list[MlflowException] = []
    flaky: Any = Flaky(store, list(range(1, 30)), [0])
    assert Delivery(flaky, journal.folder, errors.append).send_all() == Tally(sent=len(records))
    assert len(errors) > 10
    assert contents(store, run_id, model_id)["runs"] == 1


def test_what_is_wrong_is_set_aside_alone(tmp_path: Path, store: SqlStore) -> None:
    run_id = new_id()
    journal = journal_of(
        tmp_path / "j",
        created(run_id),
        point(run_id, 1),
        Logged(run_id, params=[("p", "1")]),
        Logged(run_id, params=[("p", "2")]),
        point(run_id, 2),
        point(new_id(), 3),
        point(run_id, 4),
    )
    assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=5, refused=2)
    assert [p.step for p in store.metrics.history(run_id, "m")] == [1, 2, 4]
    assert store.runs.get(run_id).data.params == {"p": "1"}
    changed, missing = journal.folder.refused()
    assert "Changing param values is not allowed" in changed.reason
    assert changed.describe() == f"log of {run_id}"
    assert missing.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_what_was_refused_can_be_sent_again(tmp_path: Path, store: SqlStore) -> None:
    run_id = new_id()
    journal = journal_of(tmp_path / "j", point(run_id, 1), Logged(run_id, params=[("p", "1")]))
    assert Delivery(store, journal.folder, impatient).send_all() == Tally(refused=2)
    store.runs.create("0", "ada", run_id=run_id)
    assert Delivery(store, journal.folder, impatient).send_again() == Tally(sent=2)
    assert journal.folder.refused() == []
    assert store.runs.get(run_id).data.metrics == {"m": 1.0}


def test_a_run_that_another_process_has_recorded_is_started_for_it(tmp_path: Path, store: SqlStore) -> None:
    run_id = new_id()
    journal_of(tmp_path / "j", created(run_id))
    worker = journal_of(tmp_path / "j", point(run_id, 1))
    assert Delivery(store, worker.folder, impatient).send_all() == Tally(sent=1)
    assert store.runs.get(run_id).info.run_name == "n"


@pytest.mark.parametrize("is_closed", [True, False])
def test_what_a_killed_process_has_left_open_is_lost(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch, *, is_closed: bool
) -> None:
    monkeypatch.setattr("mlflow._journal.records.LAST_LEASE_MS", 1)
    left_open, ended, gone_on = new_id(), new_id(), new_id()
    journal = journal_of(
        tmp_path / "j",
        created(left_open),
        created(ended),
        RunUpdated(ended, 3, 5, None),
        created(gone_on),
        RunUpdated(gone_on, 3, 5, None),
        RunUpdated(gone_on, 1, None, None),
    )
    if not is_closed:
        (journal.folder.path / "closed").unlink()
    written_ms = journal.folder.last_written_ms()
    Delivery(store, journal.folder, impatient).finish()
    time.sleep(0.02)
    store.leases.expire()
    found = {name: store.runs.get(run_id) for name, run_id in [("open", left_open), ("on", gone_on)]}
    assert store.runs.get(ended).info.status == "FINISHED"
    for run in found.values():
        assert run.info.status == ("RUNNING" if is_closed else "KILLED")
        assert run.data.tags.get(LOST) == (None if is_closed else str(written_ms))
    assert not journal.folder.path.exists()


def test_a_record_that_always_fails_does_not_hold_up_the_others(tmp_path: Path, store: SqlStore) -> None:
    run_id = new_id()
    journal = journal_of(tmp_path / "j", created(run_id), RunUpdated(run_id, 3, 5, None), point(run_id, 1))

    class Poisoned(Flaky):
        def __getattr__(self, name: str) -> Any:
            if name == "update":
                raise MlflowException("boom")
            found = getattr(self._store, name)
            return Poisoned(found, [], [0]) if name == "runs" else found

    poisoned: Any = Poisoned(store, [], [0])
    tally = Delivery(poisoned, journal.folder, lambda _: None).send_all()
    assert tally == Tally(sent=2, refused=1)
    assert journal.folder.refused()[0].reason == "boom"


@pytest.mark.parametrize("error", [RequestLimitExceeded("later"), MlflowException("who?", "UNAUTHENTICATED")])
def test_what_a_server_says_about_itself_is_no_refusal(
    tmp_path: Path, store: SqlStore, error: MlflowException
) -> None:
    run_id = new_id()
    journal = journal_of(tmp_path / "j", created(run_id))

    class Busy(Flaky):
        def __getattr__(self, name: str) -> Any:
            raise error

    busy: Any = Busy(store, [], [0])
    with pytest.raises(MlflowException, match=error.message):
        Delivery(busy, journal.folder, impatient).send_all()
    assert journal.folder.refused() == []
    assert journal.folder.backlog().calls == 1


def test_an_experiment_goes_by_its_name_to_another_server(tmp_path: Path, store: SqlStore) -> None:
    named, unnamed = new_id(), new_id()
    journal = journal_of(tmp_path / "j", created(named, "77", "e"), created(unnamed, "78"))
    journal.folder.redirect("sqlite:///elsewhere.db")
    assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=1, refused=1)
    experiment = store.experiments.find("e")
    assert experiment is not None
    assert store.runs.get(named).info.experiment_id == experiment.experiment_id
    assert "does not know the name of the experiment '78'" in journal.folder.refused()[0].reason


class TestArtifacts:
    def spooled(self, root: Path, run_id: str, contents: dict[str, bytes]) -> Journal:
        journal = Journal(root, SERVER, threading.Event())
        journal.append(created(run_id))
        artifacts = JournaledArtifacts(f"runs:/{run_id}", journal, journal.append, lambda: None)  # type: ignore[arg-type, return-value]  # nothing is sent
        for key, content in contents.items():
            artifacts.write(key, [content])
        journal.close()
        return journal

    def test_they_arrive_and_their_copies_go(self, tmp_path: Path, store: SqlStore) -> None:
        run_id = new_id()
        contents = {"a.txt": b"1", "deep/b.bin": bytes(3_000_000)}
        journal = self.spooled(tmp_path / "j", run_id, contents)
        assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=3)
        for key, content in contents.items():
            assert b"".join(store.artifacts(f"runs:/{run_id}").read(key)) == content
        assert list(journal.folder.spool.iterdir()) == []

    def test_a_copy_that_was_changed_is_set_aside(self, tmp_path: Path, store: SqlStore) -> None:
        run_id = new_id()
        journal = self.spooled(tmp_path / "j", run_id, {"a.txt": b"1", "b.txt": b"2"})
        changed = next(path for path in journal.folder.spool.iterdir() if path.read_bytes() == b"1")
        changed.write_bytes(b"x")
        assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=2, refused=1)
        assert [info.path for info in store.artifacts(f"runs:/{run_id}").list()] == ["b.txt"]
        assert "was changed" in journal.folder.refused()[0].reason
        assert changed.exists()

    def test_a_copy_that_is_gone_is_set_aside(self, tmp_path: Path, store: SqlStore) -> None:
        run_id = new_id()
        journal = journal_of(tmp_path / "j", ArtifactStored(f"runs:/{run_id}", "a", "nothing", 1, "0"))
        assert Delivery(store, journal.folder, impatient).send_all() == Tally(refused=1)
        assert "is gone" in journal.folder.refused()[0].reason


class TestTables:
    def recorded(self, root: Path, run_id: str, *tables: bytes) -> Journal:
        journal = Journal(root, SERVER, threading.Event())
        journal.append(created(run_id))
        artifacts = JournaledArtifacts(f"runs:/{run_id}", journal, journal.append, lambda: None)  # type: ignore[arg-type, return-value]  # nothing is sent
        for table in tables:
            artifacts.extend_table(run_id, "t.json", table)
        journal.close()
        return journal

    def rows(self, store: Store, run_id: str) -> list[list[int]]:
        with store.artifacts(f"runs:/{run_id}").read("t.json") as pieces:
            found: list[list[int]] = json.loads(b"".join(pieces))["data"]
        return found

    def test_rows_come_behind_those_that_are_there(self, tmp_path: Path, store: SqlStore) -> None:
        run_id = new_id()
        journal = self.recorded(tmp_path / "j", run_id, table(1, 2), table(2))
        assert Delivery(store, journal.folder, impatient).send_all() == Tally(sent=3)
        assert self.rows(store, run_id) == [[1], [2], [2]]
        assert '"path": "t.json"' in store.runs.get(run_id).data.tags["mlflow.loggedArtifacts"]
        assert list(journal.folder.spool.iterdir()) == []

    @pytest.mark.parametrize("crash_at", range(4))
    @pytest.mark.parametrize("has_happened", [True, False])
    def test_a_crash_adds_no_row_twice(
        self,
        tmp_path: Path,
        store: SqlStore,
        monkeypatch: pytest.MonkeyPatch,
        crash_at: int,
        *,
        has_happened: bool,
    ) -> None:
        run_id = new_id()
        journal = self.recorded(tmp_path / "j", run_id, table(1), table(1), table(2), table(3))
        sent: list[str] = []

        def upload(root: ArtifactStore, path: Path, key: str) -> None:
            sent.append(key)
            if len(sent) == crash_at + 1 and not has_happened:
                raise TemporarilyUnavailable("before")
            upload_file(root, path, key)
            if len(sent) == crash_at + 1:
                raise TemporarilyUnavailable("after")

        monkeypatch.setattr("mlflow._journal.delivery.upload_file", upload)
        with pytest.raises(TemporarilyUnavailable):
            Delivery(store, journal.folder, impatient).send_all()
        assert Delivery(store, JournalFolder(journal.folder.path), impatient).send_all().refused == 0
        assert self.rows(store, run_id) == [[1], [1], [2], [3]]

    def test_rows_that_do_not_fit_are_set_aside_and_can_be_sent_again(
        self, tmp_path: Path, store: SqlStore
    ) -> None:
        run_id = new_id()
        store.runs.create("0", "ada", run_id=run_id, start_time=1_700_000_000_000, run_name="n")
        root = store.artifacts(f"runs:/{run_id}")
        root.write("t.json", [b"no table"])
        journal = self.recorded(tmp_path / "j", run_id, table(1))
        journal.folder.path.joinpath("position").unlink(missing_ok=True)
        assert Delivery(store, journal.folder, impatient).send_all().refused >= 1
        root.write("t.json", [table(0)])
        assert Delivery(store, journal.folder, impatient).send_again().sent == 1
        assert self.rows(store, run_id) == [[0], [1]]


def table(*values: int) -> bytes:
    return json.dumps({"columns": ["a"], "data": [[value] for value in values]}).encode()
