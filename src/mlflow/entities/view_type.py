"""Which lifecycle stages a search shows."""

from __future__ import annotations

from mlflow.exceptions import InvalidParameterValue


class ViewType:
    """Numbers of the views, as the wire has them."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3

    _VIEW_TO_STRING = {1: "active_only", 2: "deleted_only", 3: "all"}
    _STRING_TO_VIEW = {"active_only": 1, "deleted_only": 2, "all": 3}

    @classmethod
    def from_string(cls, view_str: str) -> int:
        """Number of a view from its name."""
        if view_str not in cls._STRING_TO_VIEW:
            raise InvalidParameterValue(
                f"Could not get valid view type corresponding to string {view_str}. "
                f"Valid view types are {list(cls._STRING_TO_VIEW)}"
            )
        return cls._STRING_TO_VIEW[view_str]

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """Name of a view from its number."""
        if view_type not in cls._VIEW_TO_STRING:
            raise InvalidParameterValue(
                f"Could not get valid view type corresponding to string {view_type}. "
                f"Valid view types are {list(cls._VIEW_TO_STRING)}"
            )
        return cls._VIEW_TO_STRING[view_type]
