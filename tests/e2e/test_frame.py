"""What holds on every page: theme, keys, prefixes, a server that goes away."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, OpenPage
from tests.e2e.server import Server


def test_the_theme_follows_the_system_until_one_is_chosen(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url, dark=True)
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitemradio", name="Light").click()
    expect(root).to_have_attribute("data-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-theme", "light")


def test_the_first_page_is_small_and_the_rest_is_loaded_when_needed(built_ui: None) -> None:
    folder = ROOT / "src" / "mlflow" / "server" / "ui"
    page = (folder / "index.html").read_text()
    first = [folder / name for name in re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css))"', page)]
    others = [
        path
        for path in (folder / "static-files").iterdir()
        if path.suffix in {".js", ".css"} and path not in first
    ]
    assert len(first) >= 3
    assert sum(len(gzip.compress(path.read_bytes())) for path in first) <= 200_000
    assert max(len(gzip.compress(path.read_bytes())) for path in others) <= 150_000


def test_keys_open_help_and_pages_and_escape_closes(server: Server, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/nowhere")
    expect(page.get_by_role("heading", name="No such page")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Experiments", level=1)).to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    expect(page.get_by_role("grid")).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_dialog_gives_the_focus_back(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    button = page.get_by_role("button", name="Create Experiment")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Experiment name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_all_of_it_works_below_a_prefix(own_server: Callable[..., Server], open_page: OpenPage) -> None:
    server = own_server("/team/mlflow")
    experiment = server.create_experiment("prefixed")
    run = server.create_run(experiment, "a run", metrics={"loss": [3, 2, 1]})
    server.upload(run, "notes.txt", b"below a prefix")
    page = open_page(server.url)  # without the slash at the end
    page.get_by_role("link", name="prefixed").last.click()
    page.get_by_role("grid").get_by_role("link", name="a run").click()
    page.get_by_role("link", name="Metrics").click()
    expect(page.get_by_role("img", name="loss, 3 points")).to_be_visible()
    page.get_by_role("link", name="Artifacts").click()
    page.get_by_role("tree").get_by_text("notes.txt").click()
    expect(page.get_by_role("region", name="Text")).to_contain_text("below a prefix")


def test_a_server_that_stops_is_named_and_caught_up_with(
    own_server: Callable[..., Server], open_page: OpenPage
) -> None:
    server = own_server()
    experiment = server.create_experiment("comes and goes")
    server.create_run(experiment, "before", start_ms=1_700_000_000_000)
    page = open_page(f"{server.url}/#/experiments/{experiment}")
    links = page.get_by_role("grid").get_by_role("link")
    expect(links).to_have_text(["before"])
    server.stop()
    expect(page.get_by_text("Not live since")).to_be_visible()
    expect(links).to_have_text(["before"])
    server.start()
    server.create_run(experiment, "after", start_ms=1_700_000_001_000)
    expect(links).to_have_text(["after", "before"])
    expect(page.get_by_text("Not live since")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_only_tables_scroll_sideways(server: Server, open_page: OpenPage, width: int) -> None:
    experiment = server.create_experiment(f"phone {width} with a name that is longer than the screen is wide")
    run = server.create_run(experiment, "r", metrics={"m": [1, 2]}, params={"p": "x" * 200})
    model = f"phone-{width}"
    server.post("registered-models/create", {"name": model})
    server.post("model-versions/create", {"name": model, "source": f"runs:/{run}/model", "run_id": run})
    server.ours("decisions", {"name": model, "version": "1", "act": "stage", "to": "Production"})
    page = open_page(server.url, width=width, height=844, touch=True)
    for path in (
        "",
        f"experiments/{experiment}",
        f"experiments/{experiment}/runs/{run}",
        "models",
        f"models/{model}/timeline",
        f"models/{model}/versions/1",
        "decisions",
    ):
        page.goto(f"{server.url}/#/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        overflow = "[document.documentElement, document.querySelector('main')].map(e => e.scrollWidth - e.clientWidth)"
        assert page.evaluate(overflow) == [0, 0]
