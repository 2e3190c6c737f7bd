"""Requests and answers of agents that speak OpenAI's responses, and their parts made and put together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mlflow.types._pydantic import BaseModel
from mlflow.types.agent import ChatContext
from mlflow.types.responses_helpers import (
    BaseRequestPayload,
    Message,
    OutputItem,
    Response,
    ResponseCompletedEvent,
    ResponseErrorEvent,
    ResponseOutputItemDoneEvent,
    ResponseTextAnnotationDeltaEvent,
    ResponseTextDeltaEvent,
    _OfSeveralKinds,
)
from mlflow.types.schema import ColSpec, Schema
from mlflow.types.type_hints import object_of

__all__ = ["ResponsesAgentRequest", "ResponsesAgentResponse", "ResponsesAgentStreamEvent"]


class ResponsesAgentRequest(BaseRequestPayload):
    """A request to an agent."""

    input: list[Message | OutputItem]
    custom_inputs: dict[str, Any] | None = None
    context: ChatContext | None = None


class ResponsesAgentResponse(Response):
    """What an agent answers."""

    custom_outputs: dict[str, Any] | None = None


class ResponsesAgentStreamEvent(_OfSeveralKinds):
    """What happens while an agent answers."""

    kinds = {
        "response.output_text.delta": ResponseTextDeltaEvent,
        "response.output_text.annotation.added": ResponseTextAnnotationDeltaEvent,
        "response.output_item.done": ResponseOutputItemDoneEvent,
        "response.completed": ResponseCompletedEvent,
        "error": ResponseErrorEvent,
    }
    takes_others = True

    type: str
    custom_outputs: dict[str, Any] | None = None


RESPONSES_AGENT_INPUT_SCHEMA = Schema(
    [ColSpec(item.dtype, item.name, item.required) for item in object_of(ResponsesAgentRequest).properties]
)
RESPONSES_AGENT_OUTPUT_SCHEMA = Schema([ColSpec(object_of(ResponsesAgentResponse))])
RESPONSES_AGENT_INPUT_EXAMPLE = {"input": [{"role": "user", "content": "Hello!"}]}


# Parts of an answer


def create_text_delta(delta: str, item_id: str) -> dict[str, Any]:
    """An event: text that is added to a message."""
    return {"type": "response.output_text.delta", "item_id": item_id, "delta": delta}


def create_annotation_added(
    item_id: str, annotation: dict[str, Any], annotation_index: int | None = 0
) -> dict[str, Any]:
    """An event: an annotation that is added to a message."""
    return {
        "type": "response.output_text.annotation.added",
        "item_id": item_id,
        "annotation_index": annotation_index,
        "annotation": annotation,
    }


def create_text_output_item(
    text: str, id: str, annotations: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A message of text."""
    content = {"text": text, "type": "output_text", "annotations": annotations or []}
    return {"id": id, "content": [content], "role": "assistant", "type": "message"}


def create_reasoning_item(id: str, reasoning_text: str) -> dict[str, Any]:
    """Reasoning."""
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": reasoning_text}], "id": id}


def create_function_call_item(id: str, call_id: str, name: str, arguments: str) -> dict[str, Any]:
    """A call of a function, with its arguments as JSON text."""
    return {"type": "function_call", "id": id, "call_id": call_id, "name": name, "arguments": arguments}


def create_function_call_output_item(call_id: str, output: str) -> dict[str, Any]:
    """What a called function gave."""
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def create_mcp_approval_request_item(id: str, arguments: str, name: str, server_label: str) -> dict[str, Any]:
    """A call that the agent wants allowed."""
    return {
        "type": "mcp_approval_request",
        "id": id,
        "arguments": arguments,
        "name": name,
        "server_label": server_label,
    }


def create_mcp_approval_response_item(
    id: str, approval_request_id: str, approve: bool, reason: str | None = None
) -> dict[str, Any]:
    """Whether a call is allowed."""
    return {
        "type": "mcp_approval_response",
        "id": id,
        "approval_request_id": approval_request_id,
        "approve": approve,
        "reason": reason,
    }


# To and from chat completions


def responses_to_cc(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a chat completion that an item of a request or answer stands for."""
    match message.get("type"):
        case "function_call":
            return [_tool_call("tool call", message["call_id"], message)]
        case "mcp_approval_request":
            return [_tool_call("mcp approval request", message["id"], message)]
        case "function_call_output":
            output = message["output"]
            return [
                _tool_answer(message["call_id"], output if isinstance(output, str) else json.dumps(output))
            ]
        case "mcp_approval_response":
            return [_tool_answer(message["approval_request_id"], str(message["approve"]))]
        case "reasoning":
            return [{"role": "assistant", "content": json.dumps(message["summary"])}]
        case "message" if isinstance(message.get("content"), list) and message.get("role") == "assistant":
            texts = [part.get("text", part.get("refusal")) for part in message["content"]]
            return [{"role": "assistant", "content": text} for text in texts]
    if "role" not in message:
        return []
    return [{key: value for key, value in message.items() if key in _OF_CHAT_MESSAGES and value is not None}]


_OF_CHAT_MESSAGES = ("role", "content", "name", "tool_calls", "tool_call_id")


def _tool_call(content: str, id: str, message: dict[str, Any]) -> dict[str, Any]:
    function = {"arguments": message["arguments"], "name": message["name"]}
    call = {"id": id, "type": "function", "function": function}
    return {"role": "assistant", "content": content, "tool_calls": [call]}


def _tool_answer(id: str, content: str) -> dict[str, Any]:
    return {"role": "tool", "content": content, "tool_call_id": id}


def to_chat_completions_input(
    responses_input: Sequence[dict[str, Any] | Message | OutputItem],
) -> list[dict[str, Any]]:
    """The messages of a chat completion that the items of a request stand for."""
    items = [item.model_dump() if isinstance(item, BaseModel) else item for item in responses_input]
    return [message for item in items for message in responses_to_cc(item)]


def output_to_responses_items_stream(
    chunks: Iterator[dict[str, Any]], aggregator: list[dict[str, Any]] | None = None
) -> Iterator[ResponsesAgentStreamEvent]:
    """The events that the pieces of a chat completion stand for.

    Args:
        chunks: The pieces, as dictionaries.
        aggregator: A list that gets the items as they are complete.
    """
    message_id = ""
    text: list[str] = []
    calls: dict[int, dict[str, str]] = {}
    for chunk in chunks:
        if not chunk.get("choices"):
            continue
        message_id = chunk.get("id") or message_id
        delta = chunk["choices"][0].get("delta") or {}
        for call in delta.get("tool_calls") or ():
            _add_to_call(calls, call)
        for part in _parts(delta.get("content")):
            if part["type"] == "reasoning":
                item = {"type": "reasoning", "summary": part["summary"], "id": message_id}
                yield _done(item, aggregator)
            elif part["text"]:
                text.append(part["text"])
                yield ResponsesAgentStreamEvent(**create_text_delta(part["text"], message_id))
    if text:
        yield _done(create_text_output_item("".join(text), message_id), aggregator)
    for call in calls.values():
        yield _done(
            create_function_call_item(message_id, call["id"], call["name"], call["arguments"]), aggregator
        )


def _add_to_call(calls: dict[int, dict[str, str]], piece: dict[str, Any]) -> None:
    call = calls.setdefault(piece.get("index", len(calls)), {"id": "", "name": "", "arguments": ""})
    function = piece.get("function") or {}
    call["id"] = piece.get("id") or call["id"]
    call["name"] += function.get("name") or ""
    call["arguments"] += function.get("arguments") or ""


def _parts(content: str | list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    if isinstance(content, list):
        return [part for part in content if part.get("type") in ("reasoning", "text")]
    return [{"type": "text", "text": content}] if content else []


def _done(item: dict[str, Any], aggregator: list[dict[str, Any]] | None) -> ResponsesAgentStreamEvent:
    if aggregator is not None:
        aggregator.append(item)
    return ResponsesAgentStreamEvent(type="response.output_item.done", item=item)  # type: ignore[call-arg]  # the kind's own field


def responses_agent_output_reducer(
    chunks: list[ResponsesAgentStreamEvent | dict[str, Any]],
) -> dict[str, Any]:
    """The answer that the events of a stream make up, as a trace shows it."""
    events = [chunk if isinstance(chunk, dict) else chunk.model_dump(exclude_none=True) for chunk in chunks]
    items = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    return ResponsesAgentResponse(output=items).model_dump(exclude_none=True)
