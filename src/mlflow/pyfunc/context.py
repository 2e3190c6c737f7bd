"""What a model may know about the request that it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any

_current: ContextVar[Context | None] = ContextVar("mlflow_prediction_context", default=None)


@dataclass(init=False)
class Context:
    """A request that is being answered.

    Attributes:
        request_id: Its id.
        is_evaluate: Whether it is part of an evaluation.
        dependencies_schemas: Schemas of what the model retrieves from, as the MLmodel file has them.
        model_id: Id of the logged model that answers.
        endpoint_name: Name of the endpoint that it came in by.
    """

    request_id: str | None = None
    is_evaluate: bool = False
    dependencies_schemas: dict[str, Any] | None = None
    model_id: str | None = None
    endpoint_name: str | None = None

    def __init__(
        self,
        request_id: str | None = None,
        is_evaluate: bool = False,
        dependencies_schemas: dict[str, Any] | None = None,
        model_id: str | None = None,
        endpoint_name: str | None = None,
        **kwargs: Any,  # noqa: ARG002 - what later versions of MLflow say of a request
    ) -> None:
        self.request_id = request_id
        self.is_evaluate = is_evaluate
        self.dependencies_schemas = dependencies_schemas
        self.model_id = model_id
        self.endpoint_name = endpoint_name

    def update(self, **kwargs: Any) -> None:
        """Sets some of the attributes.

        Raises:
            AttributeError: There is no attribute of such a name; nothing is set.
        """
        for name in kwargs.keys() - {field.name for field in fields(self)}:
            raise AttributeError(f"Context has no attribute named {name!r}")
        for name, value in kwargs.items():
            setattr(self, name, value)


@contextmanager
def set_prediction_context(context: Context | None) -> Iterator[None]:
    """Says which request is answered in the block, by this thread or task.

    Args:
        context: The request; `None` for none.

    Raises:
        TypeError: It is something else.

    Example:
        `with set_prediction_context(Context(request_id="r-1")): model.predict(data)`
    """
    if context is not None and not isinstance(context, Context):
        raise TypeError(f"Expected context to be an instance of Context, but got: {context}")
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def get_prediction_context() -> Context | None:
    """The request that is being answered; `None` where nobody said."""
    return _current.get()
