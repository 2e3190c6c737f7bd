from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mlflow.dspy
import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.model import Model
from tests.flavors.contract import FlavorContract
from tests.flavors.samples import endpoint

dspy = pytest.importorskip("dspy")
pytestmark = pytest.mark.filterwarnings("default")


class TestDspy(FlavorContract):
    name = "dspy"

    def is_pickled(self, model: Any) -> bool:
        return True


@pytest.fixture(autouse=True)
def language_model() -> Any:
    model = dspy.LM("openai/tiny", api_base=endpoint.use(), api_key="key-of-the-program", cache=False)
    dspy.configure(lm=model)
    endpoint.REQUESTS.clear()
    return model


class Echo(dspy.Module):  # type: ignore[misc,name-defined]  # it has no types
    def forward(self, messages: list[dict[str, str]]) -> Any:
        return dspy.Prediction(text=messages[-1]["content"].upper())


@pytest.mark.parametrize("folder", [False, True])
def test_keys_and_questions_stay_here(tmp_path: Path, language_model: Any, folder: bool) -> None:
    program = dspy.Predict("question -> answer")
    program(question="a private question")
    assert language_model.history
    mlflow.dspy.save_model(program, path=tmp_path / "m", use_dspy_model_save=folder, pip_requirements=[])
    content = b"".join(file.read_bytes() for file in (tmp_path / "m").rglob("*") if file.is_file())
    assert b"key-of-the-program" not in content
    assert b"a private question" not in content
    assert language_model.kwargs["api_key"] == "key-of-the-program"

    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert loaded.predict({"question": "What is six times seven?"}) == {"answer": "forty-two"}
    assert endpoint.REQUESTS[-1][2] == "Bearer key-of-the-test"


def test_settings_come_with_the_program(tmp_path: Path) -> None:
    mlflow.dspy.save_model(dspy.Predict("question -> answer"), path=tmp_path / "m", pip_requirements=[])
    dspy.configure(lm=None)
    program = mlflow.dspy.load_model(tmp_path / "m")
    assert dspy.settings.lm.model == "openai/tiny"
    assert program(question="?").answer == "forty-two"


def test_another_thread_answers_with_the_same_settings(tmp_path: Path) -> None:
    mlflow.dspy.save_model(dspy.Predict("question -> answer"), path=tmp_path / "m", pip_requirements=[])
    dspy.configure(lm=None)
    found = []

    def answer() -> None:
        found.append(mlflow.pyfunc.load_model(tmp_path / "m").predict({"question": "?"}))

    thread = threading.Thread(target=answer)
    thread.start()
    thread.join()
    assert found == [{"answer": "forty-two"}]


def test_rows_are_answered_one_by_one(tmp_path: Path) -> None:
    mlflow.dspy.save_model(dspy.Predict("question -> answer"), path=tmp_path / "m", pip_requirements=[])
    model = mlflow.pyfunc.load_model(tmp_path / "m")
    assert model.predict(pd.DataFrame({"question": ["a"]})) == {"answer": "forty-two"}
    assert model.predict(pd.DataFrame({"question": ["a", "b"]})) == [{"answer": "forty-two"}] * 2


def test_a_chat_is_answered_in_the_form_of_chats(tmp_path: Path) -> None:
    mlflow.dspy.save_model(Echo(), path=tmp_path / "m", task="llm/v1/chat", pip_requirements=[])
    schema = Model.load(tmp_path / "m").get_input_schema()
    assert schema is not None
    assert schema.input_names() == ["messages"]
    model = mlflow.pyfunc.load_model(tmp_path / "m")
    (choice,) = model.predict({"messages": [{"role": "user", "content": "hello"}]})["choices"]
    assert choice["message"] == {"role": "assistant", "content": '{"text": "HELLO"}'}
    with pytest.raises(InvalidParameterValue, match="Failed to enforce schema"):
        model.predict("hello")


def test_a_task_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"`task` is 'llm/v1/chat' or none; got 'chat'"):
        mlflow.dspy.save_model(Echo(), path=tmp_path / "m", task="chat")
    assert not (tmp_path / "m").exists()
