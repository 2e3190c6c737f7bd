"""What all entities share: the dictionary forms that MLflow's users know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, ClassVar


class _MlflowObject:
    """A value: equal by its fields, iterable as `(name, value)` pairs."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @classmethod
    def _names(cls) -> Iterable[str]:
        return [field.name for field in fields(cls)]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name in self._names():
            yield name, getattr(self, name)

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Any:
        """An instance from the fields it knows; unknown keys are ignored."""
        names = set(cls._names())
        return cls(**{key: value for key, value in the_dict.items() if key in names})

    def to_dictionary(self) -> dict[str, Any]:
        """The fields as a dictionary."""
        return dict(self)
