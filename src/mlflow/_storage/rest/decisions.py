"""The ledger on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._wire import decisions as wire
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import DecisionProof, LedgerAnchor, LedgerCheck
from mlflow.entities.model_registry.order import DecisionOrder
from mlflow.entities.model_registry.outcome import DecisionOutcome
from mlflow.entities.model_registry.registry_state import RegistryState
from mlflow.entities.model_registry.timeline import Timeline
from mlflow.exceptions import DataLoss


class RestDecisions:
    """The ledger on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def search(
        self,
        wanted: DecisionFilter,
        max_results: int = 100,
        page_token: str | None = None,
        newest_first: bool = True,
    ) -> Page[Decision]:
        request = wire.SearchDecisions(
            wanted.name,
            wanted.version,
            wanted.actor,
            list(wanted.actions),
            _moment(wanted.since_ms),
            _moment(wanted.until_ms),
            max_results,
            page_token or "",
            not newest_first,
        )
        reply = self._call("search_decisions", request, wire.DecisionsReply)
        return Page([wire.decision_from_wire(item) for item in reply.events], reply.next_page_token or None)

    def get(self, seq: int) -> Decision:
        reply = self._call("get_decision", wire.GetDecision(seq), wire.DecisionReply)
        return wire.decision_from_wire(reply.event)

    def decide(self, order: DecisionOrder, dry_run: bool = False) -> DecisionOutcome:
        reply = self._call("decide", wire.order_to_wire(order, dry_run), wire.DecideReply)
        return wire.outcome_from_wire(reply)

    def proof(self, seq: int) -> DecisionProof:
        reply = self._call("get_decision", wire.GetDecision(seq), wire.DecisionReply)
        if reply.proof is None:
            raise DataLoss(f"The server gave no proof of event {seq}")
        return wire.proof_from_wire(reply.proof)

    def state_at(self, name: str, at_ms: int | None = None, since_ms: int | None = None) -> RegistryState:
        request = wire.GetRegistryState(name, _moment(at_ms), _moment(since_ms))
        return wire.state_from_wire(self._call("get_registry_state", request, wire.RegistryStateReply))

    def timeline(self, name: str, since_ms: int | None = None, until_ms: int | None = None) -> Timeline:
        request = wire.GetTimeline(name, _moment(since_ms), _moment(until_ms))
        reply = self._call("get_registry_timeline", request, wire.TimelineReply)
        return wire.timeline_from_wire(reply)

    def anchor(self) -> LedgerAnchor:
        return wire.anchor_from_wire(
            self._call("get_ledger_anchor", wire.GetAnchor(), wire.AnchorReply).anchor
        )

    def verify(self, anchors: Sequence[LedgerAnchor] = (), with_state: bool = False) -> LedgerCheck:
        request = wire.VerifyDecisions([anchor.to_text() for anchor in anchors], with_state)
        return wire.check_from_wire(self._call("verify_decisions", request, wire.LedgerCheckReply))

    def erase(self, seq: int, parts: Sequence[str]) -> Decision:
        reply = self._call("erase_decision", wire.EraseDecision(seq, list(parts)), wire.DecisionReply)
        return wire.decision_from_wire(reply.event)


def _moment(ms: int | None) -> str:
    return "" if ms is None else str(ms)
