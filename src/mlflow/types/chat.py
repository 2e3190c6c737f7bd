"""Requests and answers of OpenAI's chat completions, as pydantic models."""

from __future__ import annotations

import warnings
from typing import Annotated, Any, Literal
from uuid import uuid4

from mlflow.types._pydantic import BaseModel, ConfigDict, Field

JsonType = Literal["string", "number", "integer", "object", "array", "boolean", "null"]


class TextContentPart(BaseModel):
    """Text of a message."""

    type: Literal["text"]
    text: str


class ImageUrl(BaseModel):
    """Where an image is; `data:` URLs hold it."""

    url: str
    detail: Literal["auto", "low", "high"] | None = None


class ImageContentPart(BaseModel):
    """An image of a message."""

    type: Literal["image_url"]
    image_url: ImageUrl


class InputAudio(BaseModel):
    """Sound in base64."""

    data: str
    format: Literal["wav", "mp3"]


class AudioContentPart(BaseModel):
    """Sound of a message."""

    type: Literal["input_audio"]
    input_audio: InputAudio


class ReasoningSummaryPart(BaseModel):
    """A part of what a model says of its reasoning."""

    type: Literal["summary_text"]
    text: str


class ReasoningContentPart(BaseModel):
    """The reasoning of a message."""

    model_config = ConfigDict(extra="allow")

    type: Literal["reasoning"]
    summary: list[ReasoningSummaryPart]


ContentPartsList = list[
    Annotated[
        TextContentPart | ImageContentPart | AudioContentPart | ReasoningContentPart,
        Field(discriminator="type"),
    ]
]
ContentType = Annotated[str | ContentPartsList, Field(union_mode="left_to_right")]


class Function(BaseModel):
    """The function that a model wants called, with its arguments as JSON text."""

    name: str | None = None
    arguments: str | None = None

    def to_tool_call(self, id: str | None = None) -> ToolCall:
        """The call; its id is made up by default."""
        return ToolCall(id=id or str(uuid4()), type="function", function=self)


class ToolCall(BaseModel):
    """A call of a tool that a model wants."""

    id: str
    type: str = "function"
    function: Function
    thought_signature: str | None = None


class ChatMessage(BaseModel):
    """A message of a chat."""

    role: str
    content: ContentType | None = None
    tool_calls: list[ToolCall] | None = None
    refusal: str | None = None
    tool_call_id: str | None = None


class ParamType(BaseModel):
    """A type of JSON Schema."""

    type: JsonType | list[JsonType] | None = None


class ParamProperty(ParamType):
    """An argument of a tool."""

    description: str | None = None
    enum: list[str | int | float | bool] | None = None
    items: ParamProperty | None = None


class FunctionParams(BaseModel):
    """The arguments of a tool."""

    properties: dict[str, ParamProperty]
    type: Literal["object"] = "object"
    required: list[str] | None = None
    additionalProperties: bool | None = None  # noqa: N815 - a name of JSON Schema


class FunctionToolDefinition(BaseModel):
    """A function that a model may call."""

    name: str
    description: str | None = None
    parameters: FunctionParams | None = None
    strict: bool | None = None


class ChatTool(BaseModel):
    """A tool that a model may use."""

    type: Literal["function"]
    function: FunctionToolDefinition | None = None


with warnings.catch_warnings():
    # The wire has a `schema`, and pydantic an old method of that name, which nobody needs here.
    warnings.filterwarnings("ignore", message='Field name "schema"', category=UserWarning)

    class JsonSchemaSpec(BaseModel):
        """A JSON Schema that answers have to fit."""

        model_config = ConfigDict(extra="allow")

        name: str
        schema: dict[str, Any]  # type: ignore[assignment]  # see above
        strict: bool = True


class ResponseFormat(BaseModel):
    """The form that answers have."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchemaSpec | None = None


class ToolChoiceFunction(BaseModel):
    """The function that has to be called."""

    name: str


class ToolChoice(BaseModel):
    """The tool that has to be used."""

    type: Literal["function"]
    function: ToolChoiceFunction


class BaseRequestPayload(BaseModel):
    """Parameters that requests of all kinds have."""

    n: int = Field(default=1, ge=1)
    stop: list[str] | None = Field(default=None, min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    model: str | None = None
    response_format: ResponseFormat | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    top_k: int | None = Field(default=None, ge=1)


class ChatCompletionRequest(BaseRequestPayload):
    """A request to a chat model."""

    messages: list[ChatMessage] = Field(..., min_length=1)
    tools: list[ChatTool] | None = Field(default=None, min_length=1)
    tool_choice: Literal["none", "auto", "required"] | ToolChoice | None = None


class ChatChoice(BaseModel):
    """One of the answers."""

    index: int
    message: ChatMessage
    finish_reason: str | None = None


class PromptTokensDetails(BaseModel):
    """What is known of the request's tokens."""

    model_config = ConfigDict(extra="allow")

    cached_tokens: int | None = None


class ChatUsage(BaseModel):
    """How many tokens an answer took."""

    model_config = ConfigDict(extra="allow")

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: PromptTokensDetails | None = None


class ToolCallDelta(BaseModel):
    """A piece of a call of a tool."""

    index: int
    id: str | None = None
    type: str | None = None
    function: Function
    thought_signature: str | None = None


class ChatChoiceDelta(BaseModel):
    """A piece of an answer."""

    role: str | None = None
    content: str | None = None
    tool_calls: list[ToolCallDelta] | None = None


class ChatChunkChoice(BaseModel):
    """A piece of one of the answers."""

    index: int
    finish_reason: str | None = None
    delta: ChatChoiceDelta


class ChatCompletionChunk(BaseModel):
    """A piece of what a chat model answers."""

    id: str | None = None
    object: str = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChatChunkChoice]
    usage: ChatUsage | None = None


class ChatCompletionResponse(BaseModel):
    """What a chat model answers."""

    id: str | None = None
    object: str = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage | None = None
