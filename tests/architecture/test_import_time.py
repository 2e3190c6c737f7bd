"""`import mlflow` loads next to nothing, and a run loads only what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MAX_MODULES = 12
"""Modules that `import mlflow` may load beyond what the interpreter starts with."""

HEAVY = frozenset(
    {
        "boto3",
        "click",
        "cloudpickle",
        "httptools",
        "matplotlib",
        "msgspec",
        "numpy",
        "obstore",
        "pandas",
        "PIL",
        "psycopg",
        "sklearn",
        "skops",
        "starlette",
        "urllib3",
        "uvicorn",
        "yaml",
    }
)
SLOW_STANDARD = frozenset(
    {"asyncio", "dataclasses", "email", "importlib.metadata", "inspect", "json", "logging", "typing"}
)


def imported(code: str, folder: Path, *, bare: bool = True) -> list[str]:
    """Modules that code loads, in a fresh interpreter, beyond those that it starts with."""
    script = f"import os, sys\nbefore = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    source = Path(__file__).parents[2] / "src"
    # Without `site`, whose .pth files load modules of their own.
    options = ["-S"] if bare else []
    done = subprocess.run(
        [sys.executable, *options, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={"PYTHONPATH": str(source), "PATH": ""},
    )
    return done.stdout.splitlines()[-1].split()


def table(code: str) -> str:
    """What the interpreter says that code loads and how long that takes, for the message of a failed test."""
    source = Path(__file__).parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(source)},
    )
    return done.stderr


def test_importing_the_package_loads_few_modules_and_no_heavy_ones(tmp_path: Path) -> None:
    modules = imported("import mlflow", tmp_path)
    assert "mlflow" in modules
    assert len(modules) <= MAX_MODULES, table("import mlflow")
    assert not {name.split(".")[0] for name in modules} & HEAVY, table("import mlflow")
    assert not set(modules) & SLOW_STANDARD, table("import mlflow")


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("mlflow.exceptions", set()),
        ("mlflow.entities", set()),
        ("mlflow.tracking", set()),
        ("mlflow.client", {"msgspec"}),  # points of metrics are structs
    ],
)
def test_public_modules_load_nothing_heavy(tmp_path: Path, module: str, needed: set[str]) -> None:
    modules = imported(f"import {module}", tmp_path, bare=not needed)
    assert {name.split(".")[0] for name in modules} & HEAVY <= needed, table(f"import {module}")


def test_logging_a_run_loads_no_heavy_module_but_the_codec(tmp_path: Path) -> None:
    code = (
        "import mlflow\nwith mlflow.start_run():\n    mlflow.log_param('p', 1)\n    mlflow.log_metric('m', 1)"
    )
    modules = imported(code, tmp_path, bare=False)
    assert {name.split(".")[0] for name in modules} & HEAVY <= {"msgspec"}
