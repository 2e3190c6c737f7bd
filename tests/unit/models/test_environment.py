from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.environment import (
    MLFLOW_REQUIREMENT,
    EnvironmentRequest,
    requirement_name,
    resolve_environment,
)

INFERRED = [MLFLOW_REQUIREMENT, "numpy==2.0.0", "scikit-learn==1.7.0"]


def requirements(**request: Any) -> list[str]:
    return resolve_environment(EnvironmentRequest(**request), lambda: list(INFERRED)).requirements


def test_without_a_request_the_inferred_requirements_are_taken(tmp_path: Path) -> None:
    resolve_environment(EnvironmentRequest(), lambda: INFERRED).write(tmp_path)
    assert (tmp_path / "requirements.txt").read_text() == "\n".join(INFERRED)
    conda = yaml.safe_load((tmp_path / "conda.yaml").read_text())
    assert conda["channels"] == ["conda-forge"]
    assert conda["name"] == "mlflow-env"
    assert conda["dependencies"][0] == f"python={platform.python_version()}"
    assert conda["dependencies"][2] == {"pip": INFERRED}
    python = yaml.safe_load((tmp_path / "python_env.yaml").read_text())
    assert python["python"] == platform.python_version()
    assert python["dependencies"] == ["-r requirements.txt"]
    assert [line.partition("==")[0] for line in python["build_dependencies"]] == [
        "pip",
        "setuptools",
        "wheel",
    ]
    assert not (tmp_path / "constraints.txt").exists()


def test_a_list_of_requirements_replaces_the_inferred_ones() -> None:
    assert requirements(pip_requirements=["scikit-learn", "foo==1"]) == [
        MLFLOW_REQUIREMENT,
        "scikit-learn",
        "foo==1",
    ]
    assert requirements(pip_requirements=[]) == [MLFLOW_REQUIREMENT]
    assert requirements(pip_requirements=["mlflow==2.8.0", "x"]) == ["mlflow==2.8.0", "x"]


def test_requirements_are_read_from_files_and_the_files_they_name(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("pandas  # frames\n\n# nothing\n")
    (tmp_path / "limits.txt").write_text("numpy<9\n")
    (tmp_path / "requirements.txt").write_text("mlflow==2.8.0\n-r base.txt\n-c limits.txt\n")
    found = resolve_environment(
        EnvironmentRequest(pip_requirements=str(tmp_path / "requirements.txt")), lambda: INFERRED
    )
    assert found.requirements == ["mlflow==2.8.0", "pandas", "-c constraints.txt"]
    found.write(tmp_path)
    assert (tmp_path / "constraints.txt").read_text() == "numpy<9"


def test_what_the_user_adds_replaces_what_was_inferred_for_it() -> None:
    assert requirements(extra_pip_requirements=["numpy<2", "foo"]) == [
        MLFLOW_REQUIREMENT,
        "scikit-learn==1.7.0",
        "numpy<2",
        "foo",
    ]


def test_a_conda_environment_is_kept_with_mlflow_added(tmp_path: Path) -> None:
    conda = {"channels": ["defaults"], "dependencies": ["python=3.9", {"pip": ["scikit-learn==1.3.0"]}]}
    (tmp_path / "conda.yaml").write_text(yaml.safe_dump(conda))
    for given in (conda, str(tmp_path / "conda.yaml")):
        found = resolve_environment(EnvironmentRequest(conda_env=given), lambda: INFERRED)
        assert found.requirements == [MLFLOW_REQUIREMENT, "scikit-learn==1.3.0"]
        assert found.conda == {
            "channels": ["defaults"],
            "dependencies": ["python=3.9", {"pip": found.requirements}],
        }


def test_only_one_request_at_a_time() -> None:
    with pytest.raises(ValueError, match="Only one of `conda_env`"):
        EnvironmentRequest(pip_requirements=["x"], extra_pip_requirements=["y"])


def test_what_is_no_request_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="`pip_requirements` must be either a string path"):
        EnvironmentRequest(pip_requirements=3)  # type: ignore[arg-type]  # refused
    with pytest.raises(InvalidParameterValue, match="A single requirement goes into a list"):
        requirements(pip_requirements="scikit-learn")
    with pytest.raises(InvalidParameterValue, match="does not exist"):
        requirements(conda_env=str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Scikit_Learn==1", "scikit-learn"),
        ("foo[bar]>=1 ; python_version<'4'", "foo"),
        ("-c constraints.txt", None),
        ("https://example.org/x.whl", None),
    ],
)
def test_the_name_of_a_requirement(requirement: str, name: str | None) -> None:
    assert requirement_name(requirement) == name
