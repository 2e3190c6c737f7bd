"""Requests to move versions, on a server."""

from __future__ import annotations

from mlflow._storage.rest.calls import Calls
from mlflow._wire import transition_requests as wire
from mlflow._wire.decisions import decision_from_wire
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.transition_request import TransitionRequest


class RestTransitionRequests:
    """Requests to move versions, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(self, name: str, version: str, to: str, archive_existing: bool = False) -> TransitionRequest:
        request = wire.RequestTransition(name, version, to, archive_existing)
        return wire.pending_from_wire(
            self._call("request_transition", request, wire.PendingRequestReply).request
        )

    def pending(self, name: str = "", version: str = "") -> list[TransitionRequest]:
        reply = self._call(
            "list_pending_requests", wire.ListPendingRequests(name, version), wire.PendingRequestsReply
        )
        return [wire.pending_from_wire(item) for item in reply.requests]

    def approve(self, seq: int, archive_existing: bool | None = None) -> Decision:
        return self._answer("approve_request", wire.AnswerRequest(seq, archive_existing=archive_existing))

    def reject(self, seq: int) -> Decision:
        return self._answer("reject_request", wire.AnswerRequest(seq))

    def withdraw(self, seq: int) -> Decision:
        return self._answer("withdraw_request", wire.AnswerRequest(seq))

    def _answer(self, name: str, request: wire.AnswerRequest) -> Decision:
        return decision_from_wire(self._call(name, request, wire.AnswerReply).event)
