"""A decision that somebody wants to make about where a version stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class ExpectedState(_MlflowObject):
    """What somebody saw who decides; what is `None` does not count.

    Attributes:
        stage: Stage of the version.
        holders: Numbers of the versions in the stage or under the alias, as text.
        seq: Number of an event after which nothing was decided about where versions of the model stand.
    """

    stage: str | None = None
    holders: Sequence[str] | None = None
    seq: int | None = None


@dataclass(frozen=True)
class DecisionOrder(_MlflowObject):
    """A decision about where a version stands.

    Attributes:
        name: The registered model.
        version: Number of the version; may be empty for a rollback, which then takes the one before the present one.
        act: `stage`, `alias`, `unalias` or `rollback`.
        to: The stage, or the alias; for a rollback either, an alias as `@champion`, and `Production` by default.
        archive_existing: Whether other versions in the stage go to `Archived`.
        expected: What its maker saw.
        request: Whether somebody else is asked to approve it, instead of doing it. Only of `stage` and `alias`.
    """

    name: str
    version: str
    act: str
    to: str
    archive_existing: bool = False
    expected: ExpectedState | None = None
    request: bool = False
