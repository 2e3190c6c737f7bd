"""State of a logged model."""

from __future__ import annotations

from enum import Enum

from mlflow.exceptions import InvalidParameterValue


class LoggedModelStatus(str, Enum):
    """State of a logged model: its files are being uploaded, are complete, or failed to arrive."""

    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"

    def __str__(self) -> str:
        return self.value

    @staticmethod
    def is_finalized(status: LoggedModelStatus) -> bool:
        """Whether the state is READY or FAILED."""
        return status in (LoggedModelStatus.READY, LoggedModelStatus.FAILED)

    def to_int(self) -> int:
        """The state's number on the wire."""
        return list(LoggedModelStatus).index(self)

    @classmethod
    def from_int(cls, status_int: int) -> LoggedModelStatus:
        """The state with this number on the wire."""
        states = list(cls)
        if not 0 <= status_int < len(states):
            raise InvalidParameterValue(
                f"Unknown logged model status {status_int}; known are 0 to {len(states) - 1}"
            )
        return states[status_int]
