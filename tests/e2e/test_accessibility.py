"""Every page against the rules that a machine can check (WCAG 2.2 A and AA)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, OpenPage
from tests.e2e.server import Server

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def axe() -> str:
    path = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        from tests.e2e.chromium import npm_ci

        npm_ci(ROOT / "ui")
    return Path(path).read_text()


@pytest.fixture(scope="module")
def pages(server: Server) -> dict[str, str]:
    experiment = server.create_experiment("accessible", team="risk")
    run = server.create_run(
        experiment,
        "calm-owl",
        metrics={"loss": [3, 2, 1], "accuracy": [0.9]},
        params={"lr": "0.1"},
        tags={"mlflow.note.content": "A *note*.", "team": "risk"},
    )
    server.create_run(experiment, "wise-fox", metrics={"loss": [1]}, params={"lr": "0.2"}, status="FAILED")
    server.upload(
        run, "folder/notes.md", b"# Title\n\n- [ ] open\n\n`code` and [link](https://example.org)\n"
    )
    server.upload(run, "data.csv", b"a,b\n1,2\n")
    server.upload(run, "report.json", b'{"a": [1, 2]}')
    empty = server.create_experiment("accessible and empty")
    nested = server.create_experiment("accessible and nested")
    parent = server.create_run(nested, "parent")
    server.create_run(
        nested, "child", metrics={"m": [1]}, params={"p": "x"}, tags={"mlflow.parentRunId": parent}
    )
    model = "accessible"
    server.post("registered-models/create", {"name": model, "tags": [{"key": "team", "value": "risk"}]})
    server.post("model-versions/create", {"name": model, "source": f"runs:/{run}/model", "run_id": run})
    move = {"name": model, "version": "1", "act": "stage", "to": "Production", "reason": "It is read aloud"}
    server.ours("decisions", move)
    server.ours("requests", {"name": model, "version": "1", "to": "@champion", "reason": "So is it"})
    base = f"experiments/{experiment}/runs/{run}"
    return {
        "home": "",
        "runs": f"experiments/{experiment}?sort=-metrics.loss",
        "runs filter error": f"experiments/{experiment}?q=metrics.",
        "empty": f"experiments/{empty}",
        "run": base,
        "metrics": f"{base}/metrics",
        "markdown": f"{base}/artifacts/folder/notes.md",
        "table": f"{base}/artifacts/data.csv",
        "json": f"{base}/artifacts/report.json",
        "tree": f"experiments/{nested}",
        "groups": f"experiments/{nested}?group=p:p",
        "compare": f"compare-runs?runs=[%22{run}%22,%22{parent}%22]",
        "models": "models",
        "model": f"models/{model}",
        "timeline": f"models/{model}/timeline?at=2023-03-14T12:00:00Z",
        "version": f"models/{model}/versions/1",
        "decisions": "decisions",
        "decision": "decisions/1",
        "missing": "nowhere",
    }


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(result => result.violations)",
        TAGS,
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("dark", "width"), [(False, 1440), (True, 1440), (True, 390)], ids=["light", "dark", "dark phone"]
)
def test_no_page_breaks_a_rule(
    server: Server, pages: dict[str, str], open_page: OpenPage, axe: str, *, dark: bool, width: int
) -> None:
    page = open_page(server.url, width=width, dark=dark, touch=width < 600)
    broken = {}
    for name, path in pages.items():
        page.goto(f"{server.url}/#/{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator("[aria-busy=true], [aria-label=Loading]")).to_have_count(0)
        if found := violations(page, axe):
            broken[name] = found
    assert broken == {}


def test_dialogs_and_menus_break_none_either(
    server: Server, pages: dict[str, str], open_page: OpenPage, axe: str
) -> None:
    page = open_page(f"{server.url}/#/{pages['runs']}")
    page.get_by_role("checkbox", name="Select run calm-owl").click()
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Experiment actions").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert violations(page, axe) == []
    page.goto(f"{server.url}/#/{pages['version']}")
    page.get_by_role("button", name="Change stage").click()
    expect(page.get_by_role("region", name="What would come of it")).to_contain_text("moves from Production")
    assert violations(page, axe) == []
