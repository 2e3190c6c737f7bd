"""Whether a thing is in use or in the trash."""

from __future__ import annotations

from typing import Final

from mlflow.entities.view_type import ViewType
from mlflow.exceptions import InvalidParameterValue


class LifecycleStage:
    """Names of the lifecycle stages."""

    ACTIVE: Final = "active"
    DELETED: Final = "deleted"
    _VALID_STAGES: Final = frozenset({ACTIVE, DELETED})

    @classmethod
    def is_valid(cls, lifecycle_stage: str) -> bool:
        """Whether this is the name of a stage."""
        return lifecycle_stage in cls._VALID_STAGES

    @classmethod
    def view_type_to_stages(cls, view_type: int = ViewType.ALL) -> list[str]:
        """Stages that a view shows."""
        if view_type == ViewType.ACTIVE_ONLY:
            return [cls.ACTIVE]
        if view_type == ViewType.DELETED_ONLY:
            return [cls.DELETED]
        return [cls.ACTIVE, cls.DELETED]

    @classmethod
    def matches_view_type(cls, view_type: int, lifecycle_stage: str) -> bool:
        """Whether a view shows a stage."""
        if not cls.is_valid(lifecycle_stage):
            raise InvalidParameterValue(
                f"Invalid lifecycle stage {lifecycle_stage!r}; use 'active' or 'deleted'"
            )
        return lifecycle_stage in cls.view_type_to_stages(view_type)
