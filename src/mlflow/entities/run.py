"""One execution of some training code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlflow.entities._base import _MlflowObject
from mlflow.entities.run_data import RunData
from mlflow.entities.run_info import RunInfo
from mlflow.entities.run_inputs import RunInputs
from mlflow.entities.run_outputs import RunOutputs


@dataclass(frozen=True, init=False)
class Run(_MlflowObject):
    """One execution of some training code: facts about it, what it logged, read and made."""

    info: RunInfo
    data: RunData
    inputs: RunInputs
    outputs: RunOutputs

    def __init__(
        self,
        run_info: RunInfo,
        run_data: RunData | None = None,
        run_inputs: RunInputs | None = None,
        run_outputs: RunOutputs | None = None,
    ) -> None:
        self.__dict__.update(
            info=run_info,
            data=run_data or RunData(),
            inputs=run_inputs or RunInputs(),
            outputs=run_outputs or RunOutputs(),
        )

    def to_dictionary(self) -> dict[str, Any]:
        return {
            "info": self.info.to_dictionary(),
            "data": self.data.to_dictionary(),
            "inputs": self.inputs.to_dictionary(),
            "outputs": self.outputs.to_dictionary(),
        }

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Run:
        """A run from its dictionary form."""
        return cls(
            RunInfo.from_dictionary(the_dict["info"]), RunData.from_dictionary(the_dict.get("data", {}))
        )
