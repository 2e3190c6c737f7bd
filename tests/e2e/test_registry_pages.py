"""Models, their versions, and the ledger of decisions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.server import Server

MLMODEL = b"""artifact_path: model
signature:
  inputs: '[{"name": "amount", "type": "double"}]'
  outputs: '[{"type": "double"}]'
"""
POLICY = """
policies:
  - models: "guarded"
    to: [Production]
    require:
      reason: true
      metrics:
        - {name: auc, min: 0.9}
  - models: "agreed"
    to: [Production]
    require: {approvals: 1}
"""


def run_with_model(server: Server, name: str, auc: float) -> str:
    experiments = server.get("experiments/search?max_results=100")["experiments"]
    found = [each["experiment_id"] for each in experiments if each["name"] == "registered"]
    experiment = found[0] if found else server.create_experiment("registered")
    history = '[{"artifact_path": "model", "flavors": {}}]'
    run = server.create_run(
        experiment, name, metrics={"auc": [auc]}, tags={"mlflow.log-model.history": history}
    )
    server.upload(run, "model/MLmodel", MLMODEL)
    return run


@pytest.fixture
def register(server: Server) -> Callable[[str, float], str]:
    """Registers the model of a new run as the next version."""

    def register(name: str, auc: float) -> str:
        run = run_with_model(server, f"run of {name} {auc}", auc)
        made = server.post(
            "model-versions/create", {"name": name, "source": f"runs:/{run}/model", "run_id": run}
        )
        return str(made["model_version"]["version"])

    return register


def decide(page: Page, button: str, *, reason: str, name: str = "") -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    if name:
        dialog.get_by_label("Your name").fill(name)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_model_is_registered_from_its_run_moved_and_rolled_back(
    server: Server, open_page: OpenPage, register: Callable[[str, float], str]
) -> None:
    run = run_with_model(server, "first run", 0.91)
    page = open_page(f"{server.url}/#/runs/{run}")
    page.get_by_role("button", name="Register Model").click()
    dialog = page.get_by_role("dialog", name="Register Model")
    dialog.get_by_role("button", name="Create New Model").click()
    expect(dialog.get_by_role("alert")).to_have_text("A name is needed.")
    dialog.get_by_label("Model name").fill("fraud")
    dialog.get_by_label("Your name").fill("ada")
    dialog.get_by_role("button", name="Create New Model").click()
    page.get_by_role("link", name="fraud version 1").click()

    # What it is: its numbers, its signature, where it comes from.
    main = page.get_by_role("main")
    expect(page.get_by_role("heading", level=1)).to_have_text("fraud Version 1")
    expect(page.get_by_role("region", name="Signature")).to_contain_text("amount")
    expect(page.get_by_role("region", name="Lineage")).to_contain_text("first run")
    expect(page.get_by_role("region", name="Files")).to_contain_text("MLmodel")
    page.get_by_label("Add a comment").fill("Looks **good**")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("list", name="Comments")).to_contain_text("ada")
    expect(page.get_by_role("list", name="Comments").locator("strong", has_text="good")).to_be_visible()
    # What would come of a move is said before it is made.
    page.get_by_role("button", name="Change stage").click()
    dialog = page.get_by_role("dialog", name="Move version 1")
    dialog.get_by_label("Stage").select_option("Production")
    expect(dialog).to_contain_text("Version 1 moves from None to Production.")
    decide(page, "Move v1 to Production", reason="Passed the review")
    expect(page.get_by_role("region", name="Decision state")).to_contain_text("Passed the review")
    expect(page.get_by_role("region", name="Decision state")).to_contain_text("Yes: it is in Production")
    page.get_by_role("button", name="Version actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("needs it").or_(page.get_by_text("it is in Production")).last).to_be_visible()

    # The next one takes its place, then gives it back.
    register("fraud", 0.95)
    page.goto(f"{server.url}/#/models/fraud/versions/2")
    expect(page.get_by_role("region", name="Against production")).to_contain_text("+0.04")
    page.get_by_role("button", name="Change stage").click()
    page.get_by_role("dialog").get_by_label("Stage").select_option("Production")
    expect(page.get_by_role("dialog")).to_contain_text("Version 1 moves from Production to Archived.")
    decide(page, "Move v2 to Production", reason="Better on the holdout")
    page.get_by_role("link", name="fraud", exact=True).last.click()
    now = page.get_by_role("list", name="Now")
    expect(now).to_contain_text("Version 2")
    expect(now).to_contain_text("ada: “Better on the holdout”")
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("dialog")).to_contain_text("Version 1 moves from Archived to Production.")
    decide(page, "Roll back Production", reason="Alert storm")
    expect(now).to_contain_text("Version 1")
    page.get_by_role("button", name="Actions for version 2").click()
    page.get_by_role("menuitem", name="Point an alias here").click()
    page.get_by_role("dialog").get_by_label("Alias").fill("challenger")
    decide(page, "Point @challenger to v2", reason="Shadow traffic")
    expect(now).to_contain_text("@challenger")

    # Who, when, why: all of it stays.
    page.get_by_role("link", name="Decisions").last.click()
    events = page.get_by_role("region", name="Decisions")
    for text in ("Passed the review", "Better on the holdout", "Alert storm", "Shadow traffic"):
        expect(events).to_contain_text(text)
    page.get_by_role("link", name="Timeline").click()
    held = page.get_by_role("region", name="Tenures").get_by_role("row", name="Production")
    expect(held).to_have_count(3)
    expect(held.first).to_contain_text("now")
    expect(main).to_contain_text("Alert storm")


def test_a_policy_says_what_is_missing_and_others_agree(
    server: Server, open_page: OpenPage, register: Callable[[str, float], str]
) -> None:
    for name in ("guarded", "agreed"):
        server.post("registered-models/create", {"name": name})
        register(name, 0.85)
    server.ours("policy", {"text": POLICY})
    page = open_page(f"{server.url}/#/models/guarded")
    page.get_by_role("button", name="Actions for version 1").click()
    page.get_by_role("menuitem", name="Move to Production").click()
    dialog = page.get_by_role("dialog")
    outcome = dialog.get_by_role("region", name="What would come of it")
    expect(outcome).to_contain_text("Metric auc: not met, 0.85. It must be at least 0.9")
    expect(dialog.get_by_role("button", name="Move v1 to Production")).to_be_disabled()
    dialog.get_by_label("Reason").fill("I want to")
    expect(outcome).to_contain_text("A reason: met")
    page.keyboard.press("Escape")

    page.goto(f"{server.url}/#/models/agreed/versions/1")
    page.get_by_role("button", name="Change stage").click()
    dialog.get_by_label("Stage").select_option("Production")
    dialog.get_by_label("Your name").fill("ada")
    expect(outcome).to_contain_text("Approvals: not met")
    decide(page, "Request approval", reason="Ready")
    waiting = page.get_by_role("region", name="Waiting for an answer")
    expect(waiting).to_contain_text("“Ready” ada")
    # Nobody agrees with themselves; somebody else does, and it moves.
    expect(waiting.get_by_role("button", name="Approve")).to_have_count(0)
    other = open_page(f"{server.url}/#/models")
    asked = other.get_by_role("region", name="Waiting for an answer").get_by_role("listitem")
    asked.filter(has_text="agreed v1").get_by_role("button", name="Approve").click()
    decide(other, "Approve", reason="Looked at the report", name="bob")
    expect(other.get_by_role("row", name="agreed")).to_contain_text("by bob")
    other.get_by_role("row", name="agreed").get_by_role("link", name="agreed").click()
    expect(other.get_by_role("list", name="Now")).to_contain_text("Production")
    server.ours("policy", {"text": ""})


def test_the_ledger_answers_and_is_verified(own_server: Callable[..., Server], open_page: OpenPage) -> None:
    server = own_server()
    server.post("registered-models/create", {"name": "credit"})
    for number in (1, 2):
        server.post("model-versions/create", {"name": "credit", "source": f"s3://m/{number}"})
        order = {"name": "credit", "version": str(number), "act": "stage", "to": "Production"}
        server.ours("decisions", {**order, "archive_existing": True, "reason": f"Reason {number}"})
    page = open_page(f"{server.url}/#/decisions")
    events = page.get_by_role("region", name="Decisions")
    expect(events.get_by_role("row")).to_have_count(7)
    page.get_by_role("search", name="Filter decisions").get_by_role(
        "combobox", name="Decision"
    ).select_option("Moved")
    expect(events.get_by_role("row")).to_have_count(4)
    assert "act=transition_stage" in page.url
    page.get_by_role("button", name="Clear filter").first.click()
    expect(events.get_by_role("row")).to_have_count(7)
    # The question of an auditor.
    form = page.get_by_role("form", name="Ask the ledger")
    form.get_by_label("Model").fill("credit")
    form.get_by_label("Date and time").fill("2100-01-01T00:00")
    form.get_by_role("button", name="Ask").click()
    expect(form.get_by_role("status")).to_contain_text("Version 2, since")
    expect(form.get_by_role("status")).to_contain_text("Reason 2")
    form.get_by_label("Date and time").fill("2001-01-01T00:00")
    form.get_by_role("button", name="Ask").click()
    expect(form).to_contain_text("credit")
    page.get_by_role("button", name="Verify all").click()
    expect(page.get_by_text("Verified to #6")).to_be_visible()
    events.get_by_role("link", name="#6").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("#6 Moved version")
    expect(page.get_by_role("region", name="Proof")).to_contain_text("6 events")


def test_nothing_yet_and_nothing_there(own_server: Callable[..., Server], open_page: OpenPage) -> None:
    server = own_server()
    page = open_page(f"{server.url}/#/models")
    expect(page.get_by_role("heading", name="No models yet")).to_be_visible()
    page.get_by_role("button", name="Create Model").click()
    page.get_by_label("Model name").fill("churn weekly model")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="No versions yet")).to_be_visible()
    expect(page).to_have_title("churn weekly model · Models · Headrace")
    page.goto(f"{server.url}/#/decisions?actor=nobody")
    expect(page.get_by_role("heading", name="No decisions match")).to_be_visible()
    for path, heading in (
        ("models/nobody", "No such model"),
        ("models/churn%20weekly%20model/versions/9", "No such version"),
        ("decisions/99", "No such decision"),
    ):
        page.goto(f"{server.url}/#/{path}")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_runs_are_compared_side_by_side(server: Server, open_page: OpenPage) -> None:
    experiment = server.create_experiment("compared")
    for index in range(3):
        server.create_run(
            experiment,
            f"c{index}",
            metrics={"acc": [0.5 + index / 10]},
            params={"lr": str(index), "seed": "42"},
        )
    page = open_page(f"{server.url}/#/experiments/{experiment}")
    for name in ("c0", "c2"):
        page.get_by_role("checkbox", name=f"Select run {name}").click()
    page.get_by_role("toolbar").get_by_role("link", name="Compare").click()
    table = page.get_by_role("region", name="Comparison")
    expect(table.get_by_role("row", name="acc")).to_contain_text("0.7")
    expect(table.get_by_role("row", name="seed")).to_have_count(0)
    expect(page.get_by_text("1 equal row hidden")).to_be_visible()
    page.get_by_label("Show differences only").uncheck()
    expect(table.get_by_role("row", name="seed")).to_contain_text("42")
    assert "all=1" in page.url
