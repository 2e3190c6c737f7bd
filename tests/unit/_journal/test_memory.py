"""What is known of runs and models without asking the server."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mlflow._journal import memory as module
from mlflow._journal.artifacts import JournaledArtifacts
from mlflow._journal.journal import Journal
from mlflow._journal.memory import Memory
from mlflow._journal.records import (
    Logged,
    ModelCreated,
    ModelFinalized,
    ModelParamsLogged,
    ModelTagDeleted,
    ModelTagged,
    RunCreated,
    RunRewound,
    RunUpdated,
    TagDeleted,
)
from mlflow.exceptions import MlflowException, NotSupported, ResourceDoesNotExist, TemporarilyUnavailable


def start(run_id: str) -> RunCreated:
    return RunCreated(run_id, "0", None, "ada", 5, [("mlflow.runName", "n")], "n")


def model(model_id: str, run_id: str | None) -> ModelCreated:
    return ModelCreated(model_id, "0", None, "forest", None, run_id, {"p": "1"}, {"t": "1"})


def away() -> JournaledArtifacts:
    raise TemporarilyUnavailable("away")


class TestRuns:
    def test_it_is_as_it_was_recorded(self) -> None:
        memory = Memory()
        memory.note(start("r"))
        memory.note(
            Logged("r", [("m", 2.0, 20, 2, None, None, None)], [("p", "1")], [("t", "1"), ("gone", "1")])
        )
        memory.note(Logged("r", [("m", 1.0, 90, 1, None, None, None)], [("p", "2")], [("t", "2")]))
        memory.note(TagDeleted("r", "gone"))
        memory.note(RunUpdated("r", 3, 7, "renamed"))
        run = memory.run("r")
        assert run is not None
        assert run.data.metrics == {"m": 2.0}
        assert run.data.params == {"p": "1"}
        assert run.data.tags == {"mlflow.runName": "renamed", "t": "2"}
        assert (run.info.status, run.info.end_time, run.info.run_name) == ("FINISHED", 7, "renamed")

    def test_one_that_was_started_elsewhere_is_not_known(self) -> None:
        memory = Memory()
        memory.note(Logged("r", [("m", 1.0, 1, 1, None, None, None)]))
        memory.note(RunUpdated("r", 3, 7, None))
        memory.note(TagDeleted("r", "t"))
        assert memory.run("r") is None
        assert memory.models_of("r") is None
        assert memory.files("runs", "r") is None

    def test_one_that_goes_back_is_not_known_any_more(self) -> None:
        memory = Memory()
        memory.note(start("r"))
        memory.note(RunRewound("r", 3, "once"))
        assert memory.run("r") is None

    def test_the_first_ones_are_forgotten_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_OWNERS", 2)
        memory = Memory()
        for name in "abc":
            memory.note(start(name))
            memory.note(model(f"m-{name}", name))
        assert [memory.run(name) is not None for name in "abc"] == [False, True, True]
        assert [memory.model(f"m-{name}") is not None for name in "abc"] == [False, True, True]


def test_models_are_as_they_were_recorded() -> None:
    memory = Memory()
    memory.note(start("r"))
    memory.note(model("m-1", "r"))
    memory.note(model("m-2", "r"))
    memory.note(model("m-3", None))
    memory.note(ModelTagged("m-1", {"u": "2"}))
    memory.note(ModelTagDeleted("m-1", "t"))
    memory.note(ModelParamsLogged("m-1", {"q": "2"}))
    memory.note(ModelFinalized("m-1", "READY"))
    found = memory.model("m-1")
    assert found is not None
    assert (found.tags, found.params, found.status) == ({"u": "2"}, {"p": "1", "q": "2"}, "READY")
    assert [each.model_id for each in memory.models_of("r") or ()] == ["m-2", "m-1"]
    assert memory.model("m-4") is None


class TestFiles:
    def root(self, folder: Path, uri: str) -> JournaledArtifacts:
        journal = Journal(folder, "http://127.0.0.1:9", threading.Event())
        journal.append(start("r"))
        root = JournaledArtifacts("runs:/r", journal, journal.append, away)
        root.write("a.txt", [b"0123456789"])
        root.write("deep/er/b.txt", [b"b"])
        journal.close()
        return JournaledArtifacts(uri, journal, journal.append, away)

    def test_they_are_listed_and_read_while_the_server_is_away(self, tmp_path: Path) -> None:
        root = self.root(tmp_path / "j", "runs:/r")
        assert [(info.path, info.is_dir, info.file_size) for info in root.list()] == [
            ("a.txt", False, 10),
            ("deep", True, None),
        ]
        assert [info.path for info in root.list("deep")] == ["deep/er"]
        assert root.stat("deep/er/b.txt").file_size == 1
        assert root.stat("deep").is_dir
        with root.read("a.txt", 2, 3) as pieces:
            assert b"".join(pieces) == b"234"
        with pytest.raises(ResourceDoesNotExist):
            root.stat("c.txt")
        with pytest.raises(ResourceDoesNotExist):
            root.read("c.txt")

    def test_a_folder_of_them_is_a_root_as_well(self, tmp_path: Path) -> None:
        root = self.root(tmp_path / "j", "runs:/r/deep")
        assert [info.path for info in root.list("er")] == ["er/b.txt"]

    def test_one_that_was_sent_is_not_read_while_the_server_is_away(self, tmp_path: Path) -> None:
        root = self.root(tmp_path / "j", "runs:/r")
        for copy in (tmp_path / "j").rglob("spool/*"):
            copy.unlink()
        with pytest.raises(TemporarilyUnavailable):
            root.read("a.txt")

    @pytest.mark.parametrize("uri", ["runs:/other", "models:/m-1"])
    def test_those_of_others_are_the_servers_to_say(self, tmp_path: Path, uri: str) -> None:
        with pytest.raises(TemporarilyUnavailable):
            self.root(tmp_path / "j", uri).list()

    def test_what_the_server_refuses_is_refused(self, tmp_path: Path) -> None:
        root = self.root(tmp_path / "j", "runs:/r")

        def refuse() -> JournaledArtifacts:
            raise NotSupported("no")

        root._behind = refuse
        with pytest.raises(NotSupported):
            root.list()

    def test_a_source_that_breaks_off_leaves_nothing(self, tmp_path: Path) -> None:
        root = self.root(tmp_path / "j", "runs:/r")
        before = sorted((tmp_path / "j").rglob("spool/*"))
        with pytest.raises(MlflowException, match="announced with 5 bytes"):
            root.write("c.txt", [b"123"], 5)
        assert sorted((tmp_path / "j").rglob("spool/*")) == before
