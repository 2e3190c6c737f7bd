"""Requests and answers of chat agents, as pydantic models."""

from __future__ import annotations

from typing import Any, Self

from mlflow.types._pydantic import BaseModel, ConfigDict, model_validator
from mlflow.types.chat import ChatUsage, ToolCall
from mlflow.types.llm import TOKENS_TYPE, TOOL_CALLS_TYPE
from mlflow.types.schema import AnyType, Array, ColSpec, DataType, Map, Object, Property, Schema


class ChatAgentMessage(BaseModel):
    """A message of a chat; what an agent says has an id, and pieces of one message have the same."""

    role: str
    content: str | None = None
    name: str | None = None
    id: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    attachments: dict[str, str] | None = None

    @model_validator(mode="after")
    def check_content_and_tool_calls(self) -> Self:
        """A message says something or calls tools."""
        if not self.content and not self.tool_calls:
            raise ValueError("Either 'content' or 'tool_calls' must be provided.")
        return self

    @model_validator(mode="after")
    def check_tool_messages(self) -> Self:
        """An answer of a tool says of which one, and of which call."""
        if self.role == "tool" and (not self.name or not self.tool_call_id):
            raise ValueError("Both 'name' and 'tool_call_id' must be provided for tool messages.")
        return self


class ChatContext(BaseModel):
    """Which conversation a request belongs to, and who sends it."""

    conversation_id: str | None = None
    user_id: str | None = None


class ChatAgentRequest(BaseModel):
    """A request to a chat agent."""

    messages: list[ChatAgentMessage]
    context: ChatContext | None = None
    custom_inputs: dict[str, Any] | None = None
    stream: bool | None = False


class ChatAgentResponse(BaseModel):
    """What a chat agent answers: messages, each with an id of its own."""

    model_config = ConfigDict(validate_assignment=True)

    messages: list[ChatAgentMessage]
    finish_reason: str | None = None
    custom_outputs: dict[str, Any] | None = None
    usage: ChatUsage | None = None

    @model_validator(mode="after")
    def check_message_ids(self) -> Self:
        """Every message has an id, and each another."""
        ids = [message.id for message in self.messages]
        for wrong, wanted in ((None in ids, "an ID"), (len(set(ids)) < len(ids), "unique IDs")):
            if wrong:
                raise ValueError(
                    f"All ChatAgentMessage objects in field `messages` must have {wanted}. "
                    "You can use `str(uuid.uuid4())` to generate a unique ID."
                )
        return self


class ChatAgentChunk(BaseModel):
    """A piece of what a chat agent answers."""

    model_config = ConfigDict(validate_assignment=True)

    delta: ChatAgentMessage
    finish_reason: str | None = None
    custom_outputs: dict[str, Any] | None = None
    usage: ChatUsage | None = None

    @model_validator(mode="after")
    def check_message_id(self) -> Self:
        """A piece says by its id which message it is of."""
        if self.delta.id is None:
            raise ValueError(
                "The field `delta` of ChatAgentChunk must contain a ChatAgentMessage object with an ID. "
                "All pieces of one message have the same."
            )
        return self


def _optional(name: str, dtype: Any) -> Property:
    return Property(name, dtype, required=False)


_TEXT = DataType.string
_MESSAGES = ColSpec(
    Array(
        Object(
            [
                Property("role", _TEXT),
                *(_optional(name, _TEXT) for name in ("content", "name", "id", "tool_call_id")),
                _optional("tool_calls", TOOL_CALLS_TYPE),
                _optional("attachments", Map(_TEXT)),
            ]
        )
    ),
    "messages",
)
CHAT_AGENT_INPUT_SCHEMA = Schema(
    [
        _MESSAGES,
        ColSpec(
            Object([_optional("conversation_id", _TEXT), _optional("user_id", _TEXT)]),
            "context",
            required=False,
        ),
        ColSpec(Map(AnyType()), "custom_inputs", required=False),
        ColSpec(DataType.boolean, "stream", required=False),
    ]
)
CHAT_AGENT_OUTPUT_SCHEMA = Schema(
    [
        _MESSAGES,
        ColSpec(_TEXT, "finish_reason", required=False),
        ColSpec(Map(AnyType()), "custom_outputs", required=False),
        ColSpec(TOKENS_TYPE, "usage", required=False),
    ]
)
CHAT_AGENT_INPUT_EXAMPLE = {"messages": [{"role": "user", "content": "Hello!"}]}
