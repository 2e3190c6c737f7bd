from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mlflow
from mlflow._base.attribution import user_name
from mlflow._session.source import default_tags, environment_tags, git_tags, source_folder
from mlflow.exceptions import InvalidParameterValue


def test_the_source_is_the_script_as_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["src/train.py", "--epochs", "3"])
    assert default_tags() == {
        "mlflow.user": user_name(),
        "mlflow.source.name": "src/train.py",
        "mlflow.source.type": "LOCAL",
    }


def test_a_script_that_this_user_may_not_see_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "x" * 300  # which no file may have, so that asking for it is an error for everyone
    monkeypatch.setattr(sys, "argv", [name])
    monkeypatch.chdir(tmp_path)

    with pytest.raises(OSError, match="too long"):
        Path(name).stat()
    assert source_folder() == (tmp_path, "interactive")
    assert git_tags() == {}


def test_in_a_notebook_the_source_is_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setenv("JPY_SESSION_NAME", "/work/first.ipynb")
    assert default_tags().items() >= {
        ("mlflow.source.name", "/work/first.ipynb"),
        ("mlflow.source.type", "NOTEBOOK"),
    }
    assert git_tags() == {}


def test_a_script_in_a_repository_has_its_commit_and_state(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = session / "train.py"
    script.write_text("1")
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "train.py"],
        ["-c", "user.name=n", "-c", "user.email=n@x", "commit", "-q", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(session), *arguments], check=True)
    script.write_text("2")
    monkeypatch.setattr(sys, "argv", ["train.py"])
    with mlflow.start_run() as run:
        tags = mlflow.get_run(run.info.run_id).data.tags
    assert len(tags["mlflow.source.git.commit"]) == 40
    assert tags["mlflow.source.git.branch"] == "main"
    assert tags["mlflow.source.git.dirty"] == "true"


def test_code_that_is_no_file_has_no_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["-c"])
    assert git_tags() == {}


def test_tags_of_the_environment_are_a_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"job": 7}')
    assert environment_tags() == {"job": "7"}


@pytest.mark.parametrize("text", ["[1]", "{", "x"])
def test_other_text_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", text)
    with pytest.raises(InvalidParameterValue, match="MLFLOW_RUN_CONTEXT must be a JSON object"):
        environment_tags()
