"""The three environment files of a model folder, and what users ask for in them."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.version import API_LEVEL

REQUIREMENTS_FILE_NAME = "requirements.txt"
CONSTRAINTS_FILE_NAME = "constraints.txt"
CONDA_FILE_NAME = "conda.yaml"
PYTHON_ENV_FILE_NAME = "python_env.yaml"

MLFLOW_REQUIREMENT = f"mlflow=={API_LEVEL}"
"""The first requirement of every model. MLflow's own tools read it; ours take Headrace for it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"^Version:[ \t]*(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class EnvironmentRequest:
    """What a user asked the environment of a model to be; at most one of the three.

    Attributes:
        conda_env: A conda environment: its dictionary, or the path of its YAML file.
        pip_requirements: All requirements: a list, or the path of a requirements file.
        extra_pip_requirements: Requirements beside the inferred ones, likewise.
    """

    conda_env: dict[str, Any] | str | Path | None = None
    pip_requirements: Iterable[str] | str | Path | None = None
    extra_pip_requirements: Iterable[str] | str | Path | None = None

    def __post_init__(self) -> None:
        given = (self.conda_env, self.pip_requirements, self.extra_pip_requirements)
        if sum(value is not None for value in given) > 1:
            raise ValueError(
                "Only one of `conda_env`, `pip_requirements`, and `extra_pip_requirements` can be specified"
            )
        for argument in ("pip_requirements", "extra_pip_requirements"):
            _check_requirements(getattr(self, argument), argument)

    @property
    def is_inferred(self) -> bool:
        """Whether what the model needs has to be found out."""
        return self.conda_env is None and self.pip_requirements is None


@dataclass(frozen=True)
class Environment:
    """The environment of a model.

    Attributes:
        requirements: Lines of `requirements.txt`.
        constraints: Lines of `constraints.txt`; none, no file.
        conda: Content of `conda.yaml`.
    """

    requirements: list[str]
    constraints: list[str] = field(default_factory=list)
    conda: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Writes the files into a model folder."""
        python = {
            "python": platform.python_version(),
            "build_dependencies": _build_dependencies(),
            "dependencies": [f"-r {REQUIREMENTS_FILE_NAME}"],
        }
        (folder / CONDA_FILE_NAME).write_text(as_yaml(self.conda), encoding="utf-8")
        (folder / PYTHON_ENV_FILE_NAME).write_text(as_yaml(python), encoding="utf-8")
        (folder / REQUIREMENTS_FILE_NAME).write_text("\n".join(self.requirements), encoding="utf-8")
        if self.constraints:
            (folder / CONSTRAINTS_FILE_NAME).write_text("\n".join(self.constraints), encoding="utf-8")


def resolve_environment(request: EnvironmentRequest, infer: Callable[[], list[str]]) -> Environment:
    """The environment that a request stands for.

    Args:
        request: What the user asked for.
        infer: Gives the inferred requirements; called only when the user did not name all of them.

    Raises:
        MlflowException: A file that is named is missing, or is no environment.
        TypeError: The requirements are neither a path nor a list of text.
    """
    if request.conda_env is not None:
        return _from_conda(_conda_of(request.conda_env))
    if request.pip_requirements is not None:
        lines, constraints = _read_requirements(request.pip_requirements, "pip_requirements")
    else:
        lines, constraints = infer(), []
        if request.extra_pip_requirements is not None:
            extra, constraints = _read_requirements(request.extra_pip_requirements, "extra_pip_requirements")
            lines = _with_extra(lines, extra)
    lines = _with_mlflow(lines)
    if constraints:
        lines = [*lines, f"-c {CONSTRAINTS_FILE_NAME}"]
    return Environment(lines, constraints, conda_environment(lines))


def as_yaml(content: dict[str, Any]) -> str:
    """The text of an environment file."""
    import yaml

    text: str = yaml.safe_dump(content, default_flow_style=False, sort_keys=False)
    return text


def conda_environment(requirements: list[str]) -> dict[str, Any]:
    """A conda environment with this Python and these pip requirements."""
    return {
        "channels": ["conda-forge"],
        "dependencies": [f"python={platform.python_version()}", _conda_pip(), {"pip": requirements}],
        "name": "mlflow-env",
    }


def changed_requirements(lines: list[str], operation: str, given: list[str]) -> list[str]:
    """The requirements with others added or removed, in their order.

    Args:
        lines: Lines of `requirements.txt`.
        operation: `add`, which replaces a requirement for the same distribution, or `remove`.
        given: Requirements to add; names of distributions, with or without a version, to remove.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: another operation, or a text that is no requirement.
    """
    if operation not in ("add", "remove"):
        raise InvalidParameterValue(f"The operation is 'add' or 'remove', not {operation!r}")
    wrong = [line for line in given if "://" not in line and requirement_name(line.strip()) is None]
    if wrong:
        raise InvalidParameterValue(f"Found invalid requirements: {wrong}")
    by_name = {requirement_name(line.strip()) or line.strip(): line.strip() for line in given}
    if operation == "remove":
        return [line for line in lines if (requirement_name(line) or line) not in by_name]
    kept = [by_name.pop(requirement_name(line) or line, line) for line in lines]
    return [*kept, *by_name.values()]


def with_pip_requirements(conda: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    """A conda environment whose pip requirements are these."""
    rest = [
        item for item in conda.get("dependencies") or [] if not (isinstance(item, dict) and "pip" in item)
    ]
    return {**conda, "dependencies": [*rest, {"pip": lines}]}


def requirement_name(requirement: str) -> str | None:
    """Name of the distribution that a requirement is for, normalised; `None` for an option or URL."""
    match = _NAME.match(requirement)
    if match is None or "://" in requirement.split(" ", 1)[0]:
        return None
    return normalized(match[0])


def normalized(name: str) -> str:
    """Name of a distribution in the form that compares equal however it is spelled (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _with_mlflow(lines: list[str]) -> list[str]:
    names = {requirement_name(line) for line in lines}
    return lines if names & {"mlflow", "mlflow-skinny", "headrace"} else [MLFLOW_REQUIREMENT, *lines]


def _with_extra(lines: list[str], extra: list[str]) -> list[str]:
    """What the user adds replaces what was inferred for the same distribution."""
    replaced = {requirement_name(line) for line in extra}
    return [*(line for line in lines if requirement_name(line) not in replaced), *extra]


def _check_requirements(given: object, argument: str) -> None:
    is_list = isinstance(given, list | tuple | set) and all(isinstance(line, str) for line in given)
    if given is not None and not is_list and not isinstance(given, str | Path):
        raise TypeError(
            f"`{argument}` must be either a string path to a pip requirements file on the local filesystem "
            f"or an iterable of pip requirement strings, but got `{type(given)}`"
        )


def _read_requirements(
    given: Iterable[str] | str | Path, argument: str, base: Path | None = None
) -> tuple[list[str], list[str]]:
    """Requirement lines and constraint lines, with included files read in."""
    if isinstance(given, str | Path):
        file = Path(given)
        if not file.is_file():
            raise InvalidParameterValue(
                f"`{argument}` names the requirements file {str(given)!r}, which does not exist. "
                "A single requirement goes into a list."
            )
        lines, base = file.read_text(encoding="utf-8").splitlines(), file.parent
    else:
        lines = list(given)
    requirements: list[str] = []
    constraints: list[str] = []
    for line in lines:
        text = re.sub(r"(^|\s)#.*$", "", line).strip()
        option, _, value = text.partition(" ")
        if option in ("-r", "--requirement", "-c", "--constraint"):
            inner, inner_constraints = _read_requirements((base or Path()) / value.strip(), argument)
            (requirements if option in ("-r", "--requirement") else constraints).extend(inner)
            constraints.extend(inner_constraints)
        elif text:
            requirements.append(text)
    return requirements, constraints


def _conda_of(given: dict[str, Any] | str | Path) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    import yaml

    file = Path(given)
    if not file.is_file():
        raise InvalidParameterValue(f"`conda_env` names the file {str(given)!r}, which does not exist")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise InvalidParameterValue(f"The file {str(given)!r} is no conda environment")
    return content


def _from_conda(conda: dict[str, Any]) -> Environment:
    dependencies = list(conda.get("dependencies") or [])
    lines: list[str] = []
    rest = []
    for item in dependencies:
        if isinstance(item, dict) and "pip" in item:
            lines.extend(item["pip"])
        else:
            rest.append(item)
    named = {requirement_name(item) for item in rest if isinstance(item, str)}
    if "mlflow" not in named:
        lines = _with_mlflow(lines)
    return Environment(lines, [], with_pip_requirements(conda, lines))


@cache
def _build_dependencies() -> list[str]:
    found = []
    for name in ("pip", "setuptools", "wheel"):
        version = installed_version(name)
        found.append(f"{name}=={version}" if version else name)
    return found


def _conda_pip() -> str:
    version = installed_version("pip")
    return f"pip<={version}" if version else "pip"


def installed_version(distribution: str) -> str | None:
    """Version of an installed distribution without its local part; `None` when it is not installed."""
    try:
        text = metadata.distribution(distribution).read_text("METADATA")
    except metadata.PackageNotFoundError:
        return None
    # `metadata.version` parses all of the file as an e-mail, which takes longer than the rest of loading a model.
    found = _VERSION.search(text or "")
    return (found[1] if found is not None else metadata.version(distribution)).split("+")[0]


def python_version() -> str:
    """Version of the running Python."""
    return ".".join(map(str, sys.version_info[:3]))
