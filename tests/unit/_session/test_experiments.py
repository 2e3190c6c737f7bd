from __future__ import annotations

import os

import pytest

import mlflow
from mlflow._session.experiments import active_experiment_id, find_or_create_experiment
from mlflow._session.stores import open_session_store


def active_id() -> str:
    return active_experiment_id(open_session_store())


def test_the_default_experiment_is_active_until_another_is_chosen() -> None:
    assert active_id() == "0"
    chosen = mlflow.set_experiment("mine")
    assert active_id() == chosen.experiment_id


def test_processes_that_are_started_inherit_the_choice() -> None:
    chosen = mlflow.set_experiment("mine")
    assert os.environ["MLFLOW_EXPERIMENT_ID"] == chosen.experiment_id


def test_the_environment_chooses_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    made = mlflow.create_experiment("mine")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", made)
    assert active_id() == made


def test_the_environment_chooses_by_name_and_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "from outside")
    assert mlflow.get_experiment(active_id()).name == "from outside"


def test_a_choice_follows_to_another_store_by_name() -> None:
    mlflow.set_tracking_uri("sqlite:///one.db")
    mlflow.set_experiment("other")
    mlflow.set_experiment("mine")
    mlflow.set_tracking_uri("sqlite:///two.db")
    with mlflow.start_run() as run:
        pass
    assert mlflow.get_experiment(run.info.experiment_id).name == "mine"
    assert mlflow.get_experiment_by_name("other") is None


def test_an_experiment_that_another_process_makes_meanwhile_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_session_store()
    experiments = store.experiments
    create = experiments.create

    def create_second(name: str) -> str:
        create(name)
        return create(name)

    monkeypatch.setattr(experiments, "create", create_second)
    assert find_or_create_experiment(store, "raced").name == "raced"


def test_a_new_experiment_is_announced_with_a_close_name(capsys: pytest.CaptureFixture[str]) -> None:
    mlflow.set_experiment("wine-classification")
    capsys.readouterr()
    mlflow.set_experiment("wine-clasification")
    message = capsys.readouterr().err
    assert "Experiment with name 'wine-clasification' does not exist. Creating a new experiment." in message
    assert "There is one named 'wine-classification'" in message
