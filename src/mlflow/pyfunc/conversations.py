"""The three kinds of models that are talked to: what each takes, gives and says of itself in an MLmodel file.

A request is a dictionary, of which the model gets its own types; its answer becomes a dictionary again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.example import Example
from mlflow.models.signature import ModelSignature
from mlflow.types._libraries import is_array, is_frame, is_numpy_scalar

if TYPE_CHECKING:
    from mlflow.pyfunc.model import PythonModel, PythonModelContext


class WrongAnswer(InvalidParameterValue):
    """A model gave what models of its kind do not give."""


class Conversation(ABC):
    """A kind of models that are talked to.

    Attributes:
        name: The class that they inherit from.
        task: What MLmodel files call the protocol, in their metadata.
        loader_module: The module that loads them.
    """

    name: str
    task: str
    loader_module: str

    @abstractmethod
    def signature(self) -> ModelSignature:
        """What all of them take and give."""

    @abstractmethod
    def default_example(self) -> dict[str, Any]:
        """A request that all of them answer."""

    @abstractmethod
    def arguments(self, form: dict[str, Any], context: PythonModelContext) -> tuple[Any, ...]:
        """What `predict` is called with for a request.

        Raises:
            ValueError: It is none.
            TypeError: It is none.
        """

    @abstractmethod
    def types(self) -> tuple[Any, Any]:
        """Types of an answer, and of a piece of one."""

    def example(self, given: Any) -> Example:
        """The input example: the one given, or a request that all of them answer.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: it is no request.
        """
        if given is None:
            return Example(self.default_example(), is_request=True)
        form = self.form(given)
        self.read(form, None)
        return Example(form, is_request=True)

    def form(self, given: Any) -> dict[str, Any]:
        """A request as a dictionary, without what it does not say.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: it is no request.
        """
        if hasattr(given, "model_dump"):
            given = given.model_dump(exclude_none=True)
        elif hasattr(given, "to_dict") and not is_frame(given):
            given = given.to_dict()
        rows = given.to_dict("records") if is_frame(given) else given
        if isinstance(rows, list) and len(rows) == 1:
            rows = rows[0]
        if not isinstance(rows, dict):
            raise InvalidParameterValue(
                f"A {self.name} takes one request, a dictionary such as {self.default_example()}; "
                f"got {type(given).__name__}"
            )
        return {name: _plain(value) for name, value in rows.items() if not _is_missing(value)}

    def read(self, form: dict[str, Any], context: PythonModelContext | None) -> tuple[Any, ...]:
        """What `predict` is called with for a request.

        Raises:
            MlflowException: `INVALID_PARAMETER_VALUE`: it is none; the message says where.
        """
        try:
            return self.arguments(form, context)  # type: ignore[arg-type]  # only handed on
        except (TypeError, ValueError) as error:
            raise InvalidParameterValue(f"This is no request for a {self.name}: {error}") from error

    def written(self, answer: Any, piece: bool = False) -> dict[str, Any]:
        """An answer, or a piece of one, as a dictionary.

        Raises:
            WrongAnswer: It is of another type.
        """
        kind = self.types()[piece]
        method = "predict_stream" if piece else "predict"
        try:
            if isinstance(answer, dict):
                kind.from_dict(answer) if hasattr(kind, "from_dict") else kind(**answer)
                return answer
        except (TypeError, ValueError) as error:
            raise WrongAnswer(f"`{method}` of this {self.name} gave no {kind.__name__}: {error}") from error
        if not isinstance(answer, kind):
            raise WrongAnswer(
                f"`{method}` of a {self.name} gives a {kind.__name__} or a dictionary of its form; "
                f"this one gave {type(answer).__name__}"
            )
        form: dict[str, Any] = (
            answer.to_dict() if hasattr(answer, "to_dict") else answer.model_dump(exclude_none=True)
        )
        return form


class _ChatModel(Conversation):
    name = "ChatModel"
    task = "agent/v1/chat"
    loader_module = "mlflow.pyfunc.loaders.chat_model"

    def signature(self) -> ModelSignature:
        from mlflow.types.llm import CHAT_MODEL_INPUT_SCHEMA, CHAT_MODEL_OUTPUT_SCHEMA

        return ModelSignature(CHAT_MODEL_INPUT_SCHEMA, CHAT_MODEL_OUTPUT_SCHEMA)

    def default_example(self) -> dict[str, Any]:
        from mlflow.types.llm import CHAT_MODEL_INPUT_EXAMPLE

        return CHAT_MODEL_INPUT_EXAMPLE

    def form(self, given: Any) -> dict[str, Any]:
        messages, params = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
        if isinstance(messages, list) and not (messages and _is_request(messages[0])):
            said = [item.to_dict() if hasattr(item, "to_dict") else item for item in messages]
            messages = {"messages": said}
        further: dict[str, Any] = params.to_dict() if params and hasattr(params, "to_dict") else params or {}
        return super().form(messages) | further

    def arguments(self, form: dict[str, Any], context: PythonModelContext) -> tuple[Any, ...]:
        from mlflow.types.llm import ChatCompletionRequest, ChatParams

        if "messages" not in form:
            raise ValueError("it lacks `messages`")
        messages = ChatCompletionRequest.from_dict(form).messages
        return context, messages, ChatParams.from_dict(form)

    def types(self) -> tuple[Any, Any]:
        from mlflow.types.llm import ChatCompletionChunk, ChatCompletionResponse

        return ChatCompletionResponse, ChatCompletionChunk


class _ChatAgent(Conversation):
    name = "ChatAgent"
    task = "agent/v2/chat"
    loader_module = "mlflow.pyfunc.loaders.chat_agent"

    def signature(self) -> ModelSignature:
        from mlflow.types.agent import CHAT_AGENT_INPUT_SCHEMA, CHAT_AGENT_OUTPUT_SCHEMA

        return ModelSignature(CHAT_AGENT_INPUT_SCHEMA, CHAT_AGENT_OUTPUT_SCHEMA)

    def default_example(self) -> dict[str, Any]:
        from mlflow.types.agent import CHAT_AGENT_INPUT_EXAMPLE

        return CHAT_AGENT_INPUT_EXAMPLE

    def arguments(self, form: dict[str, Any], context: PythonModelContext) -> tuple[Any, ...]:
        del context  # it is for `load_context` alone
        from mlflow.types.agent import ChatAgentRequest

        request = ChatAgentRequest(**form)
        return request.messages, request.context, request.custom_inputs

    def types(self) -> tuple[Any, Any]:
        from mlflow.types.agent import ChatAgentChunk, ChatAgentResponse

        return ChatAgentResponse, ChatAgentChunk


class _ResponsesAgent(Conversation):
    name = "ResponsesAgent"
    task = "agent/v1/responses"
    loader_module = "mlflow.pyfunc.loaders.responses_agent"

    def signature(self) -> ModelSignature:
        from mlflow.types.responses import RESPONSES_AGENT_INPUT_SCHEMA, RESPONSES_AGENT_OUTPUT_SCHEMA

        return ModelSignature(RESPONSES_AGENT_INPUT_SCHEMA, RESPONSES_AGENT_OUTPUT_SCHEMA)

    def default_example(self) -> dict[str, Any]:
        from mlflow.types.responses import RESPONSES_AGENT_INPUT_EXAMPLE

        return RESPONSES_AGENT_INPUT_EXAMPLE

    def arguments(self, form: dict[str, Any], context: PythonModelContext) -> tuple[Any, ...]:
        del context  # it is for `load_context` alone
        from mlflow.types.responses import ResponsesAgentRequest

        return (ResponsesAgentRequest(**form),)

    def types(self) -> tuple[Any, Any]:
        from mlflow.types.responses import ResponsesAgentResponse, ResponsesAgentStreamEvent

        return ResponsesAgentResponse, ResponsesAgentStreamEvent


_KINDS = {kind.name: kind for kind in (_ChatModel(), _ChatAgent(), _ResponsesAgent())}


def conversation_of(model: PythonModel | None) -> Conversation | None:
    """The kind of models that are talked to that a model is of; `None` when it is of none."""
    return None if model is None or model._conversation is None else _KINDS[model._conversation]


class ConversationPredictor:
    """A model that is talked to, as `mlflow.pyfunc` uses it.

    Args:
        python_model: The model.
        context: Its artifacts and configuration.
        conversation: Its kind.
    """

    reads_requests = True
    """It checks its input itself, which is no table."""

    def __init__(
        self, python_model: PythonModel, context: PythonModelContext, conversation: Conversation
    ) -> None:
        self.python_model: Any = python_model
        self.context = context
        self._conversation = conversation

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002 - they are in the request
        """The answer to a request, as a dictionary."""
        return self._conversation.written(self.python_model.predict(*self._arguments(model_input)))

    def predict_stream(
        self,
        model_input: Any,
        params: dict[str, Any] | None = None,  # noqa: ARG002 - they are in the request
    ) -> Iterator[dict[str, Any]]:
        """The answer to a request piece by piece, as dictionaries."""
        pieces = self.python_model.predict_stream(*self._arguments(model_input))
        return (self._conversation.written(piece, piece=True) for piece in pieces)

    def _arguments(self, model_input: Any) -> tuple[Any, ...]:
        return self._conversation.read(self._conversation.form(model_input), self.context)

    def get_raw_model(self) -> Any:
        """The model itself."""
        return self.python_model


def _is_request(value: Any) -> bool:
    return isinstance(value, dict) and "messages" in value


def _plain(value: Any) -> Any:
    return value.tolist() if is_array(value) or is_numpy_scalar(value) else value


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - the test for NaN
