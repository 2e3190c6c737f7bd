"""Handlers: requests to move versions."""

from __future__ import annotations

from mlflow._base.attribution import current_attribution, giving
from mlflow._wire import transition_requests as wire
from mlflow._wire.decisions import decision_to_wire
from mlflow.entities.model_registry.model_version_stages import get_canonical_stage
from mlflow.entities.model_registry.transition_request import TransitionRequest
from mlflow.exceptions import ResourceDoesNotExist
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def request_transition(context: Context, request: wire.RequestTransition) -> wire.PendingRequestReply:
    with giving(request.reason, request.ticket):
        made = context.store.transition_requests.create(
            request.name, request.version, request.to, request.archive_existing
        )
    return wire.PendingRequestReply(wire.pending_to_wire(made))


def list_pending_requests(context: Context, request: wire.ListPendingRequests) -> wire.PendingRequestsReply:
    found = context.store.transition_requests.pending(request.model, request.version)
    return wire.PendingRequestsReply([wire.pending_to_wire(item) for item in found])


def approve_request(context: Context, request: wire.AnswerRequest) -> wire.AnswerReply:
    with giving(request.reason, request.ticket):
        event = context.store.transition_requests.approve(request.seq, request.archive_existing)
    return wire.AnswerReply(decision_to_wire(event))


def reject_request(context: Context, request: wire.AnswerRequest) -> wire.AnswerReply:
    with giving(request.reason, request.ticket):
        event = context.store.transition_requests.reject(request.seq)
    return wire.AnswerReply(decision_to_wire(event))


def withdraw_request(context: Context, request: wire.AnswerRequest) -> wire.AnswerReply:
    with giving(request.reason, request.ticket):
        event = context.store.transition_requests.withdraw(request.seq)
    return wire.AnswerReply(decision_to_wire(event))


def create_transition_request(
    context: Context, request: wire.CreateTransitionRequest
) -> wire.TransitionRequestReply:
    stage = get_canonical_stage(request.stage)
    with giving(request.comment):
        made = context.store.transition_requests.create(request.name, request.version, stage)
    return wire.TransitionRequestReply(wire.request_to_wire(made, current_attribution().actor))


def list_transition_requests(
    context: Context, request: wire.ListTransitionRequests
) -> wire.TransitionRequestsReply:
    found = context.store.transition_requests.pending(request.name, request.version)
    actor = current_attribution().actor
    return wire.TransitionRequestsReply(
        [wire.request_to_wire(item, actor) for item in found if not item.to.startswith("@")]
    )


def approve_transition_request(context: Context, request: wire.AnswerTransitionRequest) -> wire.ActivityReply:
    asked = _asked(context, request)[-1]
    with giving(request.comment):
        event = context.store.transition_requests.approve(asked.seq, request.archive_existing_versions)
    return wire.ActivityReply(wire.activity_to_wire(event, asked.to))


def reject_transition_request(context: Context, request: wire.AnswerTransitionRequest) -> wire.ActivityReply:
    with giving(request.comment):
        events = [context.store.transition_requests.reject(asked.seq) for asked in _asked(context, request)]
    return wire.ActivityReply(wire.activity_to_wire(events[-1], get_canonical_stage(request.stage)))


def delete_transition_request(context: Context, request: wire.DeleteTransitionRequest) -> wire.ActivityReply:
    creator = request.creator or current_attribution().actor
    own = [asked for asked in _asked(context, request) if asked.actor == creator]
    if not own:
        raise ResourceDoesNotExist(
            f"{creator!r} does not ask that version {request.version} of {request.name!r} moves to {request.stage!r}"
        )
    with giving(request.comment):
        event = context.store.transition_requests.withdraw(own[-1].seq)
    return wire.ActivityReply(wire.activity_to_wire(event, own[-1].to))


def _asked(
    context: Context, request: wire.AnswerTransitionRequest | wire.DeleteTransitionRequest
) -> list[TransitionRequest]:
    """Open requests for a stage, at least one."""
    stage = get_canonical_stage(request.stage)
    pending = context.store.transition_requests.pending(request.name, request.version)
    found = [asked for asked in pending if asked.to == stage]
    if not found:
        raise ResourceDoesNotExist(
            f"Nobody asks that version {request.version} of {request.name!r} moves to {stage!r}"
        )
    return found


HANDLERS: dict[str, Handler] = {
    "request_transition": request_transition,
    "list_pending_requests": list_pending_requests,
    "approve_request": approve_request,
    "reject_request": reject_request,
    "withdraw_request": withdraw_request,
    "create_transition_request": create_transition_request,
    "list_transition_requests": list_transition_requests,
    "approve_transition_request": approve_transition_request,
    "reject_transition_request": reject_transition_request,
    "delete_transition_request": delete_transition_request,
}
