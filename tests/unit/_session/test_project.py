from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import mlflow
from mlflow.exceptions import InvalidParameterValue

SCRIPT = "import mlflow\nwith mlflow.start_run() as run:\n    pass\nprint(run.info.experiment_id)\n"


def write_project(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(f"[tool.mlflow]\n{text}\n", encoding="utf-8")
    return file


def run_script(script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script in a process of its own, which has no folder for temporary files above it."""
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(SCRIPT, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=script.parent,
        env={**os.environ, "TMPDIR": str(script.parent), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_the_file_names_the_store_relative_to_itself(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(session, 'tracking_uri = "sqlite:///runs.db"')
    below = session / "src" / "train"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert mlflow.get_tracking_uri() == f"sqlite:///{session}/runs.db"
    assert mlflow.is_tracking_uri_set()
    with mlflow.start_run():
        pass
    assert (session / "runs.db").exists()
    assert list(below.iterdir()) == []


@pytest.mark.parametrize("uri", ["data", "./data"])
def test_a_folder_is_relative_to_the_file_too(
    session: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    write_project(session, f'tracking_uri = "{uri}"')
    (session / "below").mkdir()
    monkeypatch.chdir(session / "below")
    assert mlflow.get_tracking_uri() == (session / "data").resolve().as_uri()


def test_calls_and_variables_win_over_the_file(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(session, 'tracking_uri = "http://a:1"\nregistry_uri = "http://r:1"')
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri()) == ("http://a:1", "http://r:1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://b:1")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://s:1")
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri()) == ("http://b:1", "http://s:1")
    mlflow.set_tracking_uri("http://c:1")
    mlflow.set_registry_uri("http://t:1")
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri()) == ("http://c:1", "http://t:1")


def test_a_broken_file_is_told_at_first_use(session: Path) -> None:
    write_project(session, "tracking_uri = 7")
    with pytest.raises(InvalidParameterValue, match=r"pyproject.toml, line 2"):
        mlflow.start_run()


def test_the_file_names_the_experiment_of_new_runs(session: Path) -> None:
    write_project(session, 'experiment_name = "churn"')
    with mlflow.start_run() as run:
        pass
    assert mlflow.get_experiment(run.info.experiment_id).name == "churn"
    chosen = mlflow.set_experiment("other")
    with mlflow.start_run() as run:
        pass
    assert run.info.experiment_id == chosen.experiment_id


def test_an_experiment_may_be_named_after_repository_and_script(session: Path) -> None:
    root = session / "wines"
    (root / ".git").mkdir(parents=True)
    write_project(root, 'tracking_uri = "sqlite:///runs.db"\nexperiment_name = "{repository}/{script}"')
    run_script(root / "models" / "train.py")
    mlflow.set_tracking_uri(f"sqlite:///{root}/runs.db")
    assert mlflow.get_experiment_by_name("wines/train") is not None


def test_an_unknown_placeholder_is_refused(session: Path) -> None:
    write_project(session, 'experiment_name = "{branch}"')
    with pytest.raises(InvalidParameterValue, match=r"\{branch\}.*\{repository\} and \{script\}"):
        mlflow.start_run()


def test_a_run_elsewhere_than_the_file_says_is_pointed_out(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_project(session, 'tracking_uri = "sqlite:///runs.db"')
    mlflow.set_tracking_uri("sqlite:///other.db")
    for _ in range(2):
        with mlflow.start_run():
            pass
    message = capsys.readouterr().err
    assert message.count(f"but {file} names sqlite:///{session}/runs.db") == 1


def test_a_second_store_of_a_repository_is_pointed_out_once(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir=session) as cache:
        monkeypatch.setenv("XDG_CACHE_HOME", cache)
        root = session / "wines"
        (root / ".git").mkdir(parents=True)
        first, second = root / "a" / "train.py", root / "b" / "train.py"
        other_temporary = {"TMPDIR": cache}
        assert "before" not in run_script(first, **other_temporary).stderr
        assert "before" not in run_script(first, **other_temporary).stderr
        warned = run_script(second, **other_temporary).stderr
        assert f"runs of the project {root} went to sqlite:///{root}/a/mlflow.db before" in warned
        assert f'[tool.mlflow]\n  tracking_uri = "sqlite:///{root}/a/mlflow.db"' in warned
        assert "before" not in run_script(second, **other_temporary).stderr


def test_stores_among_temporary_files_are_not_counted(session: Path) -> None:
    root = session / "wines"
    (root / ".git").mkdir(parents=True)
    temporary = {"TMPDIR": str(session)}
    for name in ("a", "b"):
        assert "before" not in run_script(root / name / "train.py", **temporary).stderr
