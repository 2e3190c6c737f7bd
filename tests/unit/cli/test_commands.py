"""The command line, on a real store."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlflow.cli import cli
from mlflow.cli.env_file import load_env_file
from mlflow.exceptions import MlflowException
from mlflow.tracking.client import MlflowClient
from mlflow.tracking.fluent.decisions import decision

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


def test_versions_are_held_released_and_restored(mlflow: Run, client: MlflowClient) -> None:
    client.create_model_version("fraud", "s3://bucket/model")
    client.transition_model_version_stage("fraud", 1, "Production")
    assert "needs a reason" in str(mlflow("registry", "hold", "fraud", "1", fails=True).exception)
    mlflow("registry", "hold", "fraud", "1", "-m", "Claim 7")
    assert client.get_model_version_protection("fraud", 1) == [
        "it is in Production",
        "it is under legal hold",
    ]
    assert "in Production" in mlflow("registry", "release", "fraud", "1", "-m", "Settled").output
    client.transition_model_version_stage("fraud", 1, "Archived")
    client.delete_model_version("fraud", 1)
    assert "Archived" in mlflow("registry", "restore", "fraud", "1").output
    client.delete_registered_model("fraud")
    mlflow("registry", "restore", "fraud", "--reason", "By mistake")
    assert client.get_model_version("fraud", 1).current_stage == "Archived"


def test_the_files_of_a_registered_model_are_verified(
    mlflow: Run, client: MlflowClient, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}")
    client.create_model_version("fraud", str(model))
    assert "are those that were registered" in mlflow("models", "verify", "-m", "models:/fraud/1").output
    (model / "MLmodel").write_text("flavors: {a}")
    assert (
        "'MLmodel' has changed" in mlflow("models", "verify", "-m", "models:/fraud/latest", fails=True).output
    )
    assert "models:/NAME" in mlflow("models", "verify", "-m", "runs:/x/y", fails=True).output


def test_policies_are_set_checked_met_and_broken(mlflow: Run, client: MlflowClient, tmp_path: Path) -> None:
    client.create_model_version("fraud", "s3://bucket/model")
    file = tmp_path / "policy.yaml"
    file.write_text(
        "policies:\n  - models: fraud\n    require: {reason: true}\n    break_glass: {review_days: 1}\n"
    )
    mlflow("registry", "policy", "set", str(file))
    assert mlflow("registry", "policy", "show").output == file.read_text()
    refused = mlflow("registry", "policy", "check", "fraud", "1", fails=True)
    assert "Give a reason" in refused.output
    file.write_text("policies:\n  - model: fraud\n")
    assert "line 2" in str(mlflow("registry", "policy", "set", str(file), fails=True).exception)
    assert (
        "No policy has a say" in mlflow("registry", "policy", "check", "fraud", "1", "--to", "Staging").output
    )
    mlflow("registry", "policy", "approve", "fraud", "1", "--to", "@champion", "-m", "Fine")
    with pytest.raises(MlflowException, match="needs a reason"), decision(break_glass=True):
        client.transition_model_version_stage("fraud", 1, "Production")
    assert mlflow("registry", "policy", "reviews").output.splitlines()[2:] == []
    assert "No decision 1" in str(
        mlflow("registry", "policy", "review", "1", "-m", "x", fails=True).exception
    )
    mlflow("registry", "policy", "remove")
    assert mlflow("registry", "policy", "show").output == ""


def test_a_stage_is_rolled_back(mlflow: Run, client: MlflowClient) -> None:
    for version in (1, 2):
        client.create_model_version("fraud", "s3://bucket/model")
        client.transition_model_version_stage("fraud", version, "Production", archive_existing_versions=True)
    assert (
        "Version 1 of 'fraud' has the stage Production"
        in mlflow("registry", "rollback", "fraud", "-m", "Worse").output
    )
    assert client.get_model_version("fraud", 2).current_stage == "Archived"


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


def test_a_run_whose_process_is_gone_is_listed_as_lost(mlflow: Run, client: MlflowClient) -> None:
    gone, ended = (client.create_run("0").info.run_id for _ in range(2))
    client._store.leases.renew([gone], 1)
    client.set_terminated(ended, "KILLED")
    while client.get_run(gone).info.status != "KILLED":
        client._store.leases.expire()

    lines = mlflow("runs", "list", "--experiment-id", "0").output.splitlines()

    assert ["KILLED (lost)" in line for line in lines if gone in line] == [True]
    assert ["lost" in line for line in lines if ended in line] == [False]


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


def test_runs_are_moved_to_another_experiment(mlflow: Run, client: MlflowClient) -> None:
    target = client.create_experiment("target")
    ids = [client.create_run("0").info.run_id for _ in range(2)]
    options = [text for run_id in ids for text in ("--run-id", run_id)]
    done = mlflow("runs", "move", *options, "--experiment-name", "target")
    assert done.output == "Moved 2 runs to experiment 1 'target'.\n"
    assert (
        "Moved 0 runs to experiment 1 'target'; 2 were"
        in mlflow("runs", "move", *options, "-x", target).output
    )
    assert "'nope'" in mlflow("runs", "move", *options, "-n", "nope", fails=True).output
    assert {run.info.run_id for run in client.search_runs([target])} == set(ids)


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


@pytest.fixture
def saved_model(tmp_path: Path) -> str:
    """A model of one's own in a folder."""
    from mlflow.pyfunc import save_model

    def double(model_input: list[int]) -> list[int]:
        return [2 * value for value in model_input]

    save_model(tmp_path / "m", python_model=double, pip_requirements=["mlflow"])
    return str(tmp_path / "m")


def test_a_model_answers_a_request(mlflow: Run, saved_model: str, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"inputs": [1, 2]}')
    common = ("models", "predict", "-m", saved_model, "-i", str(tmp_path / "in.json"))
    assert json.loads(mlflow(*common, "--env-manager", "local").output) == {"predictions": [2, 4]}
    mlflow(*common, "--env-manager", "local", "--env", "A=B", "-o", str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text()) == {"predictions": [2, 4]}
    assert "NAME=VALUE" in mlflow(*common, "--env", "A", fails=True).output


def test_requirements_of_a_model_are_changed(mlflow: Run, saved_model: str) -> None:
    mlflow("models", "update-pip-requirements", "-m", saved_model, "add", "click>=8", "numpy")
    assert (Path(saved_model) / "requirements.txt").read_text() == "mlflow\nclick>=8\nnumpy"
    mlflow("models", "update-pip-requirements", "-m", saved_model, "remove", "numpy")
    assert (Path(saved_model) / "requirements.txt").read_text() == "mlflow\nclick>=8"


def test_the_environment_of_a_model_is_named(mlflow: Run, saved_model: str) -> None:
    found = mlflow("models", "prepare-env", "-m", saved_model, "--env-manager", "local").output.strip()
    assert found == sys.executable
