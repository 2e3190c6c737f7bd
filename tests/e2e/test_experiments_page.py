"""The home page: all experiments."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.server import Server


def test_an_empty_server_shows_the_code_that_fills_it(
    own_server: Callable[..., Server], open_page: OpenPage
) -> None:
    server = own_server()
    page = open_page(server.url)
    expect(page.get_by_role("heading", name="Log your first run")).to_be_visible()
    expect(page.get_by_role("region", name="Code")).to_contain_text(
        f'mlflow.set_tracking_uri("{server.url}")'
    )
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert server.url in page.evaluate("navigator.clipboard.readText()")


def test_typing_a_name_leaves_the_experiments_that_have_it(server: Server, open_page: OpenPage) -> None:
    server.create_experiment("search/churn", team="crm")
    server.create_experiment("search/fraud")
    page = open_page(server.url)
    page.get_by_label("Filter by name").fill("SEARCH/ch")
    grid = page.get_by_role("grid", name="Experiments")
    expect(grid.get_by_role("link")).to_have_text(["search/churn"])
    expect(grid).to_contain_text("team: crm")
    assert "q=SEARCH/ch" in page.url
    page.get_by_label("Filter by name").fill("no such thing")
    expect(page.get_by_role("heading", name="No experiments match")).to_be_visible()
    page.get_by_role("button", name="Clear filter").click()
    expect(grid).to_contain_text("search/fraud")


def test_create_experiment_opens_it_with_its_id_to_copy(server: Server, open_page: OpenPage) -> None:
    page = open_page(server.url)
    page.get_by_role("button", name="Create Experiment").click()
    dialog = page.get_by_role("dialog", name="Create Experiment")
    expect(dialog.get_by_label("Experiment name")).to_be_focused()
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("A name is needed.")
    dialog.get_by_label("Experiment name").fill("Default")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Default")
    dialog.get_by_label("Experiment name").fill("created by hand")
    dialog.get_by_label("Description").fill("Made in a **browser**.")
    dialog.get_by_label("Tags").fill("team = risk")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="created by hand", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="No runs yet")).to_be_visible()
    page.get_by_role("button", name="Copy experiment ID").click()
    expect(page.get_by_role("button", name="Copied").first).to_be_visible()
    made = server.get(f"experiments/get?experiment_id={page.evaluate('navigator.clipboard.readText()')}")
    tags = {tag["key"]: tag["value"] for tag in made["experiment"]["tags"]}
    assert made["experiment"]["name"] == "created by hand"
    assert tags == {"team": "risk", "mlflow.note.content": "Made in a **browser**."}


def test_rename_delete_undo_and_restore(server: Server, open_page: OpenPage) -> None:
    server.create_experiment("lifecycle/one")
    page = open_page(f"{server.url}/#/experiments?q=lifecycle")
    grid = page.get_by_role("grid", name="Experiments")
    page.get_by_role("button", name="Actions for lifecycle/one").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("lifecycle/uno")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(grid.get_by_role("link")).to_have_text(["lifecycle/uno"])

    page.get_by_role("checkbox", name="Select experiment lifecycle/uno").click()
    bar = page.get_by_role("toolbar", name="Selected experiments")
    bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("lifecycle/uno moved to the trash")).to_be_visible()
    expect(page.get_by_role("heading", name="No experiments match")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(grid.get_by_role("link")).to_have_text(["lifecycle/uno"])

    page.get_by_role("button", name="Actions for lifecycle/uno").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("heading", name="No experiments match")).to_be_visible()
    page.get_by_role("button", name="Trash").click()
    page.get_by_role("checkbox", name="Select experiment lifecycle/uno").click()
    bar.get_by_role("button", name="Restore").click()
    page.get_by_role("button", name="Active").click()
    expect(grid.get_by_role("link")).to_have_text(["lifecycle/uno"])


def test_the_runs_of_several_experiments_stand_in_one_table(server: Server, open_page: OpenPage) -> None:
    for name in ("several/a", "several/b"):
        server.create_run(server.create_experiment(name), f"run of {name}", metrics={"acc": [0.5]})
    page = open_page(f"{server.url}/#/experiments?q=several/")
    for name in ("several/a", "several/b"):
        page.get_by_role("checkbox", name=f"Select experiment {name}").click()
    page.get_by_role("link", name="Compare the runs of 2").click()
    expect(page.get_by_role("heading", name="Runs of 2 experiments")).to_be_visible()
    grid = page.get_by_role("grid", name="Runs")
    expect(grid.get_by_role("columnheader", name="Experiment")).to_be_visible()
    expect(grid).to_contain_text("run of several/a")
    expect(grid).to_contain_text("run of several/b")
