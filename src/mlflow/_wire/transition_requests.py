"""Wire forms: requests to move versions; ours, and those that the registry of Databricks has."""

from __future__ import annotations

from typing import Any

from mlflow._wire.decisions import WireDecision
from mlflow._wire.shapes import Request, Response
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.transition_request import TransitionRequest

_ACTIVITIES = {
    "transition_stage": "APPLIED_TRANSITION",
    "request_transition": "REQUESTED_TRANSITION",
    "approve_model_version": "APPROVED_REQUEST",
    "reject_transition": "REJECTED_REQUEST",
    "withdraw_transition": "CANCELLED_REQUEST",
}


class WirePendingRequest(Response, omit_defaults=False):
    """An open request; `to` is a stage, or an alias as `@champion`."""

    seq: int
    timestamp: int
    name: str
    version: str
    to: str
    archive_existing: bool
    actor: str
    reason: str
    ticket: str
    approvals: list[str]


class WireTransitionRequest(Response, omit_defaults=False):
    """An open request, as the registry of Databricks has it."""

    to_stage: str
    user_id: str
    comment: str
    creation_timestamp: int
    available_actions: list[str] = []


class WireActivity(Response, omit_defaults=False):
    """What came of a request, as the registry of Databricks has it."""

    id: str
    activity_type: str
    user_id: str
    comment: str
    creation_timestamp: int
    last_updated_timestamp: int
    from_stage: str = ""
    to_stage: str = ""


class ListPendingRequests(Request):
    """Asks for open requests: all, of a model, or of a version."""

    model: str = ""
    version: str = ""


class RequestTransition(Request):
    """Asks that a version gets a stage, or an alias as `@champion`."""

    name: str
    version: str
    to: str
    archive_existing: bool = False
    reason: str = ""
    ticket: str = ""


class AnswerRequest(Request):
    """Approves, rejects or withdraws a request."""

    seq: int
    reason: str = ""
    ticket: str = ""
    archive_existing: bool | None = None


class CreateTransitionRequest(Request):
    """Asks that a version gets a stage."""

    name: str
    version: str
    stage: str
    comment: str = ""


class ListTransitionRequests(Request):
    """Asks for the open requests of a version."""

    name: str
    version: str


class AnswerTransitionRequest(Request):
    """Approves or rejects the open requests of a version for a stage."""

    name: str
    version: str
    stage: str
    archive_existing_versions: bool = False
    comment: str = ""


class DeleteTransitionRequest(Request):
    """Withdraws a request. `creator` is who made it, by default whoever asks."""

    name: str
    version: str
    stage: str
    creator: str = ""
    comment: str = ""


class PendingRequestReply(Response):
    """An open request."""

    request: WirePendingRequest


class PendingRequestsReply(Response, omit_defaults=False):
    """Open requests, the oldest first."""

    requests: list[WirePendingRequest] = []


class AnswerReply(Response):
    """The event that came of an answer: that of the move, if it was made."""

    event: WireDecision


class TransitionRequestReply(Response):
    """An open request."""

    request: WireTransitionRequest


class TransitionRequestsReply(Response, omit_defaults=False):
    """Open requests, the oldest first."""

    requests: list[WireTransitionRequest] = []


class ActivityReply(Response):
    """What came of a request."""

    activity: WireActivity


def pending_to_wire(request: TransitionRequest) -> WirePendingRequest:
    """An open request for a response."""
    return WirePendingRequest(**{**dict(request), "approvals": list(request.approvals)})


def pending_from_wire(request: WirePendingRequest) -> TransitionRequest:
    """An open request from a response."""
    fields: dict[str, Any] = {name: getattr(request, name) for name in request.__struct_fields__}
    return TransitionRequest(**{**fields, "approvals": tuple(request.approvals)})


def request_to_wire(request: TransitionRequest, actor: str) -> WireTransitionRequest:
    """An open request as Databricks has it, for a response to somebody."""
    own = request.actor == actor
    actions = (
        ["CANCEL_TRANSITION_REQUEST"] if own else ["APPROVE_TRANSITION_REQUEST", "REJECT_TRANSITION_REQUEST"]
    )
    return WireTransitionRequest(request.to, request.actor, request.reason, request.timestamp, actions)


def activity_to_wire(event: Decision, to_stage: str) -> WireActivity:
    """An event as Databricks has it, for a response."""
    return WireActivity(
        str(event.seq),
        _ACTIVITIES[event.action],
        event.actor,
        event.reason,
        event.timestamp,
        event.timestamp,
        str((event.before or {}).get("stage", "")),
        to_stage,
    )
