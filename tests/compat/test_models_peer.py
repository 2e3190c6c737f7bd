"""Models, signatures and datasets beside those of the original, the same inputs to both.

Every difference that is tolerated is listed with its reason; a difference that is listed and gone fails too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlflow._flavors.registry import FLAVORS
from tests.compat.peers import MLFLOW_130, MLFLOW_222, MLFLOW_317, Peer

PEER_PYTHON = "HEADRACE_PEER_PYTHON"
"""Names another interpreter with MLflow 3.17.2, scikit-learn, skops and pandas than the one that we install."""

PROBES = Path(__file__).parent / "probes"

Run = Callable[..., Any]

pytestmark = pytest.mark.timeout(600)

EMPTY = "the original calls the cells of an empty list text; nothing is known of them"
BETTER = "the original knows no type for this value; there is one"
ANYTHING = "the original calls any object text; there is no type for it"
CATEGORY = "the original infers text from categories, and then refuses them for text"
LISTS = "the original infers this signature from a list of lists, and then refuses the list"
UNORDERED = "columns whose names cannot be ordered are hashed in another order"

TOLERATED: dict[str, dict[str, str]] = {
    "signatures": {
        **dict.fromkeys(["input/list_empty", "output/list_empty"], EMPTY),
        **dict.fromkeys(["input/scalar_numpy_int8", "output/scalar_numpy_int8"], BETTER),
        **dict.fromkeys(["input/scalar_timestamp", "output/scalar_timestamp"], BETTER),
        **dict.fromkeys(["input/object", "output/object"], ANYTHING),
    },
    "enforcement": {
        "array_flat/list": LISTS,
        "scalar/long/category_int": CATEGORY,
        "scalar/string/category": CATEGORY,
        "scalar/binary/category": CATEGORY,
    },
    "datasets": {"frame_mixed_names": UNORDERED},
}


@pytest.fixture
def peer(tmp_path: Path) -> Run:
    """Runs a probe with the original and gives what it printed."""
    python = Path(os.environ.get(PEER_PYTHON) or MLFLOW_317.interpreter)
    if not python.exists():
        pytest.skip(
            f"MLflow is not installed; `make compat` installs it, or name its Python with {PEER_PYTHON}"
        )
    return lambda probe, *arguments: _run(python, probe, tmp_path, arguments)


@pytest.fixture
def ours(tmp_path: Path) -> Run:
    """Runs a probe with ours and gives what it printed."""
    return lambda probe, *arguments: _run(sys.executable, probe, tmp_path, arguments)


def _run(python: str | Path, probe: str, folder: Path, arguments: tuple[Any, ...]) -> Any:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, str(PROBES / f"{probe}.py"), *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def differing(theirs: dict[str, Any], mine: dict[str, Any]) -> set[str]:
    assert theirs.keys() == mine.keys()
    return {name for name in theirs if _comparable(theirs[name]) != _comparable(mine[name])}


def _comparable(value: Any) -> Any:
    """Errors are compared by kind and code: their texts are each package's own."""
    if isinstance(value, dict) and "error" in value:
        return {key: item for key, item in value.items() if key != "message"}
    return value


@pytest.mark.parametrize("probe", ["signatures", "enforcement", "datasets"])
def test_the_same_input_gives_the_same(probe: str, peer: Run, ours: Run, tmp_path: Path) -> None:
    csv = tmp_path / "data.csv"
    csv.write_text("a,b\n1,2\n3,4\n")
    assert differing(peer(probe, csv), ours(probe, csv)) == TOLERATED[probe].keys()


def test_functions_of_flavors_take_the_same_arguments_in_the_same_order(peer: Run, ours: Run) -> None:
    names = sorted(set(FLAVORS) - {"python_function"})
    theirs, mine = peer("flavor_signatures", *names), ours("flavor_signatures", *names)
    assert len(theirs) > 40
    assert {name: mine[name] for name in theirs} == theirs


class TestModels:
    @pytest.fixture
    def saved(self, tmp_path: Path) -> Path:
        folder = tmp_path / "saved"
        folder.mkdir()
        return folder

    def test_what_is_saved_here_loads_there_with_the_same_predictions(
        self, peer: Run, ours: Run, saved: Path
    ) -> None:
        ours("save_models", saved)
        here, there = ours("load_models", saved), peer("load_models", saved)
        assert len(here) == 27
        assert there == here
        errors = {name: found for name, found in here.items() if isinstance(found["pyfunc"], str)}
        assert errors == {}

    def test_what_is_saved_there_loads_here_with_the_same_predictions(
        self, peer: Run, ours: Run, saved: Path
    ) -> None:
        peer("save_models", saved)
        here, there = ours("load_models", saved), peer("load_models", saved)
        assert {"forest-cloudpickle", "forest-pickle", "logistic-skops", "python_function"} <= here.keys()
        assert here == there
        errors = {name: found for name, found in here.items() if isinstance(found["pyfunc"], str)}
        assert errors == {}

    def test_what_is_saved_by_default_needs_no_trust_there(self, ours: Run, saved: Path) -> None:
        ours("save_models", saved)
        formats = {
            name.removesuffix("-default"): found["format"]
            for name, found in ours("load_models", saved).items()
            if name.endswith("-default")
        }
        assert formats == {
            "boosting": "cloudpickle",
            "forest": "cloudpickle",
            "forest_regressor": "cloudpickle",
            "function": "cloudpickle",
            "linear": "skops",
            "logistic": "skops",
            "neighbours": "cloudpickle",
            "pipeline": "cloudpickle",
            "search": "cloudpickle",
            "svc": "skops",
            "tree": "cloudpickle",
        }


OF_ONES_OWN = {"artifact": ["kept"], "code": ["code", 42], "function": [1], "hint": ["A"]}


class TestModelsOfOnesOwn:
    @pytest.mark.parametrize("version", [MLFLOW_130, MLFLOW_222, MLFLOW_317], ids=lambda peer: peer.name)
    def test_what_any_version_saved_predicts_here(self, version: Peer, ours: Run, tmp_path: Path) -> None:
        _run(_installed(version), "save_python_models", tmp_path, (tmp_path,))
        known = ["artifact"] if version is MLFLOW_130 else list(OF_ONES_OWN)
        assert ours("load_python_models", tmp_path) == {name: OF_ONES_OWN[name] for name in known}

    @pytest.mark.parametrize("version", [MLFLOW_222, MLFLOW_317], ids=lambda peer: peer.name)
    def test_what_is_saved_here_predicts_there(self, version: Peer, ours: Run, tmp_path: Path) -> None:
        ours("save_python_models", tmp_path)
        assert _run(_installed(version), "load_python_models", tmp_path, (tmp_path,)) == OF_ONES_OWN


class TestModelsThatAreTalkedTo:
    def test_both_sides_answer_alike_with_the_models_of_both(
        self, peer: Run, ours: Run, tmp_path: Path
    ) -> None:
        answers: list[Any] = []
        for save in (peer, ours):
            folder = tmp_path / str(len(answers))
            folder.mkdir()
            save("save_conversations", folder)
            answers += [load("load_conversations", folder) for load in (peer, ours)]
        assert answers[0].keys() == {"Chat", "Agent", "Responses"}
        assert answers[1:] == [answers[0]] * 3

    def test_types_have_the_same_fields_and_forms(self, peer: Run, ours: Run) -> None:
        theirs, mine = peer("conversation_types"), ours("conversation_types")
        assert len(theirs["fields"]) > 60
        assert mine == theirs


def _installed(peer: Peer) -> Path:
    if not peer.interpreter.exists():
        pytest.skip(f"{peer.name} is not installed; `make compat` installs it")
    return peer.interpreter
