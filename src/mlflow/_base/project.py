"""What the file of a project says: the table `[tool.mlflow]` of the nearest `pyproject.toml` that has one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mlflow.exceptions import InvalidParameterValue

FILE_NAME = "pyproject.toml"
_KEYS = ("tracking_uri", "registry_uri", "experiment_name")


class Project(NamedTuple):
    """Settings of a project.

    Attributes:
        file: The file that they stand in. Relative places are taken from its folder.
        tracking_uri: URI of the tracking store, as it stands there.
        registry_uri: URI of the model registry, as it stands there.
        experiment_name: Name of the experiment of new runs. `{repository}` and `{script}` stand for the names of
            the repository and of the script.
    """

    file: Path
    tracking_uri: str | None = None
    registry_uri: str | None = None
    experiment_name: str | None = None


def find_project(folder: Path) -> Project | None:
    """Settings of the project that a folder lies in; `None` where no file around it has any.

    Raises:
        InvalidParameterValue: The file cannot be read, or says what is no setting.
    """
    for around in (folder, *folder.parents):
        file = around / FILE_NAME
        try:
            content = file.read_bytes()
        except OSError:  # there is none, or none for us
            continue
        # The parser is loaded for files only that may have the table.
        if b"mlflow" in content and (found := _read(file, content)) is not None:
            return found
    return None


def _read(file: Path, content: bytes) -> Project | None:
    import tomllib

    try:
        text = content.decode("utf-8")
        document = tomllib.loads(text)
    except ValueError as error:  # says the line
        raise InvalidParameterValue(f"The project file {file} cannot be read: {error}") from None
    tools = document.get("tool")
    table = tools.get("mlflow") if isinstance(tools, Mapping) else None
    if table is None:
        return None
    if not isinstance(table, Mapping):
        raise _wrong(file, text, "mlflow", "[tool.mlflow] is a table")
    for key, value in table.items():
        if key not in _KEYS:
            from difflib import get_close_matches

            close = get_close_matches(key, _KEYS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(_KEYS)
            raise _wrong(file, text, key, f"[tool.mlflow] has no setting {key!r}; it has {known}.{hint}")
        if not isinstance(value, str) or not value.strip():
            raise _wrong(file, text, key, f"{key!r} in [tool.mlflow] is a text that is not empty")
    return Project(file, **table)


def _wrong(file: Path, text: str, key: str, what: str) -> InvalidParameterValue:
    pattern = re.compile(rf"\s*(?:tool\s*\.\s*mlflow\s*\.\s*)?[\"']?{re.escape(key)}[\"']?\s*=")
    lines = text.splitlines()
    number = next((i for i, line in enumerate(lines, 1) if pattern.match(line)), None)
    place = "" if number is None else f", line {number}"
    return InvalidParameterValue(f"{file}{place}: {what}")
