from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import mlflow
from mlflow.entities import (
    Dataset,
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from mlflow.exceptions import ResourceDoesNotExist
from mlflow.tracking import MlflowClient


@pytest.fixture
def client(session: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{session}/client.db")


@pytest.fixture
def run_id(client: MlflowClient) -> str:
    return client.create_run("0").info.run_id


def test_a_client_stays_with_the_store_that_was_in_use_when_it_was_made() -> None:
    mlflow.set_tracking_uri("sqlite:///one.db")
    client = MlflowClient()
    mlflow.set_tracking_uri("sqlite:///two.db")
    assert client.tracking_uri == "sqlite:///one.db"
    client.create_experiment("only in one")
    assert mlflow.get_experiment_by_name("only in one") is None


def test_a_relative_place_is_that_of_the_folder_in_which_the_client_was_made(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = MlflowClient("sqlite:///x.db")
    (session / "below").mkdir()
    monkeypatch.chdir(session / "below")
    second = MlflowClient("sqlite:///x.db")
    first.create_experiment("first")
    assert second.get_experiment_by_name("first") is None
    assert [path.name for path in session.glob("*.db")] == ["x.db"]


def test_the_class_is_known_by_several_names() -> None:
    assert mlflow.MlflowClient is mlflow.tracking.MlflowClient is mlflow.client.MlflowClient


class TestExperiments:
    def test_they_are_made_renamed_tagged_deleted_and_restored(self, client: MlflowClient) -> None:
        made = client.create_experiment("a", tags={"n": 1})
        client.rename_experiment(made, "b")
        client.set_experiment_tag(made, "m", 2)
        client.delete_experiment_tag(made, "n")
        found = client.get_experiment_by_name("b")
        assert found is not None
        assert (found.experiment_id, found.tags) == (made, {"m": "2"})
        client.delete_experiment(made)
        assert client.get_experiment(made).lifecycle_stage == "deleted"
        client.restore_experiment(made)
        assert client.get_experiment(made).lifecycle_stage == "active"

    def test_ids_may_be_numbers(self, client: MlflowClient) -> None:
        made = client.create_experiment("a")
        assert client.get_experiment(int(made)).name == "a"  # type: ignore[arg-type]  # becomes text

    def test_an_artifact_location_may_be_a_path(self, client: MlflowClient, session: Path) -> None:
        made = client.create_experiment("a", artifact_location=session / "elsewhere")  # type: ignore[arg-type]  # becomes text
        run = client.create_run(made)
        client.log_text(run.info.run_id, "t", "t.txt")
        assert (session / "elsewhere" / run.info.run_id / "artifacts" / "t.txt").read_text() == "t"

    def test_searches_have_pages(self, client: MlflowClient) -> None:
        for name in "abc":
            client.create_experiment(name)
        first = client.search_experiments(max_results=3, order_by=["name ASC"])
        assert first.token
        second = client.search_experiments(max_results=3, order_by=["name ASC"], page_token=first.token)
        assert [experiment.name for experiment in first + second] == ["Default", "a", "b", "c"]
        assert second.token is None

    def test_the_older_name_works(self, client: MlflowClient) -> None:
        client.delete_experiment(client.create_experiment("gone"))
        assert [experiment.name for experiment in client.list_experiments()] == ["Default"]
        assert len(client.list_experiments(ViewType.ALL)) == 2
        assert len(client.list_experiments(max_results=1)) == 1


class TestRuns:
    def test_a_run_is_made_without_becoming_active(self, client: MlflowClient) -> None:
        run = client.create_run(0, 17, {"mlflow.user": "bob", "n": 1}, "first")  # type: ignore[arg-type]  # becomes text
        assert (run.info.start_time, run.info.user_id, run.info.run_name) == (17, "bob", "first")
        assert run.data.tags.items() >= {("n", "1"), ("mlflow.runName", "first")}
        assert mlflow.active_run() is None

    def test_it_is_updated_and_ended(self, client: MlflowClient, run_id: str) -> None:
        client.update_run(run_id, status="SCHEDULED", name="renamed")
        info = client.get_run(run_id).info
        assert (info.status, info.run_name) == ("SCHEDULED", "renamed")
        client.update_run(run_id)
        client.set_terminated(run_id, "KILLED", 99)
        info = client.get_run(run_id).info
        assert (info.status, info.end_time) == ("KILLED", 99)
        client.set_terminated(run_id)
        assert client.get_run(run_id).info.status == "FINISHED"

    def test_ending_a_run_of_a_database_prints_nothing(
        self, client: MlflowClient, run_id: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        client.set_terminated(run_id)
        assert capsys.readouterr().out == ""

    def test_it_is_deleted_and_restored(self, client: MlflowClient, run_id: str) -> None:
        client.delete_run(run_id)
        assert client.search_runs(["0"]) == []
        assert len(client.search_runs(["0"], run_view_type=ViewType.DELETED_ONLY)) == 1
        client.restore_run(run_id)
        assert [run.info.run_id for run in client.search_runs(["0"])] == [run_id]

    def test_an_unknown_run_is_an_error(self, client: MlflowClient) -> None:
        with pytest.raises(ResourceDoesNotExist):
            client.get_run("0" * 32)

    def test_a_search_has_pages_with_a_token(self, client: MlflowClient) -> None:
        ids = {client.create_run("0").info.run_id for _ in range(3)}
        first = client.search_runs(["0"], max_results=2)
        assert (len(first), len(first.to_list())) == (2, 2)
        second = client.search_runs(["0"], max_results=2, page_token=first.token)
        assert {run.info.run_id for run in first + second} == ids
        assert second.token is None

    @pytest.mark.parametrize("experiments", [["0"], "0", [0], 0, ("0",)])
    def test_experiments_are_given_in_any_form(
        self, client: MlflowClient, run_id: str, experiments: object
    ) -> None:
        (found,) = client.search_runs(experiments)  # type: ignore[arg-type]  # becomes text
        assert found.info.run_id == run_id

    def test_the_older_name_answers_facts(self, client: MlflowClient, run_id: str) -> None:
        assert [info.run_id for info in client.list_run_infos("0")] == [run_id]

    def test_a_parent_is_found(self, client: MlflowClient, run_id: str) -> None:
        child = client.create_run("0", tags={"mlflow.parentRunId": run_id}).info.run_id
        parent = client.get_parent_run(child)
        assert parent is not None
        assert parent.info.run_id == run_id
        assert client.get_parent_run(run_id) is None


class TestLogging:
    def test_everything_is_logged(self, client: MlflowClient, run_id: str) -> None:
        client.log_metric(run_id, "m", 1, timestamp=5, step=7)
        client.log_batch(run_id, [Metric("n", 2.0, 6, 8)], [Param("a", "1")], [RunTag("t", "v")])
        assert client.log_param(run_id, "b", 2) == 2
        client.set_tag(run_id, "u", 3)
        client.delete_tag(run_id, "t")
        data = client.get_run(run_id).data
        assert (data.metrics, data.params) == ({"m": 1.0, "n": 2.0}, {"a": "1", "b": "2"})
        assert "t" not in data.tags
        assert data.tags["u"] == "3"
        (point,) = client.get_metric_history(run_id, "m")
        assert (point.timestamp, point.step) == (5, 7)

    def test_a_batch_may_be_of_any_size(self, client: MlflowClient, run_id: str) -> None:
        client.log_batch(
            run_id,
            [Metric("m", float(i), 1, i) for i in range(2300)],
            [Param(f"p{i}", "x") for i in range(230)],
            [RunTag(f"t{i}", "x") for i in range(230)],
        )
        data = client.get_run(run_id).data
        assert len(client.get_metric_history(run_id, "m")) == 2300
        assert len(data.params) == 230
        assert sum(key.startswith("t") for key in data.tags) == 230

    def test_inputs_and_outputs_are_linked(self, client: MlflowClient, run_id: str) -> None:
        model_id = client.create_logged_model("0").model_id
        client.log_inputs(
            run_id, [DatasetInput(Dataset("d", "1", "local", "{}"))], [LoggedModelInput(model_id)]
        )
        client.log_outputs(run_id, [LoggedModelOutput(model_id, 2)])
        run = client.get_run(run_id)
        assert [each.dataset.name for each in run.inputs.dataset_inputs] == ["d"]
        assert run.inputs.model_inputs == [LoggedModelInput(model_id)]
        assert run.outputs.model_outputs == [LoggedModelOutput(model_id, 2)]

    def test_an_unknown_metric_has_no_points(self, client: MlflowClient, run_id: str) -> None:
        assert client.get_metric_history(run_id, "nope") == []


class TestArtifacts:
    def test_all_kinds_are_stored(self, client: MlflowClient, run_id: str, session: Path) -> None:
        (session / "f.txt").write_text("f")
        client.log_artifact(run_id, "f.txt", "sub")
        client.log_artifacts(run_id, session / "mlruns" / "0" / run_id / "artifacts" / "sub", "copy")
        client.log_text(run_id, "t", "t.txt")
        client.log_dict(run_id, {"a": 1}, "d.json")
        client.log_table(run_id, {"n": [1]}, "table.json")
        assert list(client.load_table("0", "table.json")["n"]) == [1]
        assert [info.path for info in client.list_artifacts(run_id)] == [
            "copy",
            "d.json",
            "sub",
            "t.txt",
            "table.json",
        ]
        assert Path(client.download_artifacts(run_id, "sub/f.txt")).read_text() == "f"

    def test_figures_pictures_and_streams_are_stored(
        self, client: MlflowClient, run_id: str, session: Path
    ) -> None:
        client.log_figure(run_id, Figure(), "f.png")
        client.log_image(run_id, np.zeros((2, 2)), "i.png")
        client.log_image(run_id, np.zeros((2, 2)), key="k", step=1)
        client.log_stream(run_id, io.BytesIO(b"s"), "s.bin")
        assert [info.path for info in client.list_artifacts(run_id)] == ["f.png", "i.png", "images", "s.bin"]
        assert len(client.list_artifacts(run_id, "images")) == 2

    def test_a_logged_model_is_among_the_artifacts_of_its_run(
        self, client: MlflowClient, run_id: str, session: Path
    ) -> None:
        (session / "folder" / "data").mkdir(parents=True)
        (session / "folder" / "MLmodel").write_text("m")
        (session / "folder" / "data" / "w.bin").write_text("w")
        model = client.create_logged_model("0", "model", run_id)
        client.log_model_artifacts(model.model_id, "folder")
        client.finalize_logged_model(model.model_id, "READY")
        client.log_text(run_id, "t", "a.txt")
        assert [info.path for info in client.list_artifacts(run_id)] == ["a.txt", "model"]
        assert [(info.path, info.is_dir) for info in client.list_artifacts(run_id, "model")] == [
            ("model/MLmodel", False),
            ("model/data", True),
        ]
        assert [info.path for info in client.list_artifacts(run_id, "model/data")] == ["model/data/w.bin"]
        assert client.list_artifacts(run_id, "nope") == []
        assert [info.path for info in client.list_logged_model_artifacts(model.model_id)] == [
            "MLmodel",
            "data",
        ]
        local = Path(client.download_artifacts(run_id, "model", str(session / "out")))
        assert local == session / "out" / "model"
        assert (local / "data" / "w.bin").read_text() == "w"


class TestLoggedModels:
    def test_they_are_made_found_changed_and_deleted(self, client: MlflowClient) -> None:
        model = client.create_logged_model("0", "m", tags={"a": "1"}, params={"p": "2"}, model_type="Agent")
        assert (str(model.status), model.model_type) == ("PENDING", "Agent")
        client.set_logged_model_tags(model.model_id, {"b": 3})
        client.delete_logged_model_tag(model.model_id, "a")
        client.log_model_params(model.model_id, {"q": "4"})
        found = client.search_logged_models(["0"], "name = 'm'")
        assert [each.model_id for each in found] == [model.model_id]
        assert (found[0].tags, found[0].params) == ({"b": "3"}, {"p": "2", "q": "4"})
        client.delete_logged_model(model.model_id)
        with pytest.raises(ResourceDoesNotExist):
            client.get_logged_model(model.model_id)
