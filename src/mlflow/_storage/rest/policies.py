"""Policies of the registry on a server."""

from __future__ import annotations

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_version_number
from mlflow._wire import policies as wire
from mlflow._wire.shapes import Empty
from mlflow.entities.model_registry.policy import OpenReview, RegistryPolicy, RuleOutcome


class RestPolicies:
    """Policies of the registry on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def get(self) -> RegistryPolicy | None:
        reply = self._call("get_policy", wire.GetPolicy(), wire.PolicyReply)
        return RegistryPolicy(reply.text, reply.event) if reply.text else None

    def set(self, text: str) -> None:
        self._call("set_policy", wire.SetPolicy(text), Empty)

    def check(self, name: str, version: str, target: str) -> list[RuleOutcome]:
        check_version_number(version)
        reply = self._call("check_policy", wire.CheckPolicy(name, version, target), wire.RulesReply)
        return [wire.rule_from_wire(item) for item in reply.rules]

    def approve(self, name: str, version: str, target: str) -> None:
        check_version_number(version)
        self._call("approve_model_version", wire.ApproveModelVersion(name, version, target), Empty)

    def reviews(self) -> list[OpenReview]:
        reply = self._call("get_reviews", wire.GetReviews(), wire.ReviewsReply)
        return [OpenReview(item.event, item.name, item.actor, item.due) for item in reply.reviews]

    def review(self, event: int) -> None:
        self._call("review_decision", wire.ReviewDecision(event), Empty)
