"""One run."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.server import Server

NOW = int(time.time() * 1000)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGP4z8CAFWEXHbQSAGJ4P8GYUsAgAAAAAElFTkSuQmCC"
)
HOSTILE = b"""<h1>Report</h1><img src="http://203.0.113.9/beacon.png">
<script>parent.document.title = "stolen"; document.body.textContent = "ran";</script>"""


@pytest.fixture(scope="module")
def experiment(server: Server) -> str:
    return server.create_experiment("one run")


@pytest.fixture(scope="module")
def forest(server: Server, experiment: str) -> str:
    """A run as a training script leaves it: numbers, curves, a picture, the script, a table, a model."""
    run = server.create_run(
        experiment,
        "random forest",
        metrics={
            "accuracy": [0.93712],
            "train/loss": [1 / (step + 1) for step in range(200)],
            "train/grad": [0.5, "NaN", 0.25, "Infinity", 0.125],
        },
        params={"n_estimators": "100", "criterion": "gini", "note": ""},
        tags={
            "team": "risk",
            "mlflow.source.name": "/home/ada/train.py",
            "mlflow.source.git.commit": "0f3e9a2b7c6d5e4f",
            "mlflow.source.git.dirty": "true",
        },
        start_ms=NOW,
    )
    dataset = {"name": "cards", "digest": "abc123", "source_type": "local", "source": "{}"}
    context = [{"key": "mlflow.data.context", "value": "training"}]
    server.post("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": dataset, "tags": context}]})
    files = {
        "plots/confusion matrix.png": PNG,
        "train.py": b"import mlflow\n\nmlflow.log_metric('accuracy', 0.93712)\n",
        "report.json": b'{"classes": {"fraud": {"f1": 0.91}}}',
        "data.csv": b'id,name\n1,"A, B"\n2,C\n',
        "notes.md": b"# Notes\n\nSome *text* <b>bold</b> [evil](javascript:alert(1))\n",
        "model/MLmodel": b"artifact_path: model\nflavors:\n  python_function: {}\n",
        "model/model.pkl": b"\x80\x04\x95\x00\x01",
        "hostile.html": HOSTILE,
    }
    for path, content in files.items():
        server.upload(run, path, content)
    return run


@pytest.fixture
def open_run(server: Server, experiment: str, forest: str, open_page: OpenPage) -> Callable[[str], Page]:
    def open_run(rest: str) -> Page:
        return open_page(f"{server.url}/#/experiments/{experiment}/runs/{forest}{rest}")

    return open_run


def test_the_overview_has_the_numbers_and_where_they_come_from(open_run: Callable[[str], Page]) -> None:
    page = open_run("")
    expect(page.get_by_role("heading", name="random forest", level=1)).to_be_visible()
    expect(page.get_by_role("row", name="accuracy")).to_contain_text("0.9371")
    expect(page.get_by_role("row", name="train/grad")).to_contain_text("0.125")
    expect(page.get_by_role("row", name="n_estimators")).to_contain_text("100")
    expect(page.get_by_role("row", name="note")).to_contain_text('""')
    main = page.get_by_role("main")
    for text in ("cards", "training", "/home/ada/train.py", "0f3e9a2b7c", "dirty tree", "finished"):
        expect(main).to_contain_text(text)
    page.get_by_role("button", name="Copy parameters").click()
    page.get_by_role("menuitem", name="As JSON").click()
    expect(page.get_by_text("Parameters copied as JSON")).to_be_visible()
    assert '"n_estimators": "100"' in page.evaluate("navigator.clipboard.readText()")


def test_tags_and_description_are_edited_in_place(
    server: Server, forest: str, open_run: Callable[[str], Page]
) -> None:
    page = open_run("")
    page.get_by_role("button", name="Edit tag team: risk").click()
    page.get_by_label("Value of team").fill("fraud")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Edit tag team: fraud")).to_be_visible()
    page.get_by_role("button", name="Add tag").click()
    page.get_by_label("Tag key").fill("reviewed")
    page.get_by_label("Tag value").fill("yes")
    page.get_by_role("button", name="Save tag").click()
    expect(page.get_by_role("button", name="Edit tag reviewed: yes")).to_be_visible()
    page.get_by_role("button", name="Remove tag reviewed").click()
    expect(page.get_by_role("button", name="Edit tag reviewed: yes")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("button", name="Edit tag reviewed: yes")).to_be_visible()
    page.get_by_role("button", name="Add description").click()
    page.get_by_label("Description of random forest").fill("Trees, **many**.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("strong", has_text="many")).to_be_visible()
    tags = {
        tag["key"]: tag["value"] for tag in server.get(f"runs/get?run_id={forest}")["run"]["data"]["tags"]
    }
    assert (tags["team"], tags["reviewed"]) == ("fraud", "yes")
    assert tags["mlflow.note.content"] == "Trees, **many**."


def test_every_metric_has_its_curve_or_its_number(open_run: Callable[[str], Page]) -> None:
    page = open_run("/metrics")
    expect(page.get_by_role("article", name="accuracy")).to_contain_text("0.93712")
    expect(
        page.get_by_role("img", name="train/loss, 200 points, lowest 0.005, highest 1, last 0.005")
    ).to_be_visible()
    expect(page.get_by_role("article", name="train/grad")).to_contain_text("2 NaN or infinite")
    page.get_by_label("X axis").select_option("Relative time")
    page.get_by_label("Log scale").check()
    assert "x=relative" in page.url
    assert "y=log" in page.url
    page.get_by_label("Filter metrics").fill("^train/l")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Data of train/loss").click()
    expect(page.get_by_role("dialog", name="train/loss").get_by_role("row")).to_have_count(201)


def test_a_training_that_goes_on_is_followed(server: Server, experiment: str, open_page: OpenPage) -> None:
    run = server.create_run(
        experiment, "in training", metrics={"loss": [1.0, 0.5]}, status="RUNNING", start_ms=NOW
    )
    page = open_page(f"{server.url}/#/experiments/{experiment}/runs/{run}/metrics")
    expect(page.get_by_role("img", name="loss, 2 points")).to_be_visible()
    server.post("runs/log-metric", {"run_id": run, "key": "loss", "value": 0.25, "timestamp": NOW, "step": 2})
    expect(page.get_by_role("img", name="loss, 3 points, lowest 0.25")).to_be_visible(timeout=4000)
    server.post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": NOW + 60_000})
    expect(page.get_by_role("main").get_by_text("finished")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("1 min")


def test_files_are_found_in_the_tree_and_shown(open_run: Callable[[str], Page]) -> None:
    page = open_run("/artifacts")
    tree = page.get_by_role("tree", name="Artifacts")
    tree.get_by_text("plots").click()
    tree.get_by_text("confusion matrix.png").click()
    picture = page.get_by_role("img", name="confusion matrix.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 8
    assert page.url.endswith("/artifacts/plots/confusion%20matrix.png")
    tree.get_by_text("train.py").click()
    expect(page.get_by_role("region", name="Text")).to_contain_text("mlflow.log_metric('accuracy', 0.93712)")
    tree.get_by_text("data.csv").click()
    expect(page.get_by_role("cell", name="A, B")).to_be_visible()
    tree.get_by_text("report.json").click()
    expect(page.get_by_role("button", name='"fraud":')).to_be_visible()
    tree.get_by_text("notes.md").click()
    expect(page.get_by_role("heading", name="Notes", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("<b>bold</b>")
    expect(page.get_by_role("link", name="evil")).to_have_count(0)
    tree.get_by_text("model", exact=True).click()
    tree.get_by_text("model.pkl").click()
    expect(page.get_by_role("region", name="First bytes")).to_contain_text("80 04 95 00 01")
    tree.get_by_text("MLmodel").click()
    expect(page.get_by_role("region", name="Text")).to_contain_text("python_function")


def test_a_file_is_downloaded_as_it_is(open_run: Callable[[str], Page]) -> None:
    page = open_run("/artifacts/plots/confusion%20matrix.png")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "confusion matrix.png"
    assert download.value.path().read_bytes() == PNG


def test_the_tree_works_by_keys(open_run: Callable[[str], Page]) -> None:
    page = open_run("/artifacts")
    tree = page.get_by_role("tree", name="Artifacts")
    model = tree.get_by_role("treeitem", name="model", exact=True)
    expect(model).to_be_visible()
    model.focus()
    page.keyboard.press("ArrowRight")
    expect(model).to_have_attribute("aria-expanded", "true")
    expect(tree.get_by_text("MLmodel")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Text")).to_contain_text("python_function")


def test_a_hostile_page_among_the_artifacts_can_do_nothing(
    server: Server, experiment: str, forest: str, browser_page: Page
) -> None:
    page = browser_page
    asked: list[str] = []

    def stop(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("http://203.0.113.9/**", stop)
    page.goto(f"{server.url}/#/experiments/{experiment}/runs/{forest}/artifacts/hostile.html")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Report")).to_be_visible()
    expect(frame.locator("body")).not_to_contain_text("ran")
    expect(page.locator("iframe")).to_have_attribute("sandbox", "")
    assert page.title() != "stolen"
    assert asked == []


def test_names_with_markup_are_text(server: Server, experiment: str, open_page: OpenPage) -> None:
    name = "<img src=x onerror=document.title='stolen'>"
    run = server.create_run(experiment, name, params={"p": "<script>1</script>"})
    page = open_page(f"{server.url}/#/experiments/{experiment}/runs/{run}")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("row", name="p", exact=False).last).to_contain_text("<script>1</script>")
    assert page.title() == f"{name} · Runs · Headrace"


def test_rename_delete_and_undo(server: Server, experiment: str, open_page: OpenPage) -> None:
    run = server.create_run(experiment, "to be renamed")
    page = open_page(f"{server.url}/#/experiments/{experiment}/runs/{run}")
    page.get_by_role("button", name="Run actions").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("renamed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="renamed", level=1, exact=True)).to_be_visible()
    page.get_by_role("button", name="Run actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("This run is in the trash")).to_be_visible()
    expect(page.get_by_role("button", name="Add tag")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("This run is in the trash")).to_have_count(0)
    assert server.get(f"runs/get?run_id={run}")["run"]["info"]["lifecycle_stage"] == "active"


def test_short_links_and_unknown_runs(server: Server, forest: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/runs/{forest}")
    expect(page.get_by_role("heading", name="random forest", level=1)).to_be_visible()
    page.goto(f"{server.url}/#/runs/{'0' * 32}")
    expect(page.get_by_role("heading", name="No such run")).to_be_visible()
