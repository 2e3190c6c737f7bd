from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import mlflow.openai
import mlflow.pyfunc
from mlflow.exceptions import InvalidParameterValue
from mlflow.models.model import Model
from tests.flavors.contract import FlavorContract
from tests.flavors.samples import endpoint

openai = pytest.importorskip("openai")


class TestOpenai(FlavorContract):
    name = "openai"
    has_type = False

    def is_read_back(self, loaded: Any, model: Any) -> bool:
        return isinstance(loaded, dict) and loaded["model"] == model


@pytest.fixture(autouse=True)
def requests() -> list[tuple[str, dict[str, Any], str | None]]:
    endpoint.use()
    endpoint.REQUESTS.clear()
    return endpoint.REQUESTS


def saved(folder: Path, task: Any = "chat.completions", **arguments: Any) -> str:
    mlflow.openai.save_model("tiny", task, path=folder / "m", pip_requirements=[], **arguments)
    return str(folder / "m")


def test_what_is_kept_is_data_and_no_key(tmp_path: Path) -> None:
    folder = saved(tmp_path, temperature=0.5, messages=[{"role": "user", "content": "Say {word}."}])
    assert yaml.safe_load((Path(folder) / "model.yaml").read_text()) == {
        "model": "tiny",
        "task": "chat.completions",
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "Say {word}."}],
    }
    assert b"key-of-the-test" not in b"".join(f.read_bytes() for f in Path(folder).rglob("*") if f.is_file())


def test_a_task_may_be_a_part_of_the_library(tmp_path: Path) -> None:
    for number, (task, name) in enumerate(
        [
            (openai.chat.completions, "chat.completions"),
            (openai.completions, "completions"),
            (openai.embeddings, "embeddings"),
            (openai.resources.Embeddings, "embeddings"),
        ]
    ):
        folder = saved(tmp_path / str(number), task)
        assert mlflow.openai.load_model(folder)["task"] == name


def test_requests_have_what_was_saved_and_the_key_of_the_environment(
    tmp_path: Path, requests: list[Any]
) -> None:
    model = mlflow.pyfunc.load_model(saved(tmp_path, temperature=0.5, max_tokens=7))
    assert model.predict(["hello"]) == ["user: hello"]
    ((path, body, key),) = requests
    assert (path, key) == ("/v1/chat/completions", "Bearer key-of-the-test")
    assert body == {
        "model": "tiny",
        "temperature": 0.5,
        "max_tokens": 7,
        "messages": [{"role": "user", "content": "hello"}],
    }


def test_several_variables_are_columns(tmp_path: Path) -> None:
    folder = saved(tmp_path, "completions", prompt="{greeting}, {name}!")
    schema = Model.load(folder).get_input_schema()
    assert schema is not None
    assert schema.input_names() == ["greeting", "name"]
    model = mlflow.pyfunc.load_model(folder)
    table = pd.DataFrame({"name": ["Ann", "Bob"], "greeting": ["Hi", "Ho"]})
    assert model.predict(table) == ["HI, ANN!", "HO, BOB!"]
    assert model.predict({"name": "Ann", "greeting": "Hi"}) == ["HI, ANN!"]
    with pytest.raises(InvalidParameterValue, match="Failed to enforce schema"):
        model.predict("Ann")


def test_many_texts_go_in_few_requests_and_answers_stay_in_order(tmp_path: Path, requests: list[Any]) -> None:
    texts = ["x" * (number % 9 + 1) for number in range(1500)]
    found = mlflow.pyfunc.load_model(saved(tmp_path, "embeddings")).predict(texts)
    assert [vector[0] for vector in found] == [len(text) for text in texts]
    assert [len(body["input"]) for _, body, _ in requests] == [1000, 500]


def test_chats_are_answered_in_order(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(30)]
    assert mlflow.pyfunc.load_model(saved(tmp_path)).predict(texts) == [f"user: {text}" for text in texts]


def test_parameters_of_a_call_come_before_those_that_were_saved(tmp_path: Path, requests: list[Any]) -> None:
    folder = saved(tmp_path, temperature=0.5, input_example=(["hello"], {"temperature": 0.5}))
    requests.clear()
    mlflow.pyfunc.load_model(folder).predict(["hello"], params={"temperature": 0.25})
    assert [body["temperature"] for _, body, _ in requests] == [0.25]


def test_azure_is_asked_where_the_environment_says_so(
    tmp_path: Path, requests: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "OPENAI_API_TYPE": "azure",
        "OPENAI_API_VERSION": "2024-06-01",
        "AZURE_OPENAI_API_KEY": "azure-key",
        "AZURE_OPENAI_ENDPOINT": endpoint.use().removesuffix("/v1"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert mlflow.pyfunc.load_model(saved(tmp_path)).predict("hello") == ["user: hello"]
    ((path, _body, key),) = requests
    assert (path.partition("?")[0], key) == ("/openai/deployments/tiny/chat/completions", "azure-key")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": {"a": 1}}, "`model` is the name of a model.*got dict"),
        ({"task": "images"}, r"`task` is one of \['chat.completions'.*got 'images'"),
        ({"messages": "hello"}, "`messages` is a list of dictionaries"),
        ({"messages": [{"content": "hello"}]}, "with 'role' and 'content'"),
        ({"messages": [{"role": "user", "content": "{a b}"}]}, r"\['a b'\] in braces are no names"),
        ({"messages": [{"role": "user", "content": "{"}]}, "has no proper variables"),
        ({"task": "completions", "prompt": ["a"]}, "`prompt` is a text"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterValue, match=message):
        mlflow.openai.save_model(
            **{"model": "tiny", "task": "chat.completions", "path": tmp_path / "m", **arguments}
        )
    assert not (tmp_path / "m").exists()


def test_an_argument_that_the_task_does_not_take_is_named(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"embeddings takes no \['api_key', 'temperature'\]"):
        saved(tmp_path, "embeddings", temperature=0.5, api_key="secret")
