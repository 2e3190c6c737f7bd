"""Configuration of a model from code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from mlflow.exceptions import InvalidParameterValue

_given: ContextVar[dict[str, Any] | None] = ContextVar("model_config", default=None)
_is_given: ContextVar[bool] = ContextVar("model_config_is_given", default=False)


class ModelConfig:
    """Configuration that a model's code reads: the one it is saved or loaded with, and another while it is written.

    Args:
        development_config: Used while the code runs by itself: a dictionary, or the path of a YAML file.

    Raises:
        FileNotFoundError: There is no such file, or the model is saved or loaded without a configuration.
    """

    def __init__(self, *, development_config: str | Path | dict[str, Any] | None = None) -> None:
        given = _given.get() if _is_given.get() else development_config
        if given is None:
            raise FileNotFoundError(
                "The code reads a configuration, and there is none. Pass model_config=... where the model is saved "
                "or loaded; development_config is for running the code by itself."
            )
        self._config = read_config(given, "development_config")

    def get(self, key: str) -> Any:
        """The value of a key.

        Raises:
            KeyError: There is no such key; the message lists those there are.
        """
        if key not in self._config:
            raise KeyError(f"Key {key!r} not found in configuration: {self._config}")
        return self._config[key]

    def to_dict(self) -> dict[str, Any]:
        """All keys and values."""
        return dict(self._config)


@contextmanager
def giving(config: dict[str, Any] | None) -> Iterator[None]:
    """Makes a configuration the one that code reads inside of the block."""
    token, other = _given.set(config), _is_given.set(True)
    try:
        yield
    finally:
        _given.reset(token)
        _is_given.reset(other)


def read_config(given: str | Path | dict[str, Any] | None, argument: str = "model_config") -> dict[str, Any]:
    """A configuration as a dictionary.

    Args:
        given: The dictionary, or the path of a YAML file.
        argument: What an error calls it.

    Raises:
        FileNotFoundError: There is no such file.
        MlflowException: `INVALID_PARAMETER_VALUE`: the file holds no dictionary.
    """
    if given is None:
        return {}
    if isinstance(given, dict):
        return given
    import yaml

    file = Path(given)
    if not file.is_file():
        raise FileNotFoundError(f"`{argument}` names the file {str(given)!r}, which does not exist")
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise InvalidParameterValue(f"The file {str(given)!r} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise InvalidParameterValue(
            f"The file {str(given)!r} holds no configuration: it is no YAML dictionary"
        )
    return content
