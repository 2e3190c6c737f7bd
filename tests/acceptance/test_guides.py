"""The snippets on tracking of guides 000, 001 and 003."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.conftest import Desk, at_all

pytestmark = pytest.mark.timeout(600)  # the first test of a desk waits for all scripts


@pytest.fixture(scope="module")
def printed_at(desks: dict[str, Desk]) -> dict[Desk, dict[str, str]]:
    """What the scripts printed at each desk, each with what it expects itself."""
    return at_all(desks, _follow)


def _follow(desk: Desk) -> dict[str, str]:
    server = 'MlflowClient(tracking_uri="http://127.0.0.1:5000")'
    return {
        "001": desk.run("guide001_tracking.py"),
        "000": desk.run("guide000_tracking.py", {} if desk.has_server else {server: "MlflowClient()"}),
        "003": desk.run("guide003_tracking.py"),
    }


@pytest.fixture(scope="module")
def printed(desk: Desk, printed_at: dict[Desk, dict[str, str]]) -> dict[str, str]:
    """What the scripts printed."""
    return printed_at[desk]


@pytest.fixture(scope="module")
def found(desk: Desk, printed: dict[str, str]) -> dict[str, Any]:
    """What a client finds afterwards."""
    assert printed
    return desk.read()


def test_experiments_are_made_by_name(found: dict[str, Any]) -> None:
    assert found["experiments"].keys() == {"Default", "experiment-name", "my_experiment"}


def test_guide_000_logs_a_parameter_a_metric_and_a_model(found: dict[str, Any]) -> None:
    run, *trials = [run for run in found["runs"] if run["experiment"] == "experiment-name"]
    assert (run["params"], run["metrics"]) == ({"param_name": "0.25"}, {"metric_name": 0.25})
    assert run["models"]["model"][0] == "RandomForestRegressor"
    assert [trial["metrics"]["rmse"] for trial in trials] == [0.3, 0.1, 0.2]


def test_guide_001_logs_and_finds_the_best_run(printed: dict[str, str], found: dict[str, Any]) -> None:
    run = next(run for run in found["runs"] if run["experiment"] == "Default")
    assert run["params"] == {"learning_rate": "0.001", "epochs": "100"}
    assert run["metrics"] == {"accuracy": 0.95, "loss": 0.05}
    assert run["files"] == {"model.pkl": "a model"}
    assert "Best accuracy: 0.75" in printed["001"]


def test_guide_003_logs_a_forest(found: dict[str, Any]) -> None:
    run = [run for run in found["runs"] if run["experiment"] == "Default"][-1]
    assert run["params"] == {"max_depth": "3"}
    assert run["metrics"]["accuracy"] > 0.9
    assert run["models"]["model"][0] == "RandomForestClassifier"
