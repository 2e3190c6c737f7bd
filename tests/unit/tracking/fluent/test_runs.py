from __future__ import annotations

import pandas as pd
import pytest

import mlflow
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking import MlflowClient


def stored(run: mlflow.ActiveRun) -> mlflow.entities.Run:
    return mlflow.get_run(run.info.run_id)


class TestStartAndEnd:
    def test_a_block_ends_its_run(self) -> None:
        with mlflow.start_run() as run:
            assert mlflow.active_run() is run
            assert stored(run).info.status == "RUNNING"
        assert mlflow.active_run() is None
        assert stored(run).info.status == "FINISHED"
        assert stored(run).info.end_time is not None

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
    def test_a_block_left_by_an_exception_fails_its_run(self, error: type[BaseException]) -> None:
        with pytest.raises(error), mlflow.start_run() as run:
            raise error
        assert stored(run).info.status == "FAILED"

    def test_a_run_that_was_ended_inside_of_its_block_stays_as_it_is(self) -> None:
        with mlflow.start_run() as run:
            mlflow.end_run("KILLED")
        assert stored(run).info.status == "KILLED"

    def test_a_block_also_ends_what_was_left_open_inside(self) -> None:
        with mlflow.start_run():
            child = mlflow.start_run(nested=True)
        assert mlflow.active_run() is None
        assert stored(child).info.status == "FINISHED"

    def test_a_second_run_needs_to_be_nested(self) -> None:
        with mlflow.start_run() as run, pytest.raises(Exception, match="is already active") as caught:
            mlflow.start_run()
        assert type(caught.value) is Exception
        assert str(caught.value) == (
            f"Run with UUID {run.info.run_id} is already active. To start a new run, first end the current run with "
            "mlflow.end_run(). To start a nested run, call start_run with nested=True"
        )

    def test_ending_without_an_active_run_does_nothing(self) -> None:
        mlflow.end_run()
        assert mlflow.last_active_run() is None

    def test_an_unknown_state_leaves_the_run_active(self) -> None:
        with mlflow.start_run() as run:
            with pytest.raises(Exception, match="Could not get run status"):
                mlflow.end_run("DONE")
            assert mlflow.active_run() is run

    def test_logging_without_a_run_starts_one(self) -> None:
        mlflow.log_param("p", 1)
        run = mlflow.active_run()
        assert run is not None
        assert stored(run).data.params == {"p": "1"}

    def test_a_line_after_the_block_is_pointed_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        mlflow.log_param("p", 1)
        assert "was started for what is logged now" not in capsys.readouterr().err
        mlflow.end_run()
        with mlflow.start_run() as first:
            pass
        mlflow.log_metric("late", 1)
        second = mlflow.active_run()
        assert second is not None
        message = capsys.readouterr().err
        assert f"Run {second.info.run_id} was started for what is logged now" in message
        assert f"because run {first.info.run_id} had ended" in message

    def test_what_is_given_is_stored(self) -> None:
        made = mlflow.create_experiment("e")
        with mlflow.start_run(
            experiment_id=int(made), run_name="first", tags={"n": 1}, description="**why**"
        ) as run:
            info, data = stored(run).info, stored(run).data
        assert (info.experiment_id, info.run_name) == (made, "first")
        assert data.tags.items() >= {
            ("n", "1"),
            ("mlflow.note.content", "**why**"),
            ("mlflow.runName", "first"),
        }
        assert info.user_id == data.tags["mlflow.user"]

    def test_a_description_is_given_once(self) -> None:
        with pytest.raises(InvalidParameterValue, match="they are the same"):
            mlflow.start_run(description="a", tags={"mlflow.note.content": "b"})

    def test_an_unknown_experiment_leaves_no_active_run(self) -> None:
        with pytest.raises(ResourceDoesNotExist):
            mlflow.start_run(experiment_id="77")
        assert mlflow.active_run() is None

    def test_a_run_stays_in_its_store_when_another_is_chosen(self) -> None:
        mlflow.set_tracking_uri("sqlite:///one.db")
        with mlflow.start_run() as run:
            mlflow.set_tracking_uri("sqlite:///two.db")
            mlflow.log_metric("m", 1)
            mlflow.log_text("t", "t.txt")
        found = MlflowClient("sqlite:///one.db").get_run(run.info.run_id)
        assert (found.info.status, found.data.metrics) == ("FINISHED", {"m": 1.0})

    def test_system_metrics_are_said_to_be_left_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        with mlflow.start_run(log_system_metrics=True):
            assert "System metrics are not recorded" in capsys.readouterr().err


class TestNesting:
    def test_a_child_names_its_parent(self) -> None:
        with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
            assert stored(child).data.tags["mlflow.parentRunId"] == parent.info.run_id
        found = mlflow.get_parent_run(child.info.run_id)
        assert found is not None
        assert found.info.run_id == parent.info.run_id
        assert mlflow.get_parent_run(parent.info.run_id) is None

    def test_a_parent_may_be_given_by_id(self) -> None:
        with mlflow.start_run() as parent:
            pass
        with mlflow.start_run(parent_run_id=parent.info.run_id) as child:
            assert stored(child).data.tags["mlflow.parentRunId"] == parent.info.run_id

    def test_the_parent_must_exist(self) -> None:
        with pytest.raises(ResourceDoesNotExist):
            mlflow.start_run(parent_run_id="0" * 32)

    def test_another_parent_than_the_active_run_is_refused(self) -> None:
        with mlflow.start_run(), pytest.raises(InvalidParameterValue, match="does not match the specified"):
            mlflow.start_run(nested=True, parent_run_id="0" * 32)

    def test_nested_without_an_active_run_has_no_parent(self) -> None:
        with mlflow.start_run(nested=True) as run:
            assert "mlflow.parentRunId" not in stored(run).data.tags


class TestResume:
    def test_a_run_goes_on(self) -> None:
        with mlflow.start_run() as run:
            mlflow.log_metric("m", 1)
        with mlflow.start_run(run_id=run.info.run_id, run_name="again", tags={"t": 2}) as resumed:
            assert stored(resumed).info.status == "RUNNING"
            mlflow.log_metric("n", 2)
        found = stored(run)
        assert (found.info.status, found.info.run_name) == ("FINISHED", "again")
        assert found.data.metrics == {"m": 1.0, "n": 2.0}
        assert found.data.tags["t"] == "2"

    def test_a_run_goes_on_at_an_earlier_step(self) -> None:
        with mlflow.start_run() as run:
            for step in range(10):
                mlflow.log_metric("loss", step, step=step)
        with mlflow.start_run(run_id=run.info.run_id, resume_from_step=4):
            mlflow.log_metric("loss", 50, step=5)
        client = MlflowClient()
        history = client.get_metric_history(run.info.run_id, "loss")
        assert [point.value for point in history] == [0, 1, 2, 3, 4, 50]
        (segment,) = client.get_run_segments(run.info.run_id)
        assert (segment.after_step, segment.keys, segment.points) == (4, ["loss"], 5)
        left = client.get_segment_history(run.info.run_id, segment.number, "loss")
        assert [point.step for point in left] == [5, 6, 7, 8, 9]
        client.rewind_run(run.info.run_id, 0)
        assert len(client.get_metric_history(run.info.run_id, "loss")) == 1

    def test_a_step_to_go_on_from_needs_a_run(self) -> None:
        with pytest.raises(InvalidParameterValue, match="needs the `run_id`"):
            mlflow.start_run(resume_from_step=4)
        assert mlflow.active_run() is None

    def test_the_environment_names_the_first_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        waiting = MlflowClient().create_run("0").info.run_id
        monkeypatch.setenv("MLFLOW_RUN_ID", waiting)
        with mlflow.start_run() as first:
            assert first.info.run_id == waiting
        with mlflow.start_run() as second:
            assert second.info.run_id != waiting

    def test_a_deleted_run_does_not_go_on(self) -> None:
        with mlflow.start_run() as run:
            pass
        mlflow.delete_run(run.info.run_id)
        with pytest.raises(InvalidParameterValue, match="restore_run"):
            mlflow.start_run(run_id=run.info.run_id)
        mlflow.restore_run(run.info.run_id)
        with mlflow.start_run(run_id=run.info.run_id):
            pass

    def test_a_run_of_another_experiment_than_the_chosen_one_does_not_go_on(self) -> None:
        with mlflow.start_run() as run:
            pass
        mlflow.set_experiment("other")
        with pytest.raises(InvalidParameterValue, match="belongs to experiment 0"):
            mlflow.start_run(run_id=run.info.run_id)


class TestLastActiveRun:
    def test_it_is_the_active_one_and_then_the_one_that_ended_last(self) -> None:
        with mlflow.start_run() as run:
            mlflow.log_metric("m", 1)
            last = mlflow.last_active_run()
            assert last is not None
            assert (last.info.status, last.data.metrics) == ("RUNNING", {"m": 1.0})
        last = mlflow.last_active_run()
        assert last is not None
        assert (last.info.run_id, last.info.status) == (run.info.run_id, "FINISHED")


class TestSearchRuns:
    @pytest.fixture(autouse=True)
    def _runs(self) -> None:
        with mlflow.start_run(run_name="a"):
            mlflow.log_params({"p": "x"})
            mlflow.log_metrics({"m": 1, "n": float("nan")})
        with mlflow.start_run(run_name="b"):
            mlflow.log_metric("m", 2)
        mlflow.set_experiment("other")
        with mlflow.start_run(run_name="c"):
            pass
        mlflow.set_experiment("Default")

    def names(self, **arguments: object) -> list[str | None]:
        found = mlflow.search_runs(output_format="list", **arguments)  # type: ignore[call-overload]  # arguments by name
        return [run.info.run_name for run in found]

    def test_a_frame_has_facts_then_metrics_params_and_tags(self) -> None:
        frame = mlflow.search_runs()
        assert list(frame.columns[:9]) == [
            "run_id",
            "experiment_id",
            "status",
            "artifact_uri",
            "start_time",
            "end_time",
            "metrics.m",
            "metrics.n",
            "params.p",
        ]
        assert all(column.startswith("tags.") for column in frame.columns[9:])
        assert list(frame["tags.mlflow.runName"]) == ["b", "a"]
        assert list(frame["metrics.m"]) == [2.0, 1.0]
        assert pd.isna(frame["params.p"][0])
        assert frame["params.p"][1] == "x"
        assert str(frame["start_time"].dtype).endswith("UTC]")

    def test_a_frame_of_nothing_has_the_facts(self) -> None:
        frame = mlflow.search_runs(filter_string="metrics.m > 5")
        assert list(frame.columns) == [
            "run_id",
            "experiment_id",
            "status",
            "artifact_uri",
            "start_time",
            "end_time",
        ]
        assert frame.empty

    def test_a_list_has_runs(self) -> None:
        assert self.names() == ["b", "a"]

    def test_order_filter_and_limit_are_taken(self) -> None:
        assert self.names(order_by=["metrics.m ASC"]) == ["a", "b"]
        assert self.names(filter_string="params.p = 'x'") == ["a"]
        assert self.names(max_results=1) == ["b"]

    def test_experiments_are_given_by_id_by_name_or_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.names(experiment_ids=["1"]) == ["c"]
        assert self.names(experiment_names=["other", "nope"]) == ["c"]
        assert "Cannot retrieve experiment by name nope" in capsys.readouterr().err
        assert self.names(experiment_names=["nope"]) == []
        assert self.names(search_all_experiments=True) == ["c", "b", "a"]

    def test_ids_and_names_exclude_each_other(self) -> None:
        with pytest.raises(InvalidParameterValue, match="but not both"):
            mlflow.search_runs(experiment_ids=["0"], experiment_names=["other"])

    def test_an_unknown_format_is_refused(self) -> None:
        with pytest.raises(ValueError, match="Unsupported output format: table"):
            mlflow.search_runs(output_format="table")  # type: ignore[call-overload]  # refused

    def test_the_older_name_answers_facts(self) -> None:
        assert [info.run_name for info in mlflow.list_run_infos("0")] == ["b", "a"]


class TestMove:
    def test_an_open_run_goes_on_where_it_was_moved_to(self) -> None:
        with mlflow.start_run() as run:
            mlflow.log_text("before", "before.txt")
            moved = mlflow.move_runs(run.info.run_id, experiment_name="right")
            mlflow.log_text("after", "after.txt")
            mlflow.log_metric("m", 1)
            model = mlflow.initialize_logged_model("net")
        target = mlflow.get_experiment_by_name("right")
        assert target is not None
        assert moved == [run.info.run_id]
        assert run.info.experiment_id == target.experiment_id
        assert stored(run).info.experiment_id == model.experiment_id == target.experiment_id
        assert stored(run).data.metrics == {"m": 1.0}
        listed = MlflowClient().list_artifacts(run.info.run_id)
        assert {"before.txt", "after.txt", "net"} == {info.path for info in listed}

    def test_one_of_id_and_name_says_where_to(self) -> None:
        with mlflow.start_run() as run:
            pass
        for given in ({}, {"experiment_id": "0", "experiment_name": "Default"}):
            with pytest.raises(InvalidParameterValue, match="exactly one"):
                mlflow.move_runs([run.info.run_id], **given)
        assert mlflow.move_runs([run.info.run_id], 0) == []
