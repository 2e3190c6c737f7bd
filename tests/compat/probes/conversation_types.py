"""Prints fields, schemas and forms of the types of chats and agents of the importable `mlflow`."""

import dataclasses
import json
import sys
from typing import Any

from mlflow.types import agent, chat, llm, responses, responses_helpers

ITEMS: list[dict[str, Any]] = [
    {"role": "user", "content": "a"},
    {"role": "user", "content": [{"type": "input_image", "image_url": "u"}]},
    {
        "type": "message",
        "id": "1",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "a"}, {"type": "output_text", "text": "b"}],
    },
    {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c", "output": "o"},
    {"type": "reasoning", "id": "1", "summary": [{"type": "summary_text", "text": "t"}]},
    {
        "type": "mcp_approval_request",
        "id": "1",
        "arguments": "{}",
        "name": "n",
        "server_label": "s",
    },
    {"type": "mcp_approval_response", "approval_request_id": "1", "approve": False, "reason": "no"},
    {"type": "nothing"},
]
CALL = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": '{"a"'}}
CHUNKS: list[dict[str, Any]] = [
    {"id": "x", "choices": [{"delta": {"role": "assistant", "content": "He"}}]},
    {"id": "x", "choices": [{"delta": {"content": "llo"}}]},
    {"id": "x", "choices": [{"delta": {"tool_calls": [CALL]}}]},
    {"id": "x", "choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}}]},
    {"id": "x", "choices": []},
]
ANSWERS: list[dict[str, Any]] = [
    *ITEMS[2:],
    {"type": "message", "id": "1", "role": "assistant", "content": []},
    {"type": "message", "id": "1", "role": "user", "content": [{"type": "output_text", "text": "a"}]},
    {"type": "message", "id": "1", "role": "assistant", "content": [{"type": "refusal", "refusal": "a"}]},
    {"type": "message", "id": "1", "role": "assistant", "status": "odd", "content": [{"type": "x"}]},
    {"type": "web_search_call", "id": "1"},
]
MESSAGES: list[dict[str, Any]] = [
    {"role": "user"},
    {"role": "user", "content": "x", "attachments": {"a": "b"}},
    {"role": "tool", "content": "x"},
    {"role": "tool", "content": "x", "name": "n", "tool_call_id": "1"},
    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]},
]


def form(make: Any) -> Any:
    try:
        found = make()
    except (TypeError, ValueError) as error:
        return type(error).__name__
    return found.to_dict() if hasattr(found, "to_dict") else found.model_dump(exclude_none=True)


def fields() -> dict[str, Any]:
    found = {}
    for module in (agent, chat, llm, responses, responses_helpers):
        for name, cls in vars(module).items():
            if name.startswith("_") or not isinstance(cls, type) or cls.__module__ != module.__name__:
                continue
            if dataclasses.is_dataclass(cls):
                found[f"{module.__name__}.{name}"] = [item.name for item in dataclasses.fields(cls)]
            elif hasattr(cls, "model_fields"):
                found[f"{module.__name__}.{name}"] = list(cls.model_fields)
    return found


def main() -> None:
    schemas = {
        f"{module.__name__}.{name}": value.to_dict()
        for module in (agent, llm, responses)
        for name, value in vars(module).items()
        if name.endswith("_SCHEMA")
    }
    events = list(responses.output_to_responses_items_stream(iter(CHUNKS)))
    found = {
        "fields": fields(),
        "schemas": schemas,
        "requests": [form(lambda item=item: responses.ResponsesAgentRequest(input=[item])) for item in ITEMS],
        "answers": [
            form(lambda item=item: responses.ResponsesAgentResponse(output=[item])) for item in ANSWERS
        ],
        "chats": [responses.responses_to_cc(item) for item in ITEMS],
        "events": [event.model_dump(exclude_none=True) for event in events],
        "reduced": responses.responses_agent_output_reducer([*events]),
        "messages": [form(lambda item=item: agent.ChatAgentMessage(**item)) for item in MESSAGES],
        "llm": [
            form(lambda item=item: llm.ChatMessage(**item)) for item in MESSAGES if "attachments" not in item
        ],
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
