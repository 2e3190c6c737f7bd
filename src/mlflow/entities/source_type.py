"""Where a run's code came from."""

from __future__ import annotations

from typing import Final


class SourceType:
    """Numbers of the kinds of source, as old stores have them."""

    NOTEBOOK: Final = 1
    JOB: Final = 2
    PROJECT: Final = 3
    LOCAL: Final = 4
    UNKNOWN: Final = 5

    _STRING_TO_SOURCETYPE: Final = {"NOTEBOOK": 1, "JOB": 2, "PROJECT": 3, "LOCAL": 4, "UNKNOWN": 5}
    SOURCETYPE_TO_STRING: Final = {number: name for name, number in _STRING_TO_SOURCETYPE.items()}

    @staticmethod
    def from_string(status_str: str) -> int:
        """Number of a kind from its name."""
        if status_str not in SourceType._STRING_TO_SOURCETYPE:
            raise Exception(  # scripts catch exactly this
                f"Could not get run status corresponding to string {status_str}. "
                f"Valid run status strings: {list(SourceType._STRING_TO_SOURCETYPE)}"
            )
        return SourceType._STRING_TO_SOURCETYPE[status_str]

    @staticmethod
    def to_string(status: int) -> str:
        """Name of a kind from its number."""
        if status not in SourceType.SOURCETYPE_TO_STRING:
            raise Exception(  # scripts catch exactly this
                f"Could not get string corresponding to run status {status}. "
                f"Valid run statuses: {list(SourceType.SOURCETYPE_TO_STRING)}"
            )
        return SourceType.SOURCETYPE_TO_STRING[status]
