from __future__ import annotations

import os
from pathlib import Path

import pytest

import mlflow
from mlflow._session.uris import store_uri


def test_the_default_is_a_database_in_the_folder_of_the_first_question(session: Path) -> None:
    assert mlflow.get_tracking_uri() == f"sqlite:///{session}/mlflow.db"
    assert not mlflow.is_tracking_uri_set()


def test_changing_the_folder_later_does_not_change_the_default(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = mlflow.get_tracking_uri()
    (session / "below").mkdir()
    monkeypatch.chdir(session / "below")
    assert mlflow.get_tracking_uri() == before


def test_the_environment_wins_over_the_default_and_a_call_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    assert mlflow.get_tracking_uri() == "http://127.0.0.1:1"
    mlflow.set_tracking_uri("http://127.0.0.1:2")
    assert mlflow.get_tracking_uri() == "http://127.0.0.1:2"
    assert mlflow.is_tracking_uri_set()


def test_a_uri_is_answered_as_it_was_given(session: Path) -> None:
    mlflow.set_tracking_uri("sqlite:///x.db")
    assert mlflow.get_tracking_uri() == "sqlite:///x.db"
    assert store_uri() == f"sqlite:///{session}/x.db"


def test_a_relative_place_keeps_its_meaning_when_the_folder_changes(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow.set_tracking_uri("sqlite:///x.db")
    (session / "below").mkdir()
    monkeypatch.chdir(session / "below")
    assert store_uri() == f"sqlite:///{session}/x.db"
    mlflow.set_tracking_uri("sqlite:///x.db")
    assert store_uri() == f"sqlite:///{session}/below/x.db"


@pytest.mark.parametrize("uri", ["./runs", "runs", "file:runs", Path("runs")])
def test_folders_may_be_given_in_every_form(session: Path, uri: str | Path) -> None:
    mlflow.set_tracking_uri(uri)
    assert store_uri() == f"file://{session}/runs"


def test_processes_that_are_started_inherit_the_choice(session: Path) -> None:
    mlflow.set_tracking_uri("sqlite:///x.db")
    assert os.environ["MLFLOW_TRACKING_URI"] == f"sqlite:///{session}/x.db"


@pytest.mark.parametrize("nothing", ["", None])
def test_setting_nothing_goes_back_to_the_default(session: Path, nothing: str | None) -> None:
    mlflow.set_tracking_uri("http://127.0.0.1:1")
    mlflow.set_tracking_uri(nothing)
    assert mlflow.get_tracking_uri() == f"sqlite:///{session}/mlflow.db"
    assert "MLFLOW_TRACKING_URI" not in os.environ


def test_the_registry_is_the_tracking_store_until_another_is_chosen() -> None:
    mlflow.set_tracking_uri("http://127.0.0.1:1")
    assert mlflow.get_registry_uri() == "http://127.0.0.1:1"
    mlflow.set_registry_uri("http://127.0.0.1:2")
    assert mlflow.get_registry_uri() == "http://127.0.0.1:2"
    assert mlflow.get_tracking_uri() == "http://127.0.0.1:1"
