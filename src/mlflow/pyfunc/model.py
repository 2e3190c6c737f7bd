"""Models of one's own: a class with `predict`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from mlflow._flavors.pickling import refuse_pickle
from mlflow.exceptions import InvalidParameterValue, NotSupported
from mlflow.models.fetched import payload_path
from mlflow.models.model import Model
from mlflow.models.signature import _TypeHints
from mlflow.pyfunc.conversations import ConversationPredictor, conversation_of
from mlflow.pyfunc.unpickling import read_python_model
from mlflow.pyfunc.utils.data_validation import checking, input_parameter, reading_requests, takes_context
from mlflow.types._libraries import is_frame
from mlflow.types.type_hints import fitted_to_hint, hints_of, is_supported

if TYPE_CHECKING:
    from mlflow.types.agent import ChatAgentChunk, ChatAgentMessage, ChatAgentResponse, ChatContext
    from mlflow.types.llm import ChatCompletionChunk, ChatCompletionResponse, ChatMessage, ChatParams
    from mlflow.types.responses import (
        ResponsesAgentRequest,
        ResponsesAgentResponse,
        ResponsesAgentStreamEvent,
    )


class PythonModelContext:
    """What a `PythonModel` finds beside itself.

    Args:
        artifacts: Local paths of its artifacts by name.
        model_config: Its configuration.
    """

    def __init__(self, artifacts: dict[str, str], model_config: dict[str, Any] | None) -> None:
        self._artifacts = artifacts
        self._model_config = model_config or {}

    @property
    def artifacts(self) -> dict[str, str]:
        """Local paths of its artifacts by name."""
        return self._artifacts

    @property
    def model_config(self) -> dict[str, Any]:
        """Its configuration."""
        return self._model_config


class PythonModel:
    """A model of one's own. Subclasses define `predict`, and `load_context` where they need artifacts.

    The input is checked against the type hint of `predict`, if it is one of a list: `list[str]`, say, or a list of a
    pydantic model, which dictionaries are turned into.

    Not an abstract class: a pickled subclass gets its methods only after it is made, so it could not be.
    """

    _conversation: ClassVar[str | None] = None
    """Name of the class, for models that are talked to."""

    _reading: ClassVar[tuple[str, ...]] = ("predict",)
    """Methods whose input is checked."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Where MLflow has abstract classes, a pickled subclass has to say that it is none.
        cls.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]  # every class has it
        for name in vars(cls).keys() & set(cls._reading):
            setattr(cls, name, cls._checked(vars(cls)[name]))

    @classmethod
    def _checked(cls, predict: Any) -> Any:
        """`predict` with its input checked."""
        return checking(predict)

    @property
    def predict_type_hints(self) -> _TypeHints:
        """Type hints of `predict`."""
        return _TypeHints(*hints_of(self.predict, input_parameter(self.predict)))

    def load_context(self, context: PythonModelContext) -> None:
        """Called once when the model is loaded, to read its artifacts."""

    if TYPE_CHECKING:  # subclasses choose the arguments of theirs
        predict: Any
        predict_stream: Any
    else:

        def predict(
            self,
            context: Any,
            model_input: Any,
            params: dict[str, Any] | None = None,
        ) -> Any:
            """Predictions for an input.

            Args:
                context: Artifacts and configuration; may be left out of the definition.
                model_input: The input, as the signature describes it.
                params: Parameters beside the input; may be left out of the definition.
            """
            raise NotSupported(f"{type(self).__name__} defines no `predict`")

        def predict_stream(
            self,
            context: Any,
            model_input: Any,
            params: dict[str, Any] | None = None,
        ) -> Iterator[Any]:
            """Predictions piece by piece."""
            raise NotSupported(f"{type(self).__name__} defines no `predict_stream`")


class _FunctionPythonModel(PythonModel):
    """A plain function as a model. Its name and attributes are those that MLflow's pickles refer to.

    Args:
        func: Takes the input, and `params` if it names them.
        signature: What it takes and gives.
    """

    def __init__(self, func: Any, signature: Any = None) -> None:
        self.signature = signature
        self.func = func

    @property
    def predict_type_hints(self) -> _TypeHints:
        """Type hints of the function."""
        return _TypeHints(*hints_of(self.func, input_parameter(self.func)))

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """What the function gives for the input."""
        takes_params = "params" in inspect.signature(self.func).parameters
        return self.func(model_input, params=params) if takes_params else self.func(model_input)


class ChatModel(PythonModel):
    """A chat model of one's own. Subclasses define `predict`, and `predict_stream` where they can answer in pieces.

    Its signature is that of all chat models. Loaded, it takes and gives dictionaries in the form of OpenAI's chat
    completions.

    Example:
        ::

            class Echo(mlflow.pyfunc.ChatModel):
                def predict(self, context, messages, params):
                    message = ChatMessage(role="assistant", content=messages[-1].content)
                    return ChatCompletionResponse(choices=[ChatChoice(message=message)])
    """

    _conversation = "ChatModel"

    @classmethod
    def _checked(cls, predict: Any) -> Any:
        return predict

    def predict(
        self, context: PythonModelContext, messages: list[ChatMessage], params: ChatParams
    ) -> ChatCompletionResponse:
        """The answer to messages.

        Args:
            context: Artifacts and configuration.
            messages: What was said.
            params: How to answer.
        """
        raise NotSupported(f"{type(self).__name__} defines no `predict`")

    def predict_stream(
        self, context: PythonModelContext, messages: list[ChatMessage], params: ChatParams
    ) -> Iterator[ChatCompletionChunk]:
        """The answer to messages piece by piece."""
        raise NotSupported(f"{type(self).__name__} defines no `predict_stream`")


class ChatAgent(PythonModel):
    """An agent of one's own that is talked to. Subclasses define `predict`, and `predict_stream` where they can.

    Its signature is that of all chat agents. Loaded, it takes and gives dictionaries. `predict` may be called with
    the dictionary of a request too.
    """

    _conversation = "ChatAgent"
    _reading = ("predict", "predict_stream")

    @classmethod
    def _checked(cls, predict: Any) -> Any:
        return reading_requests(
            predict, "mlflow.types.agent", "ChatAgentRequest", "messages context custom_inputs"
        )

    def predict(
        self,
        messages: list[ChatAgentMessage],
        context: ChatContext | None = None,
        custom_inputs: dict[str, Any] | None = None,
    ) -> ChatAgentResponse:
        """The answer to messages.

        Args:
            messages: What was said.
            context: Which conversation it is, and who asks.
            custom_inputs: What else the agent takes.
        """
        raise NotSupported(f"{type(self).__name__} defines no `predict`")

    def predict_stream(
        self,
        messages: list[ChatAgentMessage],
        context: ChatContext | None = None,
        custom_inputs: dict[str, Any] | None = None,
    ) -> Iterator[ChatAgentChunk]:
        """The answer to messages piece by piece; pieces of one message have the same id."""
        raise NotSupported(f"{type(self).__name__} defines no `predict_stream`")


class _FromResponses:
    """A function of `mlflow.types.responses`, which needs pydantic, as a static method.

    Args:
        name: Its name there; that of the attribute by default.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = self._name or name

    def __get__(self, instance: object, owner: type) -> Callable[..., Any]:
        from mlflow.types import responses

        function: Callable[..., Any] = getattr(responses, self._name)
        return function


class ResponsesAgent(PythonModel):
    """An agent of one's own that speaks OpenAI's responses. Subclasses define `predict`, and `predict_stream` where
    they can.

    Its signature is that of all such agents. Loaded, it takes and gives dictionaries. `predict` may be called with
    the dictionary of a request too.

    Example:
        ::

            class Echo(mlflow.pyfunc.ResponsesAgent):
                def predict(self, request):
                    item = self.create_text_output_item(text=request.input[-1].content, id="msg_1")
                    return ResponsesAgentResponse(output=[item])
    """

    _conversation = "ResponsesAgent"
    _reading = ("predict", "predict_stream")

    @classmethod
    def _checked(cls, predict: Any) -> Any:
        return reading_requests(predict, "mlflow.types.responses", "ResponsesAgentRequest")

    def predict(self, request: ResponsesAgentRequest) -> ResponsesAgentResponse:
        """The answer to a request."""
        raise NotSupported(f"{type(self).__name__} defines no `predict`")

    def predict_stream(self, request: ResponsesAgentRequest) -> Iterator[ResponsesAgentStreamEvent]:
        """What happens while a request is answered."""
        raise NotSupported(f"{type(self).__name__} defines no `predict_stream`")

    create_text_delta = _FromResponses()
    create_annotation_added = _FromResponses()
    create_text_output_item = _FromResponses()
    create_reasoning_item = _FromResponses()
    create_function_call_item = _FromResponses()
    create_function_call_output_item = _FromResponses()
    output_to_responses_items_stream = _FromResponses()
    responses_agent_output_reducer = _FromResponses()
    prep_msgs_for_cc_llm = _FromResponses("to_chat_completions_input")


_TO_INHERIT_FROM = (PythonModel, ChatModel, ChatAgent, ResponsesAgent)


def as_python_model(model: Any) -> PythonModel:
    """The model of one's own that an object is, or a function stands for.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: it is neither.
    """
    if isinstance(model, PythonModel):
        if type(model).predict in [base.predict for base in _TO_INHERIT_FROM]:
            raise InvalidParameterValue(f"{type(model).__name__} defines no `predict`")
        return model
    if isinstance(model, type) or not callable(model):
        raise InvalidParameterValue(
            f"`python_model` is an instance of a PythonModel (not its class), a function or the path of a script; "
            f"got {model!r}"
        )
    needed = [
        item
        for item in inspect.signature(model).parameters.values()
        if item.default is inspect.Parameter.empty
        and item.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        and item.name != "params"
    ]
    if len(needed) != 1:
        raise InvalidParameterValue(
            "When `python_model` is a callable object, it must accept exactly one argument. "
            f"Found {len(needed)} arguments."
        )
    return _FunctionPythonModel(model)


class PythonModelPredictor:
    """A `PythonModel` with its context, as `mlflow.pyfunc` uses it."""

    def __init__(self, python_model: PythonModel, context: PythonModelContext) -> None:
        self.python_model = python_model
        self.context = context
        self._hint = python_model.predict_type_hints.input
        self._is_checked = self._hint is not None and is_supported(self._hint)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for an input."""
        if self._is_checked:
            model_input = fitted_to_hint(model_input, self._hint)
        return self._call(self.python_model.predict, model_input, params)

    def predict_stream(self, model_input: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """Predictions for one input piece by piece."""
        one = _single(model_input)
        pieces: Iterator[Any] = self._call(self.python_model.predict_stream, one, params)
        return pieces

    def _call(self, method: Any, model_input: Any, params: dict[str, Any] | None) -> Any:
        arguments = [self.context, model_input] if takes_context(method) else [model_input]
        takes_params = "params" in inspect.signature(method).parameters
        return method(*arguments, params=params) if takes_params else method(*arguments)

    def get_raw_model(self) -> PythonModel:
        """The `PythonModel` itself."""
        return self.python_model


def _single(model_input: Any) -> Any:
    """The only input of a list or table: a row of named columns is a dictionary.

    Raises:
        MlflowException: `INVALID_PARAMETER_VALUE`: there are several, or none.
    """
    if is_frame(model_input):
        unnamed = model_input.columns.dtype.kind == "i"
        model_input = model_input.iloc[:, 0].tolist() if unnamed else model_input.to_dict("records")
    if not isinstance(model_input, list):
        return model_input
    if len(model_input) != 1:
        raise InvalidParameterValue(
            f"'predict_stream' requires single input, but it got a list of {len(model_input)}"
        )
    return model_input[0]


def can_stream(model: PythonModel) -> bool:
    """Whether a model defines `predict_stream`."""
    return type(model).predict_stream not in [base.predict_stream for base in _TO_INHERIT_FROM]


def _load_pyfunc(
    model_path: str, model_config: dict[str, Any] | None = None
) -> PythonModelPredictor | ConversationPredictor:
    folder = Path(model_path)
    settings = Model.load(folder).flavors["python_function"]
    refuse_pickle(f"The Python model in {model_path!r}")
    file = payload_path(folder, settings["python_model"])
    python_model = read_python_model(file, settings.get("python_model_compression"))
    return predictor_of(python_model, folder, {**settings, "config": model_config or settings.get("config")})


def predictor_of(
    python_model: PythonModel, folder: Path, settings: dict[str, Any]
) -> PythonModelPredictor | ConversationPredictor:
    """A `PythonModel` that was given its artifacts and configuration.

    Args:
        python_model: The model.
        folder: The model folder.
        settings: The `python_function` settings of its MLmodel file.
    """
    artifacts = {
        name: str(payload_path(folder, saved["path"]))
        for name, saved in (settings.get("artifacts") or {}).items()
    }
    context = PythonModelContext(artifacts, settings.get("config"))
    python_model.load_context(context)
    conversation = conversation_of(python_model)
    if conversation is not None:
        return ConversationPredictor(python_model, context, conversation)
    return PythonModelPredictor(python_model, context)
