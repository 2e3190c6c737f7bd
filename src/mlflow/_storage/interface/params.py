"""Contract: parameters."""

from __future__ import annotations

from typing import Protocol

from mlflow.entities.param import Param


class ParamStore(Protocol):
    """Parameters of runs."""

    def log(self, run_id: str, param: Param) -> None:
        """Writes a parameter once; the same value again is no error.

        Raises:
            ResourceDoesNotExist: No run has that id.
            InvalidParameterValue: The run is deleted, or the key has another value.
        """
        ...
