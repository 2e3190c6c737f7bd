"""Messages, parameters and answers of chat models, as plain dataclasses with a dictionary form."""

from __future__ import annotations

import dataclasses
import time
import types
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints

from mlflow.types.schema import AnyType, Array, ColSpec, DataType, Map, Object, Property, Schema

JSON_SCHEMA_TYPES = ["string", "number", "integer", "object", "array", "boolean", "null"]


@dataclass
class _BaseDataclass:
    """A dataclass whose fields are checked against their types; dictionaries become what they stand for."""

    def __post_init__(self) -> None:
        cls: Any = type(self)  # typed, it would be one whose objects have no hash
        for name, hint in _hints(cls).items():
            setattr(self, name, _checked(getattr(self, name), hint, name))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: fields that are `None` are left out."""
        return dataclasses.asdict(self, dict_factory=_without_none)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """What has this JSON form; keys that do not belong to it are ignored.

        Raises:
            ValueError: A field has another type.
            TypeError: A field is missing.
        """
        names = {item.name for item in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})


def _without_none(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _checked(value: Any, hint: Any, name: str) -> Any:
    """The value as a field of the type holds it.

    Raises:
        ValueError: It has another type; the message names the field.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        some = [item for item in arguments if item is not type(None)]
        # Of several types the last one is a list, and the first one anything else.
        return _checked(value, some[-1] if isinstance(value, list) else some[0], name)
    if hint is Any:
        return value
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"`{name}` must be one of {list(arguments)}, got {value}")
        return value
    if origin is list:
        return _list(value, arguments[0], name)
    if origin is dict:
        return _dictionary(value, arguments[1], name)
    if dataclasses.is_dataclass(hint):
        return _dataclass(value, hint, name)
    if hint is float and type(value) is int:
        return float(value)
    if not isinstance(value, hint):
        raise ValueError(f"`{name}` must be of type {hint.__name__}, got {type(value).__name__}")
    return value


def _list(value: Any, element: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"`{name}` must be a list, got {type(value).__name__}")
    if dataclasses.is_dataclass(element):
        if not all(isinstance(item, dict | element) for item in value):
            raise ValueError(f"Items in `{name}` must all have the same type: {_name(element)} or dict")
        return [_dataclass(item, element, name) for item in value]
    kind = get_origin(element) or element
    if kind is dict and not all(isinstance(item, dict) for item in value):
        raise ValueError(f"`{name}` list items must all be dicts (content parts)")
    if kind is not Any and not all(isinstance(item, kind) for item in value):
        raise ValueError(f"All items in `{name}` must be of type {_name(kind)}")
    return value


def _dictionary(value: Any, element: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"Expected `{name}` to be a dictionary, received `{type(value).__name__}`")
    for key in value:
        if not isinstance(key, str):
            raise ValueError(
                f"Expected `{name}` to be of type `Dict[str, Any]`, received key of type "
                f"`{type(key).__name__}` (key: {key})"
            )
    return {key: _checked(item, element, name) for key, item in value.items()}


def _dataclass(value: Any, kind: Any, name: str) -> Any:
    if isinstance(value, kind):
        return value
    if not isinstance(value, dict):
        raise ValueError(
            f"Expected `{name}` to be either an instance of `{_name(kind)}` or a dict matching the schema. "
            f"Received `{type(value).__name__}`"
        )
    try:
        return kind.from_dict(value)
    except TypeError as error:
        raise ValueError(f"Error when coercing {value} to {_name(kind)}: {error}") from error


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _new_id() -> str:
    return str(uuid.uuid4())


def _now() -> int:
    return int(time.time())


# Tools


@dataclass
class FunctionToolCallArguments(_BaseDataclass):
    """The function that a model wants called.

    Attributes:
        name: Its name.
        arguments: Its arguments as JSON text.
    """

    name: str
    arguments: str

    def to_tool_call(self, id: str | None = None) -> ToolCall:
        """The call; its id is made up by default."""
        return ToolCall(function=self) if id is None else ToolCall(function=self, id=id)


@dataclass
class ToolCall(_BaseDataclass):
    """A call of a tool that a model wants.

    Attributes:
        function: The function with its arguments.
        id: Id that the answer refers to; made up by default.
        type: Kind of the tool.
    """

    function: FunctionToolCallArguments
    id: str = field(default_factory=_new_id)
    type: str = "function"


@dataclass
class ParamType(_BaseDataclass):
    """A type of JSON Schema.

    Attributes:
        type: Its name.
    """

    type: Literal["string", "number", "integer", "object", "array", "boolean", "null"]


@dataclass
class ParamProperty(ParamType):
    """An argument of a tool.

    Attributes:
        description: What it is.
        enum: The values that it may have.
        items: What the elements of an array are.
    """

    description: str | None = None
    enum: list[str] | None = None
    items: ParamProperty | None = None


@dataclass
class ToolParamsSchema(_BaseDataclass):
    """The arguments of a tool.

    Attributes:
        properties: Arguments by name.
        type: Always `object`.
        required: Names of those that must be there.
        additionalProperties: Whether others may be there.
    """

    properties: dict[str, ParamProperty]
    type: Literal["object"] = "object"
    required: list[str] | None = None
    additionalProperties: bool | None = None  # noqa: N815 - a name of JSON Schema


@dataclass
class FunctionToolDefinition(_BaseDataclass):
    """A function that a model may call.

    Attributes:
        name: Its name.
        description: What it does.
        parameters: Its arguments.
        strict: Whether the arguments have to fit exactly.
    """

    name: str
    description: str | None = None
    parameters: ToolParamsSchema | None = None
    strict: bool = False

    def to_tool_definition(self) -> ToolDefinition:
        """The tool that it is."""
        return ToolDefinition(function=self)


@dataclass
class ToolDefinition(_BaseDataclass):
    """A tool that a model may use.

    Attributes:
        function: The function that it is.
        type: Always `function`.
    """

    function: FunctionToolDefinition
    type: Literal["function"] = "function"


# Requests


@dataclass
class ChatMessage(_BaseDataclass):
    """A message of a chat.

    Attributes:
        role: Who says it: `system`, `user`, `assistant` or `tool`.
        content: Its text, or its parts; required unless it is a refusal or calls tools.
        refusal: The text of a refusal.
        name: Name of who says it.
        tool_calls: Tools that the assistant wants called.
        tool_call_id: The call that this answers.
    """

    role: str
    content: str | list[dict[str, Any]] | None = None
    refusal: str | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.refusal is not None and self.content is not None:
            raise ValueError("Both `content` and `refusal` cannot be set")
        if self.refusal is None and self.content is None and self.tool_calls is None:
            raise ValueError("`content` is required")


@dataclass
class ChatParams(_BaseDataclass):
    """Parameters of a chat model.

    Attributes:
        temperature: How freely it chooses words.
        max_tokens: Most tokens of an answer.
        stop: Texts that end an answer.
        n: How many answers.
        stream: Whether the answer comes piece by piece.
        top_p: Share of the probability that words are chosen from.
        top_k: How many words are chosen from.
        frequency_penalty: Penalty for words by how often they came.
        presence_penalty: Penalty for words that came.
        custom_inputs: What else the model takes.
        tools: Tools that it may use.
    """

    temperature: float = 1.0
    max_tokens: int | None = None
    stop: list[str] | None = None
    n: int = 1
    stream: bool = False
    top_p: float | None = None
    top_k: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    custom_inputs: dict[str, Any] | None = None
    tools: list[ToolDefinition] | None = None

    @classmethod
    def keys(cls) -> set[str]:
        """Names of the fields."""
        return {item.name for item in dataclasses.fields(cls)}


@dataclass
class ChatCompletionRequest(ChatParams):
    """Messages and parameters together.

    Attributes:
        messages: The messages.
    """

    messages: list[ChatMessage] = field(default_factory=list)


# Answers


@dataclass
class TopTokenLogProb(_BaseDataclass):
    """A token that was likely.

    Attributes:
        token: The token.
        logprob: Logarithm of its probability.
        bytes: Its bytes.
    """

    token: str
    logprob: float
    bytes: list[int] | None = None


@dataclass
class TokenLogProb(_BaseDataclass):
    """A token of an answer.

    Attributes:
        token: The token.
        logprob: Logarithm of its probability.
        top_logprobs: Tokens that were likely in its place.
        bytes: Its bytes.
    """

    token: str
    logprob: float
    top_logprobs: list[TopTokenLogProb]
    bytes: list[int] | None = None


@dataclass
class ChatChoiceLogProbs(_BaseDataclass):
    """Probabilities of an answer's tokens.

    Attributes:
        content: Its tokens.
    """

    content: list[TokenLogProb] | None = None


@dataclass
class ChatChoice(_BaseDataclass):
    """One of the answers.

    Attributes:
        message: The answer.
        index: Its position.
        finish_reason: Why it ended.
        logprobs: Probabilities of its tokens.
    """

    message: ChatMessage
    index: int = 0
    finish_reason: str = "stop"
    logprobs: ChatChoiceLogProbs | None = None


@dataclass
class ChatChoiceDelta(_BaseDataclass):
    """A piece of an answer.

    Attributes:
        role: Who says it.
        content: Text that is added.
        refusal: Text of a refusal that is added.
        name: Name of who says it.
        tool_calls: Tools that the assistant wants called.
    """

    role: str | None = "assistant"
    content: str | None = None
    refusal: str | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None


@dataclass
class ChatChunkChoice(_BaseDataclass):
    """A piece of one of the answers.

    Attributes:
        delta: What is added.
        index: Position of the answer.
        finish_reason: Why it ended.
        logprobs: Probabilities of the tokens.
    """

    delta: ChatChoiceDelta
    index: int = 0
    finish_reason: str | None = None
    logprobs: ChatChoiceLogProbs | None = None


@dataclass
class TokenUsageStats(_BaseDataclass):
    """How many tokens it took.

    Attributes:
        prompt_tokens: Tokens of the request.
        completion_tokens: Tokens of the answer.
        total_tokens: Both.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None


@dataclass
class ChatCompletionResponse(_BaseDataclass):
    """What a chat model answers.

    Attributes:
        choices: The answers.
        usage: How many tokens it took.
        id: Id of the answer.
        model: Name of the model.
        object: Always `chat.completion`.
        created: When it was made, in seconds since the epoch; now by default.
        custom_outputs: What else the model gives.
    """

    choices: list[ChatChoice]
    usage: TokenUsageStats | None = None
    id: str | None = None
    model: str | None = None
    object: str = "chat.completion"
    created: int = field(default_factory=_now)
    custom_outputs: dict[str, Any] | None = None


@dataclass
class ChatCompletionChunk(_BaseDataclass):
    """A piece of what a chat model answers.

    Attributes:
        choices: Pieces of the answers.
        usage: How many tokens it took.
        id: Id of the answer.
        model: Name of the model.
        object: Always `chat.completion.chunk`.
        created: When it was made, in seconds since the epoch; now by default.
        custom_outputs: What else the model gives.
    """

    choices: list[ChatChunkChoice]
    usage: TokenUsageStats | None = None
    id: str | None = None
    model: str | None = None
    object: str = "chat.completion.chunk"
    created: int = field(default_factory=_now)
    custom_outputs: dict[str, Any] | None = None


# Signatures

_STRING, _LONG, _DOUBLE, _BOOLEAN = DataType.string, DataType.long, DataType.double, DataType.boolean


def _optional(name: str, dtype: Any) -> Property:
    return Property(name, dtype, required=False)


TOOL_CALLS_TYPE = Array(
    Object(
        [
            Property("function", Object([Property("arguments", _STRING), Property("name", _STRING)])),
            Property("id", _STRING),
            Property("type", _STRING),
        ]
    )
)
"""Calls of tools in a message."""

_MESSAGE = Object(
    [
        Property("role", _STRING),
        *(_optional(name, _STRING) for name in ("content", "name", "refusal", "tool_call_id")),
        _optional("tool_calls", TOOL_CALLS_TYPE),
    ]
)
_ARGUMENT = Object(
    [
        Property("type", _STRING),
        _optional("description", _STRING),
        _optional("enum", Array(_STRING)),
        _optional("items", Object([Property("type", _STRING)])),
    ]
)
_ARGUMENTS = Object(
    [
        Property("properties", Map(_ARGUMENT)),
        _optional("type", _STRING),
        _optional("required", Array(_STRING)),
        _optional("additionalProperties", _BOOLEAN),
    ]
)
_TOOL = Object(
    [
        Property("type", _STRING),
        _optional(
            "function",
            Object(
                [
                    Property("name", _STRING),
                    _optional("description", _STRING),
                    Property("parameters", _ARGUMENTS),
                    _optional("strict", _BOOLEAN),
                ]
            ),
        ),
    ]
)
TOKENS_TYPE = Object(
    [Property(name, _LONG) for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
)
"""How many tokens an answer took."""


def _column(name: str, dtype: Any) -> ColSpec:
    return ColSpec(dtype, name, required=False)


CHAT_MODEL_INPUT_SCHEMA = Schema(
    [
        ColSpec(Array(_MESSAGE), "messages"),
        _column("temperature", _DOUBLE),
        _column("max_tokens", _LONG),
        _column("stop", Array(_STRING)),
        _column("n", _LONG),
        _column("stream", _BOOLEAN),
        _column("top_p", _DOUBLE),
        _column("top_k", _LONG),
        _column("frequency_penalty", _DOUBLE),
        _column("presence_penalty", _DOUBLE),
        _column("tools", Array(_TOOL)),
        _column("custom_inputs", Map(AnyType())),
    ]
)
CHAT_MODEL_OUTPUT_SCHEMA = Schema(
    [
        ColSpec(_STRING, "id"),
        ColSpec(_STRING, "object"),
        ColSpec(_LONG, "created"),
        ColSpec(_STRING, "model"),
        ColSpec(
            Array(
                Object(
                    [
                        Property("index", _LONG),
                        Property("message", _MESSAGE),
                        Property("finish_reason", _STRING),
                    ]
                )
            ),
            "choices",
        ),
        _column("usage", TOKENS_TYPE),
        _column("custom_outputs", Map(AnyType())),
    ]
)
CHAT_MODEL_INPUT_EXAMPLE = {
    "messages": [{"role": "user", "content": "Hello!"}],
    "temperature": 1.0,
    "max_tokens": 10,
    "stop": ["\n"],
    "n": 1,
    "stream": False,
}
COMPLETIONS_MODEL_INPUT_SCHEMA = Schema(
    [
        ColSpec(_STRING, "prompt"),
        _column("temperature", _DOUBLE),
        _column("max_tokens", _LONG),
        _column("stop", Array(_STRING)),
        _column("n", _LONG),
        _column("stream", _BOOLEAN),
    ]
)
COMPLETIONS_MODEL_OUTPUT_SCHEMA = Schema(
    [
        ColSpec(_STRING, "id"),
        ColSpec(_STRING, "object"),
        ColSpec(_LONG, "created"),
        ColSpec(_STRING, "model"),
        ColSpec(
            Array(
                Object(
                    [Property("index", _LONG), Property("text", _STRING), Property("finish_reason", _STRING)]
                )
            ),
            "choices",
        ),
        ColSpec(TOKENS_TYPE, "usage"),
    ]
)
EMBEDDING_MODEL_INPUT_SCHEMA = Schema([ColSpec(_STRING, "input")])
EMBEDDING_MODEL_OUTPUT_SCHEMA = Schema(
    [
        ColSpec(_STRING, "object"),
        ColSpec(
            Array(
                Object(
                    [
                        Property("index", _LONG),
                        Property("object", _STRING),
                        Property("embedding", Array(_DOUBLE)),
                    ]
                )
            ),
            "data",
        ),
        ColSpec(Object([Property("prompt_tokens", _LONG), Property("total_tokens", _LONG)]), "usage"),
    ]
)
