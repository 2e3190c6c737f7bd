"""Contract: the ledger of the registry, which every change adds to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.order import DecisionOrder
from mlflow.entities.model_registry.outcome import DecisionOutcome
from mlflow.entities.model_registry.registry_state import RegistryState
from mlflow.entities.model_registry.timeline import Timeline


class DecisionFilter(NamedTuple):
    """Which events are wanted; what is empty or `None` does not count.

    Attributes:
        name: Name of a registered model; events of every model that ever had it, under all its names.
        version: Number of a version.
        actor: Who did it.
        actions: Kinds of events, such as `transition_stage`.
        since_ms: First millisecond.
        until_ms: Last millisecond.
    """

    name: str = ""
    version: str = ""
    actor: str = ""
    actions: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None


class DecisionStore(Protocol):
    """The ledger of the registry.

    Events are numbered from 1 without gaps, in the order in which they were made durable; their times never go
    back. Nothing changes an event afterwards, except that parts of it can be erased.
    """

    def search(
        self,
        wanted: DecisionFilter,
        max_results: int = 100,
        page_token: str | None = None,
        newest_first: bool = True,
    ) -> Page[Decision]:
        """Events that are wanted, without their evidence.

        Args:
            wanted: Which ones.
            max_results: Page size, 1 to 1,000.
            page_token: Token of the page before, of the same search.
            newest_first: Order.
        """
        ...

    def get(self, seq: int) -> Decision:
        """An event with its evidence.

        Raises:
            ResourceDoesNotExist: There is none of that number.
        """
        ...

    def decide(self, order: DecisionOrder, dry_run: bool = False) -> DecisionOutcome:
        """Makes a decision, or says what would come of it.

        Args:
            order: The decision; its reason is that of the thread, as for all changes.
            dry_run: Whether it is only tried: nothing changes, and policies are told instead of enforced.

        Raises:
            ResourceDoesNotExist: There is no such version.
            InvalidParameterValue: There is no such stage, or nothing to be done.
            ResourceConflict: What its maker saw does not hold any more.
            PolicyNotMet: A policy does not allow it.
        """
        ...

    def proof(self, seq: int) -> DecisionProof:
        """What proves an event against the root of the ledger as it is now.

        Raises:
            ResourceDoesNotExist: There is none of that number.
        """
        ...

    def state_at(self, name: str, at_ms: int | None = None, since_ms: int | None = None) -> RegistryState:
        """What the registry held about a model.

        Args:
            name: Name that it had then; else the name that it has now.
            at_ms: The last millisecond that counts; `None` is now.
            since_ms: From here on events are told as `changes`; `None` tells none.

        Raises:
            ResourceDoesNotExist: There was no such model then.
        """
        ...

    def timeline(self, name: str, since_ms: int | None = None, until_ms: int | None = None) -> Timeline:
        """Which version was in each stage and under each alias, and when; and the events that changed it.

        Args:
            name: Name of the model.
            since_ms: First millisecond; spans that ended before are left out.
            until_ms: Last millisecond; what happened after it is left out.

        Raises:
            ResourceDoesNotExist: No model ever had that name.
        """
        ...

    def anchor(self) -> LedgerAnchor:
        """What the ledger is now.

        Raises:
            ResourceDoesNotExist: It is empty.
        """
        ...

    def verify(self, anchors: Sequence[LedgerAnchor] = (), with_state: bool = False) -> LedgerCheck:
        """Walks the whole ledger.

        Args:
            anchors: What it was at some events.
            with_state: Whether registered models, versions, tags and aliases are also compared with what its events
                make of nothing.
        """
        ...

    def erase(self, seq: int, parts: Sequence[str]) -> Decision:
        """Removes parts of an event for good; their digests stay, and that they were removed is an event itself.

        Args:
            seq: Number of the event.
            parts: Some of `who`, `why`, `what` and `evidence`. `what` is only erased of tags and descriptions that
                hold no more.

        Returns:
            The event that says so.

        Raises:
            ResourceDoesNotExist: There is none of that number.
            InvalidParameterValue: There is no such part, or it still says what the registry holds.
        """
        ...
