"""Handlers: policies of the registry."""

from __future__ import annotations

from mlflow._wire import policies as wire
from mlflow._wire.shapes import Empty
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def get_policy(context: Context, request: wire.GetPolicy) -> wire.PolicyReply:
    del request
    found = context.store.policies.get()
    return wire.PolicyReply() if found is None else wire.PolicyReply(found.text, found.event)


def set_policy(context: Context, request: wire.SetPolicy) -> Empty:
    context.store.policies.set(request.text)
    return Empty()


def check_policy(context: Context, request: wire.CheckPolicy) -> wire.RulesReply:
    found = context.store.policies.check(request.name, request.version, request.target)
    return wire.RulesReply([wire.rule_to_wire(outcome) for outcome in found])


def approve_model_version(context: Context, request: wire.ApproveModelVersion) -> Empty:
    context.store.policies.approve(request.name, request.version, request.target)
    return Empty()


def get_reviews(context: Context, request: wire.GetReviews) -> wire.ReviewsReply:
    del request
    return wire.ReviewsReply([wire.WireReview(**dict(item)) for item in context.store.policies.reviews()])


def review_decision(context: Context, request: wire.ReviewDecision) -> Empty:
    context.store.policies.review(request.event)
    return Empty()


HANDLERS: dict[str, Handler] = {
    "get_policy": get_policy,
    "set_policy": set_policy,
    "check_policy": check_policy,
    "approve_model_version": approve_model_version,
    "get_reviews": get_reviews,
    "review_decision": review_decision,
}
