"""The command line, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlflow.cli import cli
from mlflow.cli.env_file import load_env_file
from mlflow.tracking.client import MlflowClient

Run = Callable[..., Result]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    """A client of the store that commands use."""
    uri = f"sqlite:///{tmp_path}/store.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return MlflowClient(uri)


@pytest.fixture
def mlflow(client: MlflowClient) -> Run:
    """Runs a command and answers what came of it."""
    del client

    def run(*arguments: str, fails: bool = False) -> Result:
        done = CliRunner().invoke(cli, arguments)
        assert (done.exit_code != 0) is fails, done.output
        return done

    return run


def test_the_version_names_the_level_and_ours(mlflow: Run) -> None:
    assert mlflow("--version").output.startswith("mlflow, version 3.17.2+headrace.")


def test_a_mistyped_command_is_met_with_the_right_one(mlflow: Run) -> None:
    assert "Did you mean 'experiments'?" in mlflow("experimants", fails=True).output


def test_ui_is_another_name_of_server(mlflow: Run) -> None:
    assert "--backend-store-uri" in mlflow("ui", "--help").output


def test_experiments_are_made_found_changed_and_deleted(mlflow: Run, client: MlflowClient) -> None:
    assert "id 1" in mlflow("experiments", "create", "-n", "wine").output
    assert "wine" in mlflow("experiments", "search").output
    mlflow("experiments", "rename", "-x", "1", "--new-name", "beer")
    shown = json.loads(mlflow("experiments", "get", "-n", "beer", "--output", "json").output)
    assert (shown["experiment_id"], shown["name"]) == ("1", "beer")
    assert "restore -x 1" in mlflow("experiments", "delete", "-x", "1").output
    assert "beer" not in mlflow("experiments", "search").output
    assert "beer" in mlflow("experiments", "search", "--view", "deleted_only").output
    mlflow("experiments", "restore", "-x", "1")
    assert client.get_experiment("1").lifecycle_stage == "active"


def test_an_unknown_experiment_is_one_line(mlflow: Run) -> None:
    assert "nothing" in mlflow("experiments", "get", "-n", "nothing", fails=True).output
    mlflow("experiments", "get", fails=True)


def test_runs_are_recorded_listed_described_and_deleted(mlflow: Run, client: MlflowClient) -> None:
    created = mlflow(
        "runs",
        "create",
        "--experiment-name",
        "wine",
        "--run-name",
        "first",
        "-t",
        "a=b=c",
        "--status",
        "FAILED",
    )
    run_id = json.loads(created.output[created.output.index("{") :])["run_id"]

    listed = mlflow("runs", "list", "--experiment-id", "1").output
    assert run_id in listed
    assert "FAILED" in listed
    described = json.loads(mlflow("runs", "describe", "--run-id", run_id).output)
    assert described["data"]["tags"]["a"] == "b=c"
    mlflow("runs", "delete", "--run-id", run_id)
    assert run_id not in mlflow("runs", "list", "--experiment-id", "1").output
    mlflow("runs", "restore", "--run-id", run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_a_tag_without_a_value_is_refused(mlflow: Run) -> None:
    assert "KEY=VALUE" in mlflow("runs", "create", "--experiment-id", "0", "-t", "a", fails=True).output


def test_runs_as_csv_hold_no_formulas(mlflow: Run, client: MlflowClient, tmp_path: Path) -> None:
    run_id = client.create_run("0", tags={"note": "=1+1"}).info.run_id
    client.log_param(run_id, "depth", "-3")
    client.log_metric(run_id, "accuracy", 0.5)

    mlflow("experiments", "csv", "-x", "0", "-o", str(tmp_path / "runs.csv"))

    header, line = (tmp_path / "runs.csv").read_text().splitlines()
    cells = dict(zip(header.split(","), line.split(","), strict=True))
    assert cells["run_id"] == run_id
    assert (cells["metrics.accuracy"], cells["params.depth"], cells["tags.note"]) == ("0.5", "-3", "'=1+1")


def test_artifacts_go_up_are_listed_and_come_back(mlflow: Run, client: MlflowClient, tmp_path: Path) -> None:
    run_id = client.create_run("0").info.run_id
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("hello")

    mlflow("artifacts", "log-artifact", "-l", str(tmp_path / "in" / "a.txt"), "-r", run_id, "-a", "one")
    mlflow("artifacts", "log-artifacts", "-l", str(tmp_path / "in"), "-r", run_id, "-a", "two")

    assert [file["path"] for file in json.loads(mlflow("artifacts", "list", "-r", run_id).output)] == [
        "one",
        "two",
    ]
    mlflow("artifacts", "download", "-r", run_id, "-a", "two", "-d", str(tmp_path / "out"))
    assert (tmp_path / "out" / "two" / "a.txt").read_text() == "hello"


def test_a_file_of_variables_yields_to_those_that_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_TEST_SET", "kept")
    monkeypatch.delenv("HEADRACE_TEST_NEW", raising=False)
    (tmp_path / "env").write_text("# note\nexport HEADRACE_TEST_NEW='a b'\nHEADRACE_TEST_SET=lost\n\n")

    load_env_file(str(tmp_path / "env"))

    import os

    assert os.environ["HEADRACE_TEST_NEW"] == "a b"
    assert os.environ["HEADRACE_TEST_SET"] == "kept"
    monkeypatch.delenv("HEADRACE_TEST_NEW")
