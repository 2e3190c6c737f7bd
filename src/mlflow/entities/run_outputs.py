"""What a run made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class LoggedModelOutput(_MlflowObject):
    """A logged model that a run made, at a step of its training."""

    model_id: str
    step: int


@dataclass(frozen=True)
class RunOutputs(_MlflowObject):
    """What a run made."""

    model_outputs: list[LoggedModelOutput] = field(default_factory=list)

    def to_dictionary(self) -> dict[str, Any]:
        return {"model_outputs": [model.to_dictionary() for model in self.model_outputs]}
