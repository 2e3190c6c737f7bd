"""Contract: requests to move versions."""

from __future__ import annotations

from typing import Protocol

from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.transition_request import TransitionRequest


class TransitionRequestStore(Protocol):
    """Requests to give a version a stage or an alias, which somebody else approves or rejects.

    All of it is events of the ledger. A request is closed when it is approved and what the policies ask for is there,
    when it is rejected or withdrawn, and when the version gets the place in another way.
    """

    def create(self, name: str, version: str, to: str, archive_existing: bool = False) -> TransitionRequest:
        """Asks for a stage, or for an alias as `@champion`.

        Raises:
            ResourceDoesNotExist: There is no such version.
            ResourceAlreadyExists: The same person asks for the same already.
            InvalidParameterValue: There is no such stage.
        """
        ...

    def pending(self, name: str = "", version: str = "") -> list[TransitionRequest]:
        """Open requests, the oldest first: of a version, of a model, or all."""
        ...

    def approve(self, seq: int, archive_existing: bool | None = None) -> Decision:
        """Agrees to a request; the version moves as soon as enough others agreed, at once where no policy asks.

        Reason and ticket of the request are taken where none are given.

        Args:
            seq: Number of the request.
            archive_existing: Whether other versions in the stage are archived; by default as the request says.

        Returns:
            The event of the move, or of the approval if more are needed.

        Raises:
            ResourceDoesNotExist: No such request is open.
            PermissionDenied: It is one's own.
            PolicyNotMet: A policy asks for more than approvals.
        """
        ...

    def reject(self, seq: int) -> Decision:
        """Closes a request without doing what it asks for.

        Raises:
            ResourceDoesNotExist: No such request is open.
        """
        ...

    def withdraw(self, seq: int) -> Decision:
        """Takes one's own request back.

        Raises:
            ResourceDoesNotExist: No such request is open.
            PermissionDenied: Somebody else made it.
        """
        ...
