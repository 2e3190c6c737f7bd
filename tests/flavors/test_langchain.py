from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mlflow.langchain
import mlflow.pyfunc
from mlflow._flavors.declaration import Flavor
from mlflow._flavors.registry import find_flavor
from mlflow.exceptions import InvalidParameterValue
from tests.flavors.contract import FlavorContract

pytest.importorskip("langchain_core")


def made() -> Any:
    from tests.flavors.samples.langchain_chain import chain

    return chain


class TestLangchain(FlavorContract):
    name = "langchain"

    def is_read_back(self, loaded: Any, model: Any) -> bool:
        return type(loaded) is type(made())

    def test_the_flavor_is_found_by_the_type_of_its_models(self, flavor: Flavor, model: Any) -> None:
        assert find_flavor(made()) == flavor

    def test_a_model_is_logged_without_a_run(  # type: ignore[override]  # it takes other fixtures
        self, model: Any, data: Any, local_store: None
    ) -> None:
        info = mlflow.langchain.log_model(model, name="alone")
        assert info.run_id is None
        assert mlflow.langchain.load_model(info.model_uri).batch(data) == made().batch(data)


@pytest.fixture
def saved(tmp_path: Path) -> str:
    script = Path(__file__).parent / "samples" / "langchain_chain.py"
    mlflow.langchain.save_model(str(script), path=tmp_path / "m", pip_requirements=[])
    return str(tmp_path / "m")


def test_an_object_is_refused_with_the_way_to_log_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"mlflow\.models\.set_model"):
        mlflow.langchain.save_model(made(), path=tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_one_input_is_answered_with_one_answer(saved: str) -> None:
    assert mlflow.pyfunc.load_model(saved).predict({"word": "one"}) == ["SAY ONE."]


def test_answers_come_piece_by_piece(saved: str) -> None:
    assert list(mlflow.pyfunc.load_model(saved).predict_stream({"word": "one"})) == ["SAY ONE."]
