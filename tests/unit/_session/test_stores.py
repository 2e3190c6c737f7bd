from __future__ import annotations

from pathlib import Path

import pytest

import mlflow
from mlflow._session.stores import _announced
from mlflow._storage.open import forget_stores


def test_the_first_run_in_a_new_database_says_where_it_goes(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mlflow.start_run():
        pass
    message = capsys.readouterr().err
    uri = f"sqlite:///{session}/mlflow.db"
    assert f"new database {uri}" in message
    assert f"mlflow ui --backend-store-uri {uri}" in message


def test_it_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with mlflow.start_run():
            pass
    assert capsys.readouterr().err.count("new database") == 1


def test_a_database_in_a_folder_above_is_pointed_out(
    session: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (session / "mlflow.db").touch()
    (session / "below").mkdir()
    monkeypatch.chdir(session / "below")
    with mlflow.start_run():
        pass
    assert f"There is also {session}/mlflow.db" in capsys.readouterr().err


def test_nothing_is_made_before_something_is_logged(session: Path) -> None:
    mlflow.get_tracking_uri()
    mlflow.active_run()
    assert list(session.iterdir()) == []


def test_a_folder_as_tracking_uri_holds_everything(session: Path) -> None:
    mlflow.set_tracking_uri("./mlruns")
    with mlflow.start_run():
        mlflow.log_metric("m", 1)
        mlflow.log_text("a", "a.txt")
    assert [path.name for path in session.iterdir()] == ["mlruns"]
    assert next((session / "mlruns").rglob("a.txt")).read_text() == "a"


def test_the_first_run_in_a_database_that_exists_says_so_too(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mlflow.start_run():
        pass
    forget_stores()
    _announced.clear()
    capsys.readouterr()
    with mlflow.start_run():
        pass
    assert f"Runs are kept in sqlite:///{session}/mlflow.db\n" in capsys.readouterr().err
