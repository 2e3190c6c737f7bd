"""The runs of an experiment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.server import Server

NOW = int(time.time() * 1000)
RUNS = 620  # more than the first page and the second


@pytest.fixture(scope="module")
def many(server: Server) -> str:
    """An experiment with more runs than two pages; the best accuracy is that of the oldest."""
    experiment = server.create_experiment("many runs")

    def create(index: int) -> None:
        server.create_run(
            experiment,
            f"run-{index:04}",
            metrics={"accuracy": [0.999 if index == RUNS - 1 else 0.5 + index / 10_000]}
            if index != 7
            else {},
            params={"n_estimators": str([50, 100, 200][index % 3]), "seed": "42"},
            tags={"model_type": "RandomForest" if index % 2 else "GradientBoosting"},
            start_ms=NOW - index * 60_000,
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(RUNS)))
    return experiment


def run_names(page: Page) -> list[str]:
    return [
        text.strip() for text in page.get_by_role("grid", name="Runs").get_by_role("link").all_inner_texts()
    ]


def header(page: Page, name: str) -> Locator:
    return page.get_by_role("columnheader", name=name)


def sort_by(page: Page, name: str) -> None:
    header(page, name).get_by_role("button", name=name, exact=True).click()


def filter_runs(page: Page, text: str) -> None:
    box = page.get_by_label("Filter runs")
    box.fill(text)
    box.press("Enter")


def test_the_first_screen_has_what_differs(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    expect(header(page, "accuracy")).to_be_visible()
    expect(header(page, "n_estimators")).to_be_visible()
    expect(header(page, "seed")).to_have_count(0)
    expect(page.get_by_role("grid", name="Runs").get_by_role("link").first).to_have_text("run-0000")
    assert run_names(page)[:3] == ["run-0000", "run-0001", "run-0002"]
    expect(page).to_have_title("many runs · Experiments · Headrace")


def test_a_click_on_a_metric_brings_the_true_best_then_the_worst(
    server: Server, many: str, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    first = page.get_by_role("grid").get_by_role("link").first
    sort_by(page, "accuracy")
    expect(first).to_have_text(f"run-{RUNS - 1:04}")
    expect(header(page, "accuracy")).to_have_attribute("aria-sort", "descending")
    assert "sort=-metrics.accuracy" in page.url
    sort_by(page, "accuracy")
    expect(first).to_have_text("run-0000")
    expect(header(page, "accuracy")).to_have_attribute("aria-sort", "ascending")
    sort_by(page, "accuracy")
    expect(header(page, "accuracy")).to_have_attribute("aria-sort", "none")
    assert "sort" not in page.url


def test_scrolling_reaches_the_last_run_without_a_click(
    server: Server, many: str, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}?sort=-metrics.accuracy")
    grid = page.get_by_role("grid", name="Runs")
    expect(grid.get_by_role("link").first).to_have_text(f"run-{RUNS - 1:04}")
    for _ in range(100):
        grid.evaluate("element => { element.scrollTop = element.scrollHeight; }")
        page.wait_for_timeout(100)
        if "run-0007" in run_names(page):
            break
    # The run without the metric comes last.
    expect(grid.get_by_role("link", name="run-0007")).to_be_visible()
    assert run_names(page)[-1] == "run-0007"
    expect(grid).to_have_attribute("aria-rowcount", str(RUNS + 1))
    expect(page.get_by_text(f"{RUNS:,} runs", exact=True)).to_be_visible()
    assert grid.get_by_role("row").count() < 100


FILTERS = {
    "metrics.accuracy > 0.9": [f"run-{RUNS - 1:04}"],
    "params.n_estimators = 100 and metrics.accuracy < 0.5003": ["run-0001"],
    "tags.model_type = 'RandomForest' and metrics.accuracy < 0.5002": ["run-0001"],
    "metrics.accuracy >= 0.51 and metrics.accuracy <= 0.5102": ["run-0100", "run-0101", "run-0102"],
    "run-000": [f"run-000{digit}" for digit in range(10)],
}


def test_the_filter_box_speaks_the_search_language(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    links = page.get_by_role("grid", name="Runs").get_by_role("link")
    expect(links.first).to_have_text("run-0000")
    for text, expected in FILTERS.items():
        filter_runs(page, text)
        expect(links).to_have_text(expected)


def test_an_error_in_the_filter_is_underlined_and_the_rows_stay(
    server: Server, many: str, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    expect(page.get_by_role("grid", name="Runs").get_by_role("link").first).to_have_text("run-0000")
    filter_runs(page, "metrics.accuracy >> 0.9")
    box = page.get_by_label("Filter runs")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("search").get_by_role("alert")).to_contain_text(
        "expected an operator after metrics.accuracy"
    )
    expect(page.get_by_role("search").locator("mark")).to_have_count(1)
    expect(box).to_have_value("metrics.accuracy >> 0.9")
    assert run_names(page)[0] == "run-0000"
    filter_runs(page, "metrics.accuracy > 0.9")
    expect(page.get_by_role("search").get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("grid").get_by_role("link")).to_have_text([f"run-{RUNS - 1:04}"])


def test_a_filter_that_nothing_matches_can_be_cleared(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}?q=metrics.accuracy%20>%202")
    expect(page.get_by_role("heading", name="No runs match")).to_be_visible()
    page.get_by_role("region").or_(page.get_by_role("main")).get_by_role(
        "button", name="Clear filter"
    ).last.click()
    expect(page.get_by_role("grid").get_by_role("link").first).to_have_text("run-0000")


def test_a_colleague_who_opens_the_address_sees_the_same(
    server: Server, many: str, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    filter_runs(page, "params.n_estimators = 200")
    sort_by(page, "accuracy")
    page.get_by_role("button", name="Columns").click()
    picker = page.get_by_role("dialog", name="Columns")
    picker.get_by_label("Search keys").fill("model_type")
    picker.get_by_label("model_type").check()
    picker.get_by_role("button", name="Done").click()
    expect(header(page, "model_type")).to_be_visible()
    expect(page.get_by_role("grid").get_by_role("link").first).to_be_visible()
    mine = (run_names(page)[:10], page.get_by_role("columnheader").all_inner_texts())
    other = open_page(page.url)
    expect(header(other, "model_type")).to_be_visible()
    expect(other.get_by_label("Filter runs")).to_have_value("params.n_estimators = 200")
    expect(other.get_by_role("grid").get_by_role("link").first).to_be_visible()
    assert (run_names(other)[:10], other.get_by_role("columnheader").all_inner_texts()) == mine


def test_an_address_of_mlflow_is_understood(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(
        f"{server.url}/#/experiments/{many}/runs?searchFilter=metrics.accuracy%20%3C%200.5003"
        "&orderByKey=metrics.%60accuracy%60&orderByAsc=false&startTime=ALL&lifecycleFilter=Active&datasetsFilter=W10="
    )
    expect(page.get_by_role("grid").get_by_role("link")).to_have_text(["run-0002", "run-0001", "run-0000"])
    assert page.url.endswith("?q=metrics.accuracy%20%3C%200.5003&sort=-metrics.accuracy")


def test_what_an_address_asks_in_vain_is_named(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}?sort=-nonsense&state=gone")
    expect(page.get_by_text("state=gone, sort=-nonsense")).to_be_visible()
    expect(page.get_by_role("grid").get_by_role("link").first).to_have_text("run-0000")


def test_delete_undo_and_restore_runs(server: Server, open_page: OpenPage) -> None:
    experiment = server.create_experiment("deleting runs")
    for index in range(4):
        server.create_run(experiment, f"r{index}", metrics={"m": [index]}, start_ms=NOW - index * 1000)
    page = open_page(f"{server.url}/#/experiments/{experiment}")
    links = page.get_by_role("grid").get_by_role("link")
    page.get_by_role("checkbox", name="Select run r1").click()
    page.get_by_role("checkbox", name="Select run r2").click(modifiers=["Shift"])
    expect(page.get_by_text("2 selected", exact=True)).to_be_visible()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    expect(links).to_have_text(["r0", "r3"])
    page.get_by_role("button", name="Undo").click()
    expect(links).to_have_text(["r0", "r1", "r2", "r3"])

    page.get_by_role("row", name="r3").hover()
    page.get_by_role("button", name="Actions for r3").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(links).to_have_text(["r0", "r1", "r2"])
    page.get_by_role("button", name="Trash").click()
    expect(links).to_have_text(["r3"])
    page.get_by_role("checkbox", name="Select run r3").click()
    page.get_by_role("toolbar").get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="No deleted runs")).to_be_visible()
    page.get_by_role("button", name="Active").click()
    expect(links).to_have_text(["r0", "r1", "r2", "r3"])


@pytest.fixture(scope="module")
def nested(server: Server) -> str:
    """Two searches with five runs each, and a run that was lost."""
    experiment = server.create_experiment("nested runs")
    for search in range(2):
        start = NOW - search * 60_000
        parent = server.create_run(experiment, f"search {search}", start_ms=start)
        for child in range(5):
            server.create_run(
                experiment,
                f"child {search}.{child}",
                metrics={"score": [0.1, 0.5 + search / 10 + child / 100]},
                params={"kernel": "rbf" if child % 2 else "linear"},
                tags={"mlflow.parentRunId": parent},
                start_ms=start + child * 1000,
                status="FAILED" if child == 4 else "FINISHED",
            )
    server.create_run(
        experiment,
        "gone",
        tags={"mlflow.headrace.lost": str(NOW)},
        start_ms=NOW - 999_000,
        status="KILLED",
    )
    return experiment


def test_children_stand_below_their_parents(server: Server, nested: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{nested}?sort=-metrics.score")
    grid = page.get_by_role("treegrid", name="Runs")
    # Parents have no score of their own: the best of their children tells the order.
    expect(grid.get_by_role("link")).to_have_text(["search 1", "search 0", "gone"])
    first = grid.get_by_role("row", name="search 1")
    expect(first).to_contain_text("0.64")
    expect(first).to_contain_text("child runs: 4 finished, 1 failed")
    expect(grid.get_by_role("row", name="gone")).to_contain_text("lost")
    grid.get_by_role("button", name="Open search 1").click()
    expect(grid.get_by_role("link")).to_have_text(
        ["search 1", *(f"child 1.{child}" for child in (4, 3, 2, 1, 0)), "search 0", "gone"]
    )
    expect(grid.get_by_role("row", name="child 1.4")).to_have_attribute("aria-level", "2")
    # Closed and opened by keys.
    page.keyboard.press("ArrowLeft")
    expect(grid.get_by_role("link")).to_have_text(["search 1", "search 0", "gone"])
    page.keyboard.press("ArrowRight")
    expect(grid.get_by_role("link")).to_have_count(8)
    # What matches keeps its parent, which stands there for its sake.
    filter_runs(page, "metrics.score > 0.63")
    expect(grid.get_by_role("link")).to_have_text(["search 1", "child 1.4"])
    filter_runs(page, "")
    page.get_by_role("button", name="Tree").click()
    expect(page.get_by_role("grid", name="Runs").get_by_role("link")).to_have_count(13)
    assert "flat=1" in page.url


def test_runs_are_grouped_and_summed_up_and_given_as_a_file(
    server: Server, nested: str, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/#/experiments/{nested}?q=metrics.score%20%3E%200")
    page.get_by_role("button", name="Group by").click()
    dialog = page.get_by_role("dialog", name="Group by")
    dialog.get_by_label("kernel").check()
    dialog.get_by_role("button", name="Done").click()
    grid = page.get_by_role("treegrid", name="Runs")
    linear = grid.get_by_role("row", name="linear")
    expect(linear).to_contain_text("0.57± 0.058")
    expect(grid.get_by_role("row")).to_have_count(3)
    grid.get_by_role("button", name="Open linear").click()
    expect(grid.get_by_role("link")).to_have_count(6)
    expect(page.get_by_text("2 groups", exact=True)).to_be_visible()
    # Another number of the same metric.
    header(page, "score").hover()
    page.get_by_role("button", name="Column score").click()
    page.get_by_role("menuitemradio", name="Minimum").click()
    expect(linear).to_contain_text("0.1")
    assert "cols=a:started,a:duration,a:user,m:score:min" in page.url
    page.get_by_role("button", name="Download CSV").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV, the columns shown").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].endswith("metrics.`score`:min,params.`kernel`")
    assert len(lines) == 11


def test_the_filter_box_offers_what_there_is(server: Server, nested: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{nested}?flat=1")
    box = page.get_by_label("Filter runs")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    box.press_sequentially("ker")
    expect(options.first).to_contain_text("params.kernel")
    expect(options.first).to_contain_text("10 runs")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("params.kernel ")
    expect(options.first).to_have_text("=")
    box.press_sequentially("= ")
    expect(options).to_have_text(["'linear'6 runs", "'rbf'4 runs"])
    options.last.click()
    expect(box).to_have_value("params.kernel = 'rbf' ")
    box.press("Enter")
    expect(page.get_by_role("grid").get_by_role("link")).to_have_count(4)
    # Only what began lately; the address says so too.
    page.get_by_label("Started", exact=True).select_option("Last hour")
    expect(page.get_by_role("grid").get_by_role("link")).to_have_count(4)
    assert "since=1h" in page.url
    # What is wrong is said before it is sent.
    box.fill("params.kernel == 'rbf' and metrics.score > 0")
    expect(page.get_by_role("search").locator("mark")).to_have_text("==")
    expect(page.get_by_role("grid").get_by_role("link")).to_have_count(4)


def test_new_runs_and_values_appear_while_the_page_is_open(server: Server, open_page: OpenPage) -> None:
    experiment = server.create_experiment("live runs")
    first = server.create_run(experiment, "first", metrics={"loss": [1.0]}, status="RUNNING", start_ms=NOW)
    page = open_page(f"{server.url}/#/experiments/{experiment}")
    links = page.get_by_role("grid").get_by_role("link")
    expect(links).to_have_text(["first"])
    server.create_run(experiment, "second", metrics={"loss": [0.25]}, start_ms=NOW + 1000)
    server.post(
        "runs/log-metric", {"run_id": first, "key": "loss", "value": 0.125, "timestamp": NOW, "step": 9}
    )
    expect(links).to_have_text(["second", "first"])
    expect(page.get_by_role("row", name="first")).to_contain_text("0.125")
    # Nothing moves under a selection: what is new waits.
    page.get_by_role("checkbox", name="Select run first").click()
    server.create_run(experiment, "third", start_ms=NOW + 2000)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(links).to_have_text(["second", "first"])
    page.get_by_role("button", name="1 new").click()
    expect(links).to_have_text(["third", "second", "first"])


def test_the_table_is_one_tab_stop_driven_by_keys(server: Server, many: str, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/{many}")
    grid = page.get_by_role("grid", name="Runs")
    expect(grid.get_by_role("link").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Filter runs")).to_be_focused()
    for _ in range(7):  # Active, Trash, Started, Group by, Columns, Download
        page.keyboard.press("Tab")
    expect(grid).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("2 selected", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="run-0002")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    # To the header, sideways to the metric, sorted by Enter.
    page.keyboard.press("Control+ArrowUp")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(header(page, "accuracy")).to_have_attribute("aria-sort", "descending")
    expect(grid.get_by_role("link").first).to_have_text(f"run-{RUNS - 1:04}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"run-{RUNS - 1:04}")


def test_an_unknown_experiment_says_so(server: Server, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/#/experiments/987654")
    expect(page.get_by_role("heading", name="No such experiment")).to_be_visible()
