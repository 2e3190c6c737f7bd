"""Wire forms: policies of the registry."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response
from mlflow.entities.model_registry.policy import RuleOutcome


class GetPolicy(Request):
    """Asks for the policy file that holds."""


class SetPolicy(Request):
    """Replaces the policy file; an empty text removes it."""

    text: str = ""


class CheckPolicy(Request):
    """Asks what would come of giving a version a stage, or an alias as `@champion`."""

    name: str
    version: str
    target: str


class ApproveModelVersion(Request):
    """Agrees that a version gets a stage, or an alias as `@champion`."""

    name: str
    version: str
    target: str


class GetReviews(Request):
    """Asks for decisions against a policy that nobody else has looked at."""


class ReviewDecision(Request):
    """Says what comes of looking at a decision."""

    event: int


class PolicyReply(Response, omit_defaults=False):
    """The policy file that holds; 0 and no text if there is none."""

    text: str = ""
    event: int = 0


class WireRule(Response, omit_defaults=False):
    """Whether a version meets a rule."""

    rule: str
    ok: bool
    found: str
    remedy: str


class RulesReply(Response, omit_defaults=False):
    """The rules that have a say; none if no policy has."""

    rules: list[WireRule] = []


class WireReview(Response, omit_defaults=False):
    """A decision against a policy."""

    event: int
    name: str
    actor: str
    due: int


class ReviewsReply(Response, omit_defaults=False):
    """Decisions against a policy, the oldest first."""

    reviews: list[WireReview] = []


def rule_to_wire(outcome: RuleOutcome) -> WireRule:
    """The outcome of a rule for a response."""
    return WireRule(outcome.rule, outcome.ok, outcome.found, outcome.remedy)


def rule_from_wire(rule: WireRule) -> RuleOutcome:
    """The outcome of a rule from a response."""
    return RuleOutcome(rule.rule, rule.ok, rule.found, rule.remedy)
