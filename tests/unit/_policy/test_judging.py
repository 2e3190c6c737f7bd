"""Whether a version meets a policy."""

from __future__ import annotations

from typing import Any

import pytest

from mlflow._policy.judging import Approval, Case, judge
from mlflow._policy.policy import MetricRule, Policy
from mlflow.entities.model_registry.policy import RuleOutcome

DAY_MS = 24 * 60 * 60 * 1000
EVERYTHING: dict[str, Any] = {
    "run": {
        "metrics": {"auc": {"value": 0.7, "step": 0}, "loss": {"value": "NaN", "step": 0}},
        "datasets": [{"name": "train", "digest": "d1", "context": ""}],
        "code": {"commit": "0f3e9a2b7c6d5e4f", "dirty": "false"},
    },
    "model": {"metrics": [{"name": "auc", "dataset": "holdout", "digest": "d2", "step": 0, "value": 0.9}]},
    "manifest": {"signature": True},
}


def outcome(evidence: dict[str, Any], agreed: list[Approval] | None = None, **rules: Any) -> RuleOutcome:
    """Outcome of a policy with one rule, for a decision of Ada on the hundredth day."""
    case = Case("m", "3", "stage/Production", "ada", "", "", evidence, agreed or [], 100 * DAY_MS)
    (found,) = judge([Policy(1, ("m",), ("stage/Production",), **rules)], case)
    return found


@pytest.mark.parametrize(
    ("rule", "ok", "found"),
    [
        (MetricRule("auc", least=0.9), True, "0.9"),
        (MetricRule("auc", least=0.9, dataset="holdout"), True, "0.9"),
        (MetricRule("auc", most=0.8, dataset="d2"), False, "0.9"),
        (MetricRule("auc", least=0.9, dataset="train"), False, "0.7"),
        (MetricRule("auc", least=0.1, dataset="other"), False, "not measured"),
        (MetricRule("f1", least=0.1), False, "not measured"),
        (MetricRule("loss", most=1), False, "nan"),
    ],
)
def test_metrics_have_bounds_on_a_dataset(rule: MetricRule, ok: bool, found: str) -> None:
    result = outcome(EVERYTHING, metrics=(rule,))
    assert (result.ok, result.found) == (ok, found)


@pytest.mark.parametrize(
    ("code", "ok"),
    [
        ({"commit": "0f", "dirty": "false"}, True),
        ({"commit": "0f"}, True),
        ({"commit": "0f", "dirty": "true"}, False),
        ({}, False),
    ],
)
def test_a_tree_is_clean_or_not(code: dict[str, str], ok: bool) -> None:
    assert outcome({"run": {"code": code}}, clean_git=True).ok is ok
    assert not outcome({}, clean_git=True).ok


def test_a_signature_is_there_or_not() -> None:
    assert outcome(EVERYTHING, signature=True).ok
    assert not outcome({"manifest": {"signature": False}}, signature=True).ok
    assert outcome({}, signature=True).found == "its files are not on record"


def test_approvals_are_those_of_others_and_expire() -> None:
    given = [Approval(name, 90 * DAY_MS) for name in ("ada", "", "bob")]
    assert outcome({}, given, approvals=1).ok
    result = outcome({}, given, approvals=2)
    assert (result.ok, result.found) == (False, "1 of 2 (by bob)")
    assert "mlflow registry policy approve m 3 --to Production" in result.remedy
    assert not outcome({}, given, approvals=1, approval_days=9).ok
    assert outcome({}, given, approvals=1, approval_days=10).ok


def test_every_policy_has_a_say_and_says_a_thing_once() -> None:
    case = Case("m", "3", "stage/Production", "ada", "why", "", {}, [], 0)
    policy = Policy(1, ("*",), ("stage/Production",), reason=True)
    found = judge([policy, policy, Policy(9, ("m",), ("stage/Production",), ticket=True)], case)
    assert [(item.rule, item.ok) for item in found] == [("reason", True), ("ticket", False)]


@pytest.mark.parametrize(
    ("models", "place", "covers"),
    [
        (("m*",), "stage/Production", True),
        (("M",), "stage/Production", False),
        (("m",), "alias/champion", False),
    ],
)
def test_a_policy_covers_names_and_places(models: tuple[str, ...], place: str, covers: bool) -> None:
    assert (
        Policy(1, models, ("stage/Production",), reason=True).covers(
            "mine" if "*" in models[0] else "m", place
        )
        is covers
    )
