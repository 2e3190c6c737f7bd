"""A reader of guide 004 runs its scripts one after another, in one folder."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.conftest import Desk, at_all

pytestmark = pytest.mark.timeout(600)  # the first test of a desk waits for all scripts

WINE = {"Author": "Sujil S", "Project": "Wine Classification"}
PNG = "\x89PNG"


@pytest.fixture(scope="module")
def printed_at(desks: dict[str, Desk]) -> dict[Desk, dict[str, str]]:
    """What the scripts printed at each desk."""
    return at_all(desks, _follow)


def _follow(desk: Desk) -> dict[str, str]:
    said = {
        "main_1": desk.run("guide004_04_main_1.py", cold=True),
        "snippets": desk.run("guide004_05_snippets.py"),
    }
    said["made"] = desk.say("import mlflow; print(mlflow.create_experiment('by hand'))")
    for name in ("07_main_2", "07_main_3", "11_main_6"):
        said[name[3:]] = desk.run(f"guide004_{name}.py")
    said["deleted"] = desk.say(
        "import mlflow\nwith mlflow.start_run() as run: mlflow.log_metric('m', 1)\nprint(run.info.run_id)"
    ).splitlines()[-1]
    desk.run("guide004_07_delete_run.py", {"Run_ID": said["deleted"]})
    return said


@pytest.fixture(scope="module")
def printed(desk: Desk, printed_at: dict[Desk, dict[str, str]]) -> dict[str, str]:
    """What the scripts printed."""
    return printed_at[desk]


@pytest.fixture(scope="module")
def found(desk: Desk, printed: dict[str, str]) -> dict[str, Any]:
    """What a client finds afterwards."""
    assert printed
    return desk.read()


def _run(found: dict[str, Any], experiment: str, script: str) -> dict[str, Any]:
    (run,) = [run for run in found["runs"] if run["experiment"] == experiment and script in run["files"]]
    content: dict[str, Any] = run
    return content


@pytest.mark.parametrize(
    ("script", "experiment", "estimators"),
    [("04_main_1", "Default", "5"), ("07_main_2", "by hand", "15"), ("07_main_3", "YT-MLOPS-Exp-2", "15")],
)
def test_a_forest_is_logged_with_its_picture_script_tags_and_model(
    printed: dict[str, str], found: dict[str, Any], script: str, experiment: str, estimators: str
) -> None:
    run = _run(found, experiment, f"guide004_{script}.py")
    accuracy = next(
        float(line) for line in printed[script[3:]].splitlines() if line.startswith("0.") or line == "1.0"
    )
    assert run["status"] == "FINISHED"
    assert run["params"] == {"max_depth": "10", "n_estimators": estimators}
    assert run["metrics"] == {"accuracy": accuracy}
    assert run["tags"].items() >= WINE.items()
    assert run["tags"]["mlflow.source.name"].endswith(f"src/guide004_{script}.py")
    assert run["files"]["Confusion-matrix.png"].startswith(PNG)
    assert run["sizes"]["Confusion-matrix.png"] > 5_000
    assert run["models"]["Random-Forest-Model"][0] == "RandomForestClassifier"
    assert {"Random-Forest-Model/requirements.txt", "Random-Forest-Model/conda.yaml"} <= run["files"].keys()


def test_all_that_chapter_5_names_is_logged(found: dict[str, Any]) -> None:
    run = _run(found, "Default", "guide004_05_snippets.py")
    assert run["status"] == "FINISHED"
    assert run["metrics"] == {
        "accuracy": 0.95,
        "precision": 0.92,
        "recall": 0.94,
        "f1_score": 0.93,
        "auc": 0.96,
    }
    assert run["params"] == {
        "learning_rate": "0.01", "n_estimators": "100", "max_depth": "10", "test_size": "0.2",
    }  # fmt: skip
    assert {"confusion_matrix.png", "model_summary.txt", "loss.txt"} <= run["files"].keys()
    assert run["models"] == {"model": ["DecisionTreeClassifier", 0.0]}
    assert run["tags"].items() >= (WINE | {"Model": "RandomForest", "Environment": "GPU"}).items()
    assert run["datasets"].keys() == {"training", "testing"}


def test_a_grid_search_is_a_run_with_a_nested_run_for_each_trial(
    printed: dict[str, str], found: dict[str, Any]
) -> None:
    runs = [run for run in found["runs"] if run["experiment"] == "Breast-Cancer-Rf-HP-Tuning"]
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run["tags"]]
    trials = [run for run in runs if run["tags"].get("mlflow.parentRunId") == parent["id"]]
    assert {run["status"] for run in runs} == {"FINISHED"}
    assert sorted((run["params"]["max_depth"], run["params"]["n_estimators"]) for run in trials) == sorted(
        (depth, estimators) for depth in ("None", "10", "20", "30") for estimators in ("10", "50", "100")
    )
    best = max(run["metrics"]["accuracy"] for run in trials)
    assert parent["metrics"] == {"accuracy": best}
    assert parent["params"] in [run["params"] for run in trials if run["metrics"]["accuracy"] == best]
    assert str(best) in printed["main_6"].splitlines()
    assert parent["datasets"].keys() == {"training", "testing"}
    assert parent["models"]["random_forest"][0] == "RandomForestClassifier"
    assert parent["tags"]["author"] == "Sujil S"
    assert "guide004_11_main_6.py" in parent["files"]


def test_a_deleted_run_is_no_longer_found(printed: dict[str, str], found: dict[str, Any]) -> None:
    ids = [run["id"] for run in found["runs"]]
    assert len(ids) == 4 + 13
    assert printed["deleted"] not in ids


def test_the_tracking_uri_is_as_it_was_set(desk: Desk) -> None:
    printed = desk.run("guide004_06_tracking_uri.py", as_it_is=True).split()
    assert any(line.startswith("sqlite:///") and line.endswith("mlflow.db") for line in printed)
    assert printed[-1] == "http://127.0.0.1:5000"
