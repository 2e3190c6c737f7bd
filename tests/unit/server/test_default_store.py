from __future__ import annotations

from pathlib import Path

import pytest

from mlflow.server.run import default_store_uri


def test_a_server_that_is_told_nothing_shows_the_store_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert default_store_uri() == f"sqlite:///{tmp_path}/below/mlflow.db"
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.mlflow]\ntracking_uri = "sqlite:///runs.db"\n')
    assert default_store_uri() == f"sqlite:///{tmp_path}/runs.db"


def test_a_project_that_is_tracked_on_a_server_does_not_change_what_the_server_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.mlflow]\ntracking_uri = "http://127.0.0.1:5000"\n')
    assert default_store_uri() == f"sqlite:///{tmp_path}/mlflow.db"
