from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import mlflow
from mlflow.exceptions import InvalidParameterValue, MlflowException, NotSupported
from mlflow.models import infer_signature
from mlflow.pyfunc.model import ChatAgent, ChatModel, PythonModelContext, ResponsesAgent
from mlflow.types.llm import (
    CHAT_MODEL_INPUT_SCHEMA,
    ChatChoice,
    ChatChoiceDelta,
    ChatChunkChoice,
    ChatCompletionChunk,
    ChatCompletionResponse,
    ChatMessage,
    ChatParams,
)

pytest.importorskip("pydantic")

from mlflow.types.agent import ChatAgentChunk, ChatAgentMessage, ChatAgentResponse, ChatContext
from mlflow.types.responses import (
    ResponsesAgentRequest,
    ResponsesAgentResponse,
    ResponsesAgentStreamEvent,
)

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "hello you"}]}
INPUT: dict[str, Any] = {"input": [{"role": "user", "content": "hello you"}]}


class Chat(ChatModel):
    def load_context(self, context: PythonModelContext) -> None:
        self.greeting = context.model_config.get("greeting", "")

    def predict(
        self, context: PythonModelContext, messages: list[ChatMessage], params: ChatParams
    ) -> ChatCompletionResponse:
        said = f"{self.greeting}{messages[-1].content} {params.temperature} {params.max_tokens}"
        return ChatCompletionResponse(choices=[ChatChoice(ChatMessage("assistant", said))], created=5)

    def predict_stream(
        self, context: PythonModelContext, messages: list[ChatMessage], params: ChatParams
    ) -> Iterator[ChatCompletionChunk]:
        for word in str(messages[-1].content).split():
            yield ChatCompletionChunk([ChatChunkChoice(ChatChoiceDelta(content=word))], created=5)


class Agent(ChatAgent):
    def predict(
        self,
        messages: list[ChatAgentMessage],
        context: ChatContext | None = None,
        custom_inputs: dict[str, Any] | None = None,
    ) -> ChatAgentResponse:
        user = context.user_id if context else None
        said = f"{messages[-1].content} {user} {custom_inputs}"
        return ChatAgentResponse(messages=[ChatAgentMessage(role="assistant", content=said, id="1")])

    def predict_stream(
        self,
        messages: list[ChatAgentMessage],
        context: ChatContext | None = None,
        custom_inputs: dict[str, Any] | None = None,
    ) -> Iterator[ChatAgentChunk]:
        for word in str(messages[-1].content).split():
            yield ChatAgentChunk(delta=ChatAgentMessage(role="assistant", content=word, id="1"))


class Responses(ResponsesAgent):
    def predict(self, request: ResponsesAgentRequest) -> ResponsesAgentResponse:
        item = self.create_text_output_item(f"{request.model_dump(exclude_none=True)}", "1")
        return ResponsesAgentResponse(output=[item])

    def predict_stream(self, request: ResponsesAgentRequest) -> Iterator[ResponsesAgentStreamEvent]:
        yield ResponsesAgentStreamEvent(**self.create_text_delta("a", "1"))


def saved(model: Any, folder: Path, **arguments: Any) -> mlflow.pyfunc.PyFuncModel:
    mlflow.pyfunc.save_model(folder / "m", python_model=model, pip_requirements=["mlflow"], **arguments)
    return mlflow.pyfunc.load_model(folder / "m")


def text_of(answer: dict[str, Any]) -> str:
    return str(answer["choices"][0]["message"]["content"])


class TestChatModels:
    def test_take_and_give_dictionaries(self, tmp_path: Path) -> None:
        model = saved(Chat(), tmp_path, model_config={"greeting": "oh, "})
        assert model.predict(HELLO) == {
            "choices": [
                {
                    "message": {"role": "assistant", "content": "oh, hello you 1.0 None"},
                    "index": 0,
                    "finish_reason": "stop",
                }
            ],
            "object": "chat.completion",
            "created": 5,
        }
        assert text_of(model.predict({**HELLO, "temperature": 1, "max_tokens": 7})) == "oh, hello you 1.0 7"

    def test_take_one_row_of_a_table_without_its_gaps(self, tmp_path: Path) -> None:
        table = pd.DataFrame([{**HELLO, "temperature": float("nan"), "max_tokens": None}])
        assert text_of(saved(Chat(), tmp_path).predict(table)) == "hello you 1.0 None"

    def test_answer_piece_by_piece(self, tmp_path: Path) -> None:
        pieces = list(saved(Chat(), tmp_path).predict_stream(HELLO))
        assert [piece["choices"][0]["delta"]["content"] for piece in pieces] == ["hello", "you"]

    def test_have_the_signature_and_the_task_of_all_chat_models(self, tmp_path: Path) -> None:
        saved(Chat(), tmp_path, metadata={"mine": 1})
        found = yaml.safe_load((tmp_path / "m" / "MLmodel").read_text())
        assert found["metadata"] == {"task": "agent/v1/chat", "mine": 1}
        assert found["flavors"]["python_function"]["loader_module"] == "mlflow.pyfunc.loaders.chat_model"
        assert json.loads(found["signature"]["inputs"]) == CHAT_MODEL_INPUT_SCHEMA.to_dict()
        with pytest.raises(InvalidParameterValue, match="standard signature that is set automatically"):
            saved(Chat(), tmp_path, signature=infer_signature(["a"]))

    @pytest.mark.parametrize(
        "example",
        [
            {"messages": [{"role": "user", "content": "q"}], "temperature": 0.5},
            ([{"role": "user", "content": "q"}], {"temperature": 0.5}),
            ([ChatMessage("user", "q")], {"temperature": 0.5}),
        ],
    )
    def test_keep_an_example_as_a_request(self, example: Any, tmp_path: Path) -> None:
        model = saved(Chat(), tmp_path, input_example=example)
        wanted = {"messages": [{"role": "user", "content": "q"}], "temperature": 0.5}
        assert model.metadata.load_input_example(str(tmp_path / "m")) == wanted
        request = model.metadata.get_serving_input(str(tmp_path / "m"))
        assert json.loads(request or "") == wanted
        assert (
            text_of(mlflow.models.validate_serving_input(str(tmp_path / "m"), request or "")) == "q 0.5 None"
        )

    @pytest.mark.parametrize(
        ("request_", "message"),
        [
            ({"x": 1}, "lacks `messages`"),
            ("hi", "takes one request"),
            ([HELLO, HELLO], "takes one request"),
            ({"messages": [{"role": 1}]}, "`role` must be of type str"),
            ({**HELLO, "temperature": "hot"}, "`temperature` must be of type float"),
        ],
    )
    def test_say_what_is_no_request(self, request_: Any, message: str, tmp_path: Path) -> None:
        with pytest.raises(InvalidParameterValue, match=message):
            saved(Chat(), tmp_path).predict(request_)


class TestChatAgents:
    def test_take_and_give_dictionaries(self, tmp_path: Path) -> None:
        model = saved(Agent(), tmp_path)
        answer = model.predict({**HELLO, "context": {"user_id": "u"}, "custom_inputs": {"a": 1}})
        said = "hello you u {'a': 1}"
        assert answer == {"messages": [{"role": "assistant", "content": said, "id": "1"}]}
        pieces = [piece["delta"]["content"] for piece in model.predict_stream(HELLO)]
        assert pieces == ["hello", "you"]

    def test_take_the_dictionary_of_a_request_when_called_directly(self) -> None:
        request: Any = {**HELLO, "custom_inputs": {"a": 1}}
        assert Agent().predict(request).messages[0].content == "hello you None {'a': 1}"
        assert len(list(Agent().predict_stream(request))) == 2
        said = [ChatAgentMessage(role="user", content="x")]
        assert Agent().predict(said, ChatContext(user_id="u")).messages[0].content == "x u None"
        with pytest.raises(MlflowException, match="no ChatAgentRequest") as caught:
            Agent().predict({"x": 1})  # type: ignore[arg-type]  # refused
        assert caught.value.error_code == "INVALID_PARAMETER_VALUE"

    def test_say_what_is_no_request(self, tmp_path: Path) -> None:
        model = saved(Agent(), tmp_path)
        with pytest.raises(InvalidParameterValue, match="Either 'content' or 'tool_calls'"):
            model.predict({"messages": [{"role": "user"}]})
        with pytest.raises(InvalidParameterValue, match="no request for a ChatAgent"):
            mlflow.pyfunc.save_model(tmp_path / "n", python_model=Agent(), input_example={"x": 1})
        assert not (tmp_path / "n").exists()


class TestResponsesAgents:
    def test_take_and_give_dictionaries(self, tmp_path: Path) -> None:
        model = saved(Responses(), tmp_path)
        answer = model.predict({**INPUT, "temperature": 0.5})
        (item,) = answer["output"]
        assert "'temperature': 0.5" in item["content"][0]["text"]
        assert model.predict(ResponsesAgentRequest(**INPUT))["object"] == "response"
        assert [event["type"] for event in model.predict_stream(INPUT)] == ["response.output_text.delta"]
        assert model.metadata.metadata == {"task": "agent/v1/responses"}

    def test_take_the_dictionary_of_a_request_when_called_directly(self) -> None:
        request: Any = INPUT
        assert len(Responses().predict(request).output) == 1
        assert len(list(Responses().predict_stream(request))) == 1

    def test_from_code_have_their_loader_and_task(self, tmp_path: Path) -> None:
        script = tmp_path / "agent.py"
        script.write_text(
            "import mlflow\n"
            "class Fixed(mlflow.pyfunc.ResponsesAgent):\n"
            "    def predict(self, request):\n"
            "        return {'output': [self.create_text_output_item('x', 'i')]}\n"
            "mlflow.models.set_model(Fixed())\n"
        )
        model = saved(script, tmp_path)
        assert model.loader_module == "mlflow.pyfunc.loaders.code_model"
        assert model.metadata.metadata == {"task": "agent/v1/responses"}
        assert model.predict(INPUT)["output"][0]["content"][0]["text"] == "x"
        with pytest.raises(NotSupported, match="cannot predict piece by piece"):
            model.predict_stream(INPUT)


class Wrong(ChatModel):
    def predict(self, context: Any, messages: Any, params: Any) -> Any:
        return "text"


class Unreachable(ChatModel):
    def predict(self, context: Any, messages: Any, params: Any) -> Any:
        raise ConnectionError("no network")


class Undefined(ChatAgent):
    pass


def test_a_model_that_answers_in_another_form_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match=r"gives a ChatCompletionResponse.* gave str"):
        saved(Wrong(), tmp_path)
    assert not (tmp_path / "m").exists()


def test_a_model_that_cannot_answer_now_is_saved_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Unreachable(), pip_requirements=["mlflow"])
    assert "ConnectionError: no network" in caplog.text


def test_a_class_without_predict_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="Undefined defines no `predict`"):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model=Undefined())


def test_an_answer_to_a_chat_stands_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(Chat(), tmp_path)
    mlflow.models.predict(str(tmp_path / "m"), json.dumps(HELLO), env_manager="local")
    assert text_of(json.loads(capsys.readouterr().out)) == "hello you 1.0 None"
