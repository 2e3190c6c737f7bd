"""Who runs what: the tags that say where a run's code came from."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from mlflow._base.attribution import user_name
from mlflow.environment_variables import MLFLOW_RUN_CONTEXT
from mlflow.exceptions import InvalidParameterValue

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_BRANCH = "mlflow.source.git.branch"
GIT_REPO_URL = "mlflow.source.git.repoURL"
GIT_DIRTY = "mlflow.source.git.dirty"


def program_name() -> str:
    """What runs: the path of the script as it was started, `-c`, or the interpreter."""
    return sys.argv[0] if getattr(sys, "argv", None) and sys.argv[0] else sys.executable


def notebook_name() -> str | None:
    """The notebook that runs, `None` outside of one; its path where the front end tells it."""
    if "ipykernel" not in sys.modules:
        return None
    return os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_NOTEBOOK") or "notebook"


def program_file() -> Path | None:
    """The file that runs, `None` if there is none, or if this user may not see it."""
    name = program_name()
    return Path(name) if os.path.isfile(name) else None  # noqa: PTH113 - unlike that of `Path`, it never raises


def source_folder() -> tuple[Path, str]:
    """The folder that the source lies in, and its name without ending; outside of a script the current folder."""
    notebook = notebook_name()
    path = program_file()
    if notebook or path is None or path.resolve() == Path(sys.executable).resolve():
        return Path.cwd(), Path(notebook).stem if notebook else "interactive"
    return path.resolve().parent, path.stem


def default_tags() -> dict[str, str]:
    """User, name and kind of the source."""
    notebook = notebook_name()
    return {
        USER: user_name(),
        SOURCE_NAME: notebook or program_name(),
        SOURCE_TYPE: "NOTEBOOK" if notebook else "LOCAL",
    }


def git_tags() -> dict[str, str]:
    """Commit, branch, remote and state of the repository that the source lies in; empty without one."""
    path = program_file()
    if path is None and not notebook_name():
        return {}
    from mlflow._session.git import git_state

    state = git_state(Path.cwd() if path is None or notebook_name() else path.resolve().parent)
    if state is None:
        return {}
    tags = {
        GIT_COMMIT: state.commit,
        GIT_BRANCH: state.branch,
        GIT_REPO_URL: state.repository_uri,
        GIT_DIRTY: None if state.dirty is None else str(state.dirty).lower(),
    }
    return {key: value for key, value in tags.items() if value is not None}


def environment_tags() -> dict[str, str]:
    """Tags of `MLFLOW_RUN_CONTEXT`, a JSON object; projects and schedulers pass their tags in it.

    Raises:
        InvalidParameterValue: It is not a JSON object.
    """
    text = MLFLOW_RUN_CONTEXT.get()
    if not text:
        return {}
    try:
        tags = json.loads(text)
    except ValueError:
        tags = None
    if not isinstance(tags, dict):
        raise InvalidParameterValue(
            f"The environment variable MLFLOW_RUN_CONTEXT must be a JSON object of tags, got {text[:80]!r}"
        )
    return {str(key): str(value) for key, value in tags.items()}
