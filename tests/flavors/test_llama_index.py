from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mlflow.llama_index
import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue, MlflowException
from tests.flavors.contract import FlavorContract
from tests.flavors.samples.llama_index import make_index

core = pytest.importorskip("llama_index.core")
pytestmark = pytest.mark.filterwarnings("default")


class TestLlamaIndex(FlavorContract):
    name = "llama_index"


def saved(folder: Path, model: Any = None, **arguments: Any) -> str:
    model = make_index() if model is None else model
    mlflow.llama_index.save_model(model, str(folder / "m"), pip_requirements=[], **arguments)
    return str(folder / "m")


@pytest.fixture
def collected() -> Iterator[None]:
    """Chats of the library leave connections open, of which Python warns whenever it comes upon them."""
    yield
    gc.collect()


@pytest.mark.usefixtures("collected")
def test_an_index_answers_with_each_engine(tmp_path: Path) -> None:
    answers = {
        kind: mlflow.pyfunc.load_model(saved(tmp_path / kind, engine_type=kind)).predict("Which is first?")
        for kind in ("query", "chat", "retriever")
    }
    assert "Alpha is the first letter." in answers["query"]
    assert "Which is first?" in answers["chat"]
    assert sorted(found["node"]["text"] for found in answers["retriever"]) == [
        "Alpha is the first letter.",
        "Beta is the second letter.",
    ]


@pytest.mark.usefixtures("collected")
def test_inputs_may_be_arguments_of_the_engine(tmp_path: Path) -> None:
    query = mlflow.pyfunc.load_model(saved(tmp_path / "query", engine_type="query"))
    assert query.predict({"query_str": "Which?"}) == query.predict("Which?")
    chat = mlflow.pyfunc.load_model(saved(tmp_path / "chat", engine_type="chat"))
    assert "Which?" in chat.predict({"message": "Which?"})


def test_the_engine_has_the_configuration_of_the_model(tmp_path: Path) -> None:
    folder = saved(tmp_path, engine_type="retriever", model_config={"similarity_top_k": 1})
    assert len(mlflow.pyfunc.load_model(folder).predict("x")) == 1
    assert len(mlflow.pyfunc.load_model(folder, model_config={"similarity_top_k": 2}).predict("x")) == 2


def test_settings_are_kept_without_keys_and_come_with_the_model(tmp_path: Path) -> None:
    class Keyed(core.MockEmbedding):  # type: ignore[misc,name-defined]  # it has no types
        api_key: str | None = None

    Keyed.__qualname__ = "Keyed"
    globals()["Keyed"] = Keyed
    index = make_index()
    core.Settings.embed_model = Keyed(embed_dim=4, api_key="secret")
    folder = saved(tmp_path, index, engine_type="retriever")
    written = json.loads((Path(folder) / "settings.json").read_text())
    assert written["_embed_model"]["object_constructor"].endswith("Keyed")
    assert "secret" not in (Path(folder) / "settings.json").read_text()

    core.Settings._llm = core.Settings._embed_model = None
    mlflow.llama_index.load_model(folder)
    assert (type(core.Settings._embed_model), core.Settings._embed_model.embed_dim) == (Keyed, 4)
    assert core.Settings._embed_model.api_key is None


def test_a_setting_that_is_no_component_is_not_made(tmp_path: Path) -> None:
    folder = saved(tmp_path, engine_type="query")
    file = Path(folder) / "settings.json"
    settings = {"_llm": {"object_constructor": "subprocess.Popen", "object_kwargs": {"args": ["false"]}}}
    file.write_text(json.dumps(settings))
    model = mlflow.models.Model.load(folder)
    model.file_digests = None
    model.save(Path(folder) / "MLmodel")
    with pytest.raises(MlflowException, match=r"'subprocess\.Popen', which inherits from none of"):
        mlflow.llama_index.load_model(folder)


@pytest.mark.parametrize("engine_type", [None, "answer"])
def test_an_index_needs_an_engine(tmp_path: Path, engine_type: str | None) -> None:
    with pytest.raises(InvalidParameterValue, match=r"one of \['query', 'chat', 'retriever'\]"):
        saved(tmp_path, engine_type=engine_type)
    assert not (tmp_path / "m").exists()


def test_an_engine_is_refused_with_the_way_to_log_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"mlflow\.models\.set_model"):
        saved(tmp_path, make_index().as_query_engine())


def test_a_script_that_makes_no_engine_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import mlflow.models\nmlflow.models.set_model(print)\n")
    with pytest.raises(InvalidParameterValue, match="A LlamaIndex model is an index"):
        saved(tmp_path, str(script))
