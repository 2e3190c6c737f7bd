"""Saying why the registry is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow._base.attribution import explained


@contextmanager
def decision(
    reason: str | None = None, ticket: str | None = None, break_glass: bool = False
) -> Iterator[None]:
    """Gives a reason for every change of the registry inside of the block; the ledger keeps it.

    ::

        with mlflow.decision(reason="Passed the review of risk", ticket="RISK-42"):
            client.transition_model_version_stage("credit", 3, "Production")

    Args:
        reason: Why, in words.
        ticket: Where it was decided, such as the key of an issue.
        break_glass: Whether it is an emergency: a policy that allows it is broken, and somebody else reviews that.
    """
    with explained(reason, ticket, break_glass):
        yield
