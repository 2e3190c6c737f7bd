"""State of a run."""

from __future__ import annotations

from typing import Final

from mlflow.entities._numbered import name_of_number, number_of_name


class RunStatus:
    """Numbers of the states, as the wire has them."""

    RUNNING: Final = 1
    SCHEDULED: Final = 2
    FINISHED: Final = 3
    FAILED: Final = 4
    KILLED: Final = 5

    _STRING_TO_STATUS: Final = {"RUNNING": 1, "SCHEDULED": 2, "FINISHED": 3, "FAILED": 4, "KILLED": 5}
    _STATUS_TO_STRING: Final = {number: name for name, number in _STRING_TO_STATUS.items()}
    _TERMINATED_STATUSES: Final = frozenset({FINISHED, FAILED, KILLED})

    @staticmethod
    def from_string(status_str: str) -> int:
        """Number of a state from its name; a plain `Exception` names an unknown one, as in MLflow."""
        return number_of_name(RunStatus._STRING_TO_STATUS, status_str, "run status")

    @staticmethod
    def to_string(status: int) -> str:
        """Name of a state from its number."""
        return name_of_number(RunStatus._STATUS_TO_STRING, status, "run status")

    @staticmethod
    def is_terminated(status: int | str) -> bool:
        """Whether a run in this state (number or name) has ended."""
        number = RunStatus._STRING_TO_STATUS.get(status, 0) if isinstance(status, str) else status
        return number in RunStatus._TERMINATED_STATUSES

    @staticmethod
    def all_status() -> list[int]:
        """Numbers of all states."""
        return list(RunStatus._STATUS_TO_STRING)
