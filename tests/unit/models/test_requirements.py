from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from mlflow.models.environment import MLFLOW_REQUIREMENT
from mlflow.models.requirements import infer_requirements, own_source, pin_differences


def pin(distribution: str) -> str:
    return f"{distribution}=={metadata.version(distribution)}"


@pytest.fixture
def own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_features.py").write_text("import os, yaml\nfrom my_parts import scale\n")
    package = tmp_path / "my_parts"
    package.mkdir()
    (package / "__init__.py").write_text("from . import scale\n")
    (package / "scale.py").write_text("def f():\n    import click\n")
    return tmp_path


def test_packages_are_pinned_by_name_after_mlflow() -> None:
    assert infer_requirements(["scikit-learn", "numpy", "not-installed-at-all"]) == [
        MLFLOW_REQUIREMENT,
        pin("numpy"),
        pin("scikit-learn"),
    ]


def test_modules_are_traced_to_the_distributions_that_bring_them() -> None:
    found = infer_requirements(
        ["numpy"], ["sklearn.linear_model._logistic", "numpy.core", "os.path", "builtins"]
    )
    assert found == [MLFLOW_REQUIREMENT, pin("numpy"), pin("scikit-learn")]


def test_the_imports_of_own_modules_count(own_code: Path) -> None:
    assert own_source("my_features") == own_code / "my_features.py"
    assert infer_requirements([], ["my_features"]) == [
        MLFLOW_REQUIREMENT,
        pin("click"),
        pin("PyYAML").lower(),
    ]


def test_finding_them_runs_nothing(own_code: Path) -> None:
    (own_code / "my_explosion.py").write_text("import click\nraise SystemExit\n")
    assert infer_requirements([], ["my_explosion"]) == [MLFLOW_REQUIREMENT, pin("click")]
    (own_code / "my_mistake.py").write_text("import (")
    assert infer_requirements([], ["my_mistake"]) == [MLFLOW_REQUIREMENT]


def test_headrace_and_mlflow_are_the_first_line_and_no_other() -> None:
    assert infer_requirements(["headrace"], ["mlflow.pyfunc", "__main__"]) == [MLFLOW_REQUIREMENT]


def test_differences_from_the_pins_are_named() -> None:
    numpy = metadata.version("numpy")
    lines = ["mlflow==2.8.0", "numpy==1.0.0", f"{pin('scikit-learn')}", "click", "gone-for-good==1", "# text"]
    assert pin_differences(lines) == [
        f"numpy is {numpy}, was 1.0.0",
        "gone-for-good is not installed, was 1",
    ]
