"""Checking the input of `predict` against its type hint, also where a model of one's own is called directly.

Pickles of MLflow hold its own wrapper of `predict`, which calls `_validate_model_input` of this module; pickles of
ours hold ours, which calls the same, so that either side reads the other's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from mlflow.types.type_hints import fitted_to_hint, hints_of, is_supported

_Function = TypeVar("_Function", bound=Callable[..., Any])


class FuncInfo(NamedTuple):
    """The input of a function: its hint and its name."""

    input_type_hint: Any
    input_param_name: str


def pyfunc(func: _Function) -> _Function:
    """Makes a function check its input against the type hint of its first argument.

    ::

        @pyfunc
        def predict(model_input: list[str]) -> list[str]: ...
    """
    return checking(func)


def takes_context(function: Any) -> bool:
    """Whether `predict`, or a function that is a model, takes a context before the input."""
    names = _positional(function)
    required = [name for name, parameter in names.items() if parameter.default is inspect.Parameter.empty]
    return bool(names) and ("context" in names or len(required) > 1)


def input_parameter(function: Any) -> str | None:
    """Name of the parameter that takes the input, `None` when there is none."""
    names = list(_positional(function))
    at = 1 if takes_context(function) else 0
    return names[at] if at < len(names) else None


def _positional(function: Any) -> dict[str, inspect.Parameter]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in kinds and name not in ("self", "params")
    }


def checking(function: _Function) -> _Function:
    """The function with its input checked; itself where its hint is none that can be.

    Args:
        function: `predict`, or a function that is a model.
    """
    name = None if getattr(function, "_is_pyfunc", False) else input_parameter(function)
    hint = None if name is None else hints_of(function, name)[0]
    if name is None or hint is None or not is_supported(hint):
        return function
    index = list(inspect.signature(function).parameters).index(name)

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _validate_model_input(args, kwargs, index, hint, name)
        return function(*args, **kwargs)

    wrapper._is_pyfunc = True  # type: ignore[attr-defined]  # a mark for the decorated
    return wrapper  # type: ignore[return-value]  # has the signature of what it wraps


def _validate_model_input(
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    model_input_index_in_sig: int,
    type_hint: Any,
    model_input_param_name: str,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with the input made to fit its hint. Name and arguments are those that pickles refer to."""
    if model_input_param_name in kwargs:
        fit = fitted_to_hint(kwargs[model_input_param_name], type_hint)
        return args, {**kwargs, model_input_param_name: fit}
    at = model_input_index_in_sig
    if at < len(args):
        args = (*args[:at], fitted_to_hint(args[at], type_hint), *args[at + 1 :])
    return args, kwargs


def reading_requests(function: _Function, module: str, request: str, fields: str = "") -> _Function:
    """A method that takes the dictionary of a request too. What pickles hold of it uses names that MLflow has as well.

    Args:
        function: `predict` or `predict_stream`.
        module: Module of the request's type.
        request: Name of the type.
        fields: Its fields that are the arguments; none where the request itself is the argument.
    """
    if getattr(function, "_is_pyfunc", False):
        return function

    @wraps(function)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        from importlib import import_module

        given = [*args, *kwargs.values()]
        if len(given) != 1 or not isinstance(given[0], dict):
            return function(self, *args, **kwargs)
        try:
            read = getattr(import_module(module), request)(**given[0])
        except ValueError as error:
            exceptions = import_module("mlflow.exceptions")
            raise exceptions.MlflowException.invalid_parameter_value(
                f"The dictionary is no {request}: {error}"
            ) from error
        arguments = [getattr(read, field) for field in fields.split()] if fields else [read]
        return function(self, *arguments)

    wrapper._is_pyfunc = True  # type: ignore[attr-defined]  # a mark for the decorated
    return wrapper  # type: ignore[return-value]  # has the signature of what it wraps
