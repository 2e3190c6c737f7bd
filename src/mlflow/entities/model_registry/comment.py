"""Comments about versions of models."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class Comment(_MlflowObject):
    """A comment about a version.

    Attributes:
        id: Its id: the number of the event that made it, as text.
        name: The registered model.
        version: Number of the version, as text.
        comment: What it says.
        user_id: Who made it; empty if unknown or erased.
        creation_timestamp: Milliseconds since the epoch.
        last_updated_timestamp: Milliseconds since the epoch.
    """

    id: str
    name: str
    version: str
    comment: str
    user_id: str
    creation_timestamp: int
    last_updated_timestamp: int
