from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlflow.types.llm import (
    ChatChoice,
    ChatCompletionRequest,
    ChatCompletionResponse,
    ChatMessage,
    ChatParams,
    FunctionToolCallArguments,
    FunctionToolDefinition,
    ParamProperty,
    ToolCall,
    ToolParamsSchema,
)

CALL = {"function": {"name": "f", "arguments": "{}"}, "id": "a", "type": "function"}


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (ChatMessage, {"role": "user", "content": "hi"}),
        (ChatMessage, {"role": "user", "content": [{"type": "text", "text": "a"}]}),
        (ChatMessage, {"role": "assistant", "tool_calls": [CALL]}),
        (ChatMessage, {"role": "assistant", "refusal": "no"}),
        (
            ChatParams,
            {"temperature": 0.5, "stop": ["a"], "n": 2, "stream": True, "custom_inputs": {"a": None}},
        ),
        (
            FunctionToolDefinition,
            {
                "name": "f",
                "parameters": {
                    "properties": {"x": {"type": "array", "items": {"type": "string"}}},
                    "type": "object",
                    "additionalProperties": False,
                },
                "strict": True,
            },
        ),
        (
            ChatCompletionResponse,
            {
                "choices": [
                    {
                        "message": {"role": "assistant", "content": "a"},
                        "index": 0,
                        "finish_reason": "stop",
                        "logprobs": {"content": [{"token": "a", "logprob": -0.5, "top_logprobs": []}]},
                    }
                ],
                "usage": {"prompt_tokens": 1},
                "object": "chat.completion",
                "created": 5,
            },
        ),
    ],
)
def test_a_form_is_read_and_written_again(kind: Any, form: dict[str, Any]) -> None:
    read = kind.from_dict({**form, "unknown": 1})
    assert read.to_dict() == form
    assert read == kind.from_dict(form)


def test_defaults_are_part_of_the_form() -> None:
    assert ChatParams().to_dict() == {"temperature": 1.0, "n": 1, "stream": False}
    answer = ChatCompletionResponse(choices=[ChatChoice(message=ChatMessage("assistant", "a"))])
    assert answer.to_dict().keys() == {"choices", "object", "created"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ChatMessage(1, "a"), "`role` must be of type str, got int"),  # type: ignore[arg-type]  # refused
        (lambda: ChatMessage("user"), "`content` is required"),
        (lambda: ChatMessage("user", "a", refusal="b"), "Both `content` and `refusal`"),
        (lambda: ChatMessage("user", [1]), "must all be dicts"),  # type: ignore[list-item]  # refused
        (lambda: ChatMessage("user", tool_calls=[3]), "ToolCall or dict"),  # type: ignore[list-item]  # refused
        (lambda: ChatMessage("user", tool_calls=[{}]), "coercing {} to ToolCall"),  # type: ignore[list-item]  # refused
        (lambda: ChatParams(stream=1), "`stream` must be of type bool"),  # type: ignore[arg-type]  # refused
        (lambda: ChatParams(stop="a"), "`stop` must be a list"),  # type: ignore[arg-type]  # refused
        (lambda: ChatParams(stop=[1]), "All items in `stop` must be of type str"),  # type: ignore[list-item]  # refused
        (lambda: ChatParams(custom_inputs=3), "`custom_inputs` to be a dictionary"),  # type: ignore[arg-type]  # refused
        (lambda: ChatParams(custom_inputs={1: 2}), "received key of type `int`"),  # type: ignore[dict-item]  # refused
        (lambda: ChatChoice(message=3), "instance of `ChatMessage`"),  # type: ignore[arg-type]  # refused
        (lambda: ParamProperty("odd"), "`type` must be one of"),  # type: ignore[arg-type]  # refused
        (lambda: ToolParamsSchema({"x": 3}), "`properties` to be either an instance of `ParamProperty`"),  # type: ignore[dict-item]  # refused
    ],
)
def test_what_does_not_fit_is_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_whole_numbers_are_numbers() -> None:
    assert ChatParams(temperature=1).to_dict()["temperature"] == 1.0


def test_a_call_gets_an_id() -> None:
    arguments = FunctionToolCallArguments("f", "{}")
    assert arguments.to_tool_call("i") == ToolCall(arguments, id="i")
    assert arguments.to_tool_call().id != arguments.to_tool_call().id


def test_parameters_know_their_names() -> None:
    assert ChatCompletionRequest.keys() - ChatParams.keys() == {"messages"}
