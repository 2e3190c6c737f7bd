"""Where a run's code came from."""

from __future__ import annotations

from typing import Final

from mlflow.entities._numbered import name_of_number, number_of_name


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
        """Number of a kind from its name; a plain `Exception` names an unknown one, as in MLflow."""
        return number_of_name(SourceType._STRING_TO_SOURCETYPE, status_str, "source type")

    @staticmethod
    def to_string(status: int) -> str:
        """Name of a kind from its number."""
        return name_of_number(SourceType.SOURCETYPE_TO_STRING, status, "source type")
