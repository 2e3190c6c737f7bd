"""Where a dataset came from."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any


class DatasetSource(ABC):
    """Where a dataset came from: enough to find it again."""

    @staticmethod
    @abstractmethod
    def _get_source_type() -> str:
        """Kind of source, such as `local`."""

    @abstractmethod
    def load(self) -> Any:
        """The data: a local path, or what the kind of source gives."""

    @staticmethod
    @abstractmethod
    def _can_resolve(raw_source: Any) -> bool:
        """Whether a raw value, such as a path, is a source of this kind."""

    @classmethod
    @abstractmethod
    def _resolve(cls, raw_source: Any) -> DatasetSource:
        """The source that a raw value stands for."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """What is recorded of it."""

    def to_json(self) -> str:
        """What is recorded of it, as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    @abstractmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> DatasetSource:
        """The source of which `to_dict` made this."""

    @classmethod
    def from_json(cls, source_json: str) -> DatasetSource:
        """The source of which `to_json` made this."""
        return cls.from_dict(json.loads(source_json))
