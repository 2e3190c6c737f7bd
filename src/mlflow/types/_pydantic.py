"""What chat and agent types are made of; imported by them alone, because pydantic is optional."""

from __future__ import annotations

from mlflow.exceptions import MissingExtra

try:
    from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, TypeAdapter, model_validator
except ImportError as error:
    raise MissingExtra("The types of chats and agents", "pydantic>=2") from error

__all__ = ["BaseModel", "ConfigDict", "Field", "SerializeAsAny", "TypeAdapter", "model_validator"]
