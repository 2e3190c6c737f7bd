"""Contract: policies of the registry."""

from __future__ import annotations

from typing import Protocol

from mlflow.entities.model_registry.policy import OpenReview, RegistryPolicy, RuleOutcome


class PolicyStore(Protocol):
    """Policies of the registry: one file, judged whenever a version gets a stage or an alias.

    A stage is named as it is, an alias as `@champion`. Changes are events of the ledger.
    """

    def get(self) -> RegistryPolicy | None:
        """The file that holds, if there is one."""
        ...

    def set(self, text: str) -> None:
        """Replaces the file; an empty text removes it.

        Raises:
            InvalidParameterValue: It has an error, which is told with its line. The old one still holds.
        """
        ...

    def check(self, name: str, version: str, target: str) -> list[RuleOutcome]:
        """What would come of giving a version a stage or an alias now; empty if no policy has a say.

        Raises:
            ResourceDoesNotExist: There is no such version.
            InvalidParameterValue: There is no such stage.
        """
        ...

    def approve(self, name: str, version: str, target: str) -> None:
        """Agrees that a version gets a stage or an alias; spent when it does.

        Raises:
            ResourceDoesNotExist: There is no such version.
            InvalidParameterValue: There is no such stage, or nobody knows who agrees.
        """
        ...

    def reviews(self) -> list[OpenReview]:
        """Decisions against a policy that nobody else has looked at yet, the oldest first."""
        ...

    def review(self, event: int) -> None:
        """Says what comes of looking at a decision that was made against a policy.

        Raises:
            ResourceDoesNotExist: No such decision waits for it.
            InvalidParameterValue: There is no reason.
            PermissionDenied: Whoever made it cannot review it.
        """
        ...
