"""`mlflow gc`, on a real store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlflow.cli import cli
from mlflow.tracking.client import MlflowClient

Gc = Callable[..., Result]


@pytest.fixture
def client(session: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{session}/store.db")


@pytest.fixture
def gc(client: MlflowClient, session: Path) -> Gc:
    """Empties the trash of the client's database and answers what came of it."""
    del client

    def run(*arguments: str, fails: bool = False) -> Result:
        uri = f"sqlite:///{session}/store.db"
        done = CliRunner().invoke(cli, ["gc", "--backend-store-uri", uri, *arguments])
        assert (done.exit_code != 0) is fails, done.output
        return done

    return run


def deleted_run(client: MlflowClient, experiment_id: str = "0") -> str:
    run_id = client.create_run(experiment_id).info.run_id
    client.log_text(run_id, "x", "a.txt")
    client.delete_run(run_id)
    return run_id


def run_ids(client: MlflowClient) -> set[str]:
    return {run.info.run_id for run in client.search_runs(["0"], run_view_type=3)}


def test_it_empties_the_trash(client: MlflowClient, gc: Gc, session: Path) -> None:
    gone, kept = deleted_run(client), client.create_run("0").info.run_id
    experiment = client.create_experiment("old")
    inside = client.create_run(experiment).info.run_id
    client.delete_experiment(experiment)
    output = gc().output
    assert f"Run with ID {gone} has been permanently deleted." in output
    assert f"Experiment with ID {experiment} has been permanently deleted." in output
    assert inside not in output
    assert run_ids(client) == {kept}
    assert client.get_experiment_by_name("old") is None
    assert list((session / "mlruns").rglob("*.txt")) == []
    assert gc().output == ""


def test_a_dry_run_removes_nothing(client: MlflowClient, gc: Gc) -> None:
    run_id = deleted_run(client)
    assert f"Run with ID {run_id} would be permanently deleted." in gc("--dry-run").output
    assert run_ids(client) == {run_id}


def test_only_what_is_named_goes(client: MlflowClient, gc: Gc) -> None:
    first, second, third = (deleted_run(client) for _ in range(3))
    gc("--run-ids", f"{first}, {third}")
    assert run_ids(client) == {second}


def test_only_what_is_old_enough_goes(client: MlflowClient, gc: Gc) -> None:
    run_id = deleted_run(client)
    assert gc("--older-than", "1d12h30m10.5s").output == ""
    assert "later than" in gc("--older-than", "1h", "--run-ids", run_id, fails=True).output
    gc("--older-than", "0d")
    assert run_ids(client) == set()


@pytest.mark.parametrize("span", ["", "5", "1w", "1h1d", "soon"])
def test_a_span_that_is_none_is_refused(gc: Gc, span: str) -> None:
    assert "--older-than is a span such as" in gc("--older-than", span, fails=True).output


def test_what_a_version_stands_on_is_kept_and_named(client: MlflowClient, gc: Gc) -> None:
    run_id = client.create_run("0").info.run_id
    client.create_registered_model("wine")
    client.create_model_version("wine", f"runs:/{run_id}/model", run_id)
    client.delete_run(run_id)
    assert "because of version 1 of 'wine'" in gc().output
    assert "because of version 1 of 'wine'" in gc("--run-ids", run_id, fails=True).output
    assert run_ids(client) == {run_id}


def test_models_of_a_run_go_with_it_when_asked_for(client: MlflowClient, gc: Gc) -> None:
    run_id = client.create_run("0").info.run_id
    model = client.create_logged_model("0", "net", source_run_id=run_id)
    client.delete_run(run_id)
    assert model.model_id in gc().output
    gc("--with-models")
    assert run_ids(client) == set()
    other = client.create_logged_model("0", "net")
    client.delete_logged_model(other.model_id)
    assert f"Logged model with ID {other.model_id}" in gc("--logged-model-ids", other.model_id).output


def test_a_run_that_is_not_deleted_is_refused(client: MlflowClient, gc: Gc) -> None:
    run_id = client.create_run("0").info.run_id
    assert f"The run {run_id} is not deleted" in gc("--run-ids", run_id, fails=True).output
    assert "not found" in gc("--run-ids", "0" * 32, fails=True).output


def test_a_server_and_a_database_that_is_not_there_are_refused(session: Path) -> None:
    for uri, reason in (("http://127.0.0.1:5000", "is a server"), ("sqlite:///none.db", "no database")):
        done = CliRunner().invoke(cli, ["gc", "--tracking-uri", uri])
        assert done.exit_code != 0
        assert reason in done.output
    assert list(session.iterdir()) == []
