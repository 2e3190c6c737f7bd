"""The parts of requests and answers of OpenAI's responses, as pydantic models.

A part that comes in several kinds holds whatever its kind has, and is checked by its `type`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from mlflow.types._pydantic import BaseModel, ConfigDict, model_validator

_STATUSES = ("in_progress", "completed", "incomplete")


class Status(BaseModel):
    """How far a part is."""

    status: str | None = None

    @model_validator(mode="after")
    def check_status(self) -> Self:
        """The status is one of three."""
        if self.status is not None and self.status not in _STATUSES:
            raise ValueError(
                f"Invalid status: {self.status} for {type(self).__name__}. "
                "Must be 'in_progress', 'completed', or 'incomplete'."
            )
        return self


class _OfSeveralKinds(BaseModel):
    """A part that is checked as what its `type` says."""

    model_config = ConfigDict(extra="allow")
    kinds: ClassVar[dict[str, type[BaseModel] | None]] = {}
    takes_others: ClassVar[bool] = False
    what: ClassVar[str] = "type"

    type: str

    @model_validator(mode="after")
    def check_type(self) -> Self:
        """The part is what its type says."""
        if self.type in self.kinds:
            kind = self.kinds[self.type]
            if kind is not None:
                kind(**self.model_dump())
        elif not self.takes_others:
            name = f" for {type(self).__name__}" if self.what != "annotation type" else ""
            raise ValueError(f"Invalid {self.what}: {self.type}{name}")
        return self


class ResponseError(BaseModel):
    """Why there is no answer."""

    code: str | None = None
    message: str


class AnnotationFileCitation(BaseModel):
    """A file that text cites."""

    file_id: str
    index: int
    type: str = "file_citation"


class AnnotationURLCitation(BaseModel):
    """A page that text cites."""

    end_index: int | None = None
    start_index: int | None = None
    title: str
    type: str = "url_citation"
    url: str


class AnnotationFilePath(BaseModel):
    """A file that text names."""

    file_id: str
    index: int
    type: str = "file_path"


class Annotation(_OfSeveralKinds):
    """What text cites or names."""

    kinds = {
        "file_citation": AnnotationFileCitation,
        "url_citation": AnnotationURLCitation,
        "file_path": AnnotationFilePath,
    }
    what = "annotation type"


class ResponseOutputText(BaseModel):
    """Text of an answer."""

    annotations: list[Annotation] | None = None
    text: str
    type: str = "output_text"


class ResponseOutputRefusal(BaseModel):
    """A refusal in an answer."""

    refusal: str
    type: str = "refusal"


class Content(_OfSeveralKinds):
    """A part of a message of an answer."""

    kinds = {"output_text": ResponseOutputText, "refusal": ResponseOutputRefusal}
    what = "content type"


class ResponseOutputMessage(Status):
    """A message of an answer."""

    id: str
    content: list[Content]
    role: str = "assistant"
    type: str = "message"

    @model_validator(mode="after")
    def check_role(self) -> Self:
        """It is the assistant who answers."""
        if self.role != "assistant":
            raise ValueError(f"Invalid role: {self.role}. Must be 'assistant'.")
        return self

    @model_validator(mode="after")
    def check_content(self) -> Self:
        """A message says something."""
        if not self.content:
            raise ValueError("content must not be an empty list")
        return self


class ResponseFunctionToolCall(Status):
    """A call of a function that an agent wants."""

    arguments: str
    call_id: str
    name: str
    type: str = "function_call"
    id: str | None = None


class FunctionCallOutput(Status):
    """What a called function gave."""

    call_id: str
    output: str | list[dict[str, Any]]
    type: str = "function_call_output"


class Summary(BaseModel):
    """A part of what an agent says of its reasoning."""

    text: str
    type: str = "summary_text"


class ResponseReasoningItem(Status):
    """The reasoning of an answer."""

    id: str
    summary: list[Summary]
    type: str = "reasoning"


class McpApprovalRequest(Status):
    """A call that an agent wants allowed."""

    id: str
    arguments: str
    name: str
    server_label: str
    type: str = "mcp_approval_request"


class McpApprovalResponse(Status):
    """Whether a call is allowed."""

    approval_request_id: str
    approve: bool
    type: str = "mcp_approval_response"
    id: str | None = None
    reason: str | None = None


class OutputItem(_OfSeveralKinds):
    """A part of an answer."""

    kinds = {
        "message": ResponseOutputMessage,
        "function_call": ResponseFunctionToolCall,
        "function_call_output": FunctionCallOutput,
        "reasoning": ResponseReasoningItem,
        "mcp_approval_request": McpApprovalRequest,
        "mcp_approval_response": McpApprovalResponse,
        "file_search_call": None,
        "computer_call": None,
        "web_search_call": None,
    }


class IncompleteDetails(BaseModel):
    """Why an answer is not complete."""

    reason: str | None = None


class ToolChoiceFunction(BaseModel):
    """The function that has to be called."""

    name: str
    type: str = "function"


class FunctionTool(BaseModel):
    """A function that an agent may call."""

    name: str
    parameters: dict[str, Any]
    strict: bool | None = None
    type: str = "function"
    description: str | None = None


class Tool(_OfSeveralKinds):
    """A tool that an agent may use."""

    kinds = {"function": FunctionTool}
    takes_others = True


class ToolChoice(BaseModel):
    """Which tool has to be used."""

    tool_choice: str | ToolChoiceFunction | None = None


class ReasoningParams(BaseModel):
    """How much an agent reasons."""

    effort: str | None = None
    generate_summary: str | None = None


class InputTokensDetails(BaseModel):
    """What is known of the request's tokens."""

    cached_tokens: int


class OutputTokensDetails(BaseModel):
    """What is known of the answer's tokens."""

    reasoning_tokens: int


class ResponseUsage(BaseModel):
    """How many tokens an answer took."""

    input_tokens: int
    input_tokens_details: InputTokensDetails
    output_tokens: int
    output_tokens_details: OutputTokensDetails
    total_tokens: int


class Truncation(BaseModel):
    """What is done with too long a request."""

    truncation: str | None = None


class Response(Truncation, ToolChoice):
    """An answer."""

    id: str | None = None
    created_at: float | None = None
    error: ResponseError | None = None
    incomplete_details: IncompleteDetails | None = None
    instructions: str | None = None
    metadata: dict[str, str] | None = None
    model: str | None = None
    object: str = "response"
    output: list[OutputItem]
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    tools: list[Tool] | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    previous_response_id: str | None = None
    reasoning: ReasoningParams | None = None
    status: str | None = None
    text: Any | None = None
    usage: ResponseUsage | None = None
    user: str | None = None

    @property
    def output_text(self) -> str:
        """The text of all messages of the answer."""
        contents = [
            part for item in self.output if item.type == "message" for part in item.model_dump()["content"]
        ]
        return "".join(part["text"] for part in contents if part["type"] == "output_text")


class ResponseInputTextParam(BaseModel):
    """Text of a request."""

    text: str
    type: str = "input_text"


class Message(Status):
    """A message of a request."""

    content: str | list[ResponseInputTextParam | dict[str, Any]]
    role: str
    type: str = "message"

    @model_validator(mode="after")
    def check_content(self) -> Self:
        """Parts that are no text say what they are."""
        for part in self.content if isinstance(self.content, list) else ():
            if not isinstance(part, dict):
                continue
            if "type" not in part:
                raise ValueError("dictionary type content field values must have key 'type'")
            if part["type"] not in ("input_text", "input_image", "input_file"):
                raise ValueError(f"Invalid type: {part['type']}.")
        return self

    @model_validator(mode="after")
    def check_role(self) -> Self:
        """The role is one of four."""
        if self.role not in ("user", "assistant", "system", "developer"):
            raise ValueError(
                f"Invalid role: {self.role}. Must be 'user', 'assistant', 'system', or 'developer'."
            )
        return self


class BaseRequestPayload(Truncation, ToolChoice):
    """What requests have beside their input."""

    max_output_tokens: int | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    tools: list[Tool] | None = None
    reasoning: ReasoningParams | None = None
    store: bool | None = None
    stream: bool | None = None
    temperature: float | None = None
    text: Any | None = None
    top_p: float | None = None
    user: str | None = None
    background: bool | None = None


class ResponseTextDeltaEvent(BaseModel):
    """Text that is added to an answer."""

    content_index: int | None = None
    delta: str
    item_id: str
    output_index: int | None = None
    type: str = "response.output_text.delta"


class ResponseTextAnnotationDeltaEvent(BaseModel):
    """An annotation that is added to an answer's text."""

    annotation: Annotation
    annotation_index: int
    content_index: int | None = None
    item_id: str
    output_index: int | None = None
    type: str = "response.output_text.annotation.added"


class ResponseOutputItemDoneEvent(BaseModel):
    """A part of an answer that is complete."""

    item: OutputItem
    output_index: int | None = None
    type: str = "response.output_item.done"


class ResponseErrorEvent(BaseModel):
    """What went wrong."""

    code: str | None = None
    message: str
    param: str | None = None
    type: str = "error"


class ResponseCompletedEvent(BaseModel):
    """An answer that is complete."""

    response: Response
    type: str = "response.completed"
