"""Requests to move versions, which somebody else approves or rejects."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class TransitionRequest(_MlflowObject):
    """An open request to give a version a stage or an alias.

    Attributes:
        seq: Number of the event that made it.
        timestamp: Milliseconds since the epoch.
        name: The registered model.
        version: Number of the version, as text.
        to: The stage, or the alias as `@champion`.
        archive_existing: Whether other versions in the stage go to `Archived`.
        actor: Who asks; empty if unknown or erased.
        reason: Why.
        ticket: Where it was decided.
        approvals: Who agreed so far.
    """

    seq: int
    timestamp: int
    name: str
    version: str
    to: str
    archive_existing: bool = False
    actor: str = ""
    reason: str = ""
    ticket: str = ""
    approvals: tuple[str, ...] = ()
