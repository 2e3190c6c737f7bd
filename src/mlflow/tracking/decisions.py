"""What is asked of a store about the ledger of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, tzinfo

from mlflow._base.moments import Period, parse_period
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.registry_state import RegistryState

Moment = str | int | date
"""A day, a time, or milliseconds since the epoch (see `mlflow._base.moments`)."""


def state_at(store: Store, name: str, at: Moment | None = None, zone: tzinfo = UTC) -> RegistryState:
    """What the registry held about a model; of a day, at its end, with the events of that day as `changes`."""
    if at is None:
        return store.decisions.state_at(name)
    period = parse_period(at, zone)
    return store.decisions.state_at(name, period.last_ms, _first_of_span(period))


def search_decisions(
    store: Store,
    name: str | None = None,
    version: str | int | None = None,
    actor: str | None = None,
    actions: Sequence[str] = (),
    since: Moment | None = None,
    until: Moment | None = None,
    max_results: int = 100,
    page_token: str | None = None,
    zone: tzinfo = UTC,
    newest_first: bool = True,
) -> Page[Decision]:
    """One page of events."""
    wanted = DecisionFilter(
        name or "",
        "" if version is None else str(version),
        actor or "",
        tuple(actions),
        None if since is None else parse_period(since, zone).first_ms,
        None if until is None else parse_period(until, zone).last_ms,
    )
    return store.decisions.search(wanted, max_results, page_token, newest_first)


def _first_of_span(period: Period) -> int | None:
    return period.first_ms if period.first_ms < period.last_ms else None
