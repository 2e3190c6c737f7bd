"""Whether a version meets the policies for a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlflow._policy.policy import MetricRule, Policy
from mlflow._policy.reading import show_place
from mlflow.entities.model_registry.policy import RuleOutcome

_DAY_MS = 24 * 60 * 60 * 1000

Evidence = Mapping[str, Any]


class Approval(NamedTuple):
    """Somebody's agreement: who, and when in milliseconds since the epoch."""

    actor: str
    time_ms: int


class Case(NamedTuple):
    """A decision that is judged.

    Attributes:
        name: The registered model.
        version: The version.
        place: Where it is to go, as in `Policy.places`.
        actor: Who decides; empty if unknown.
        reason: Why.
        ticket: Where it was decided.
        evidence: What is known of the version, as `collect_evidence` gives it.
        approvals: Who agreed.
        now_ms: Milliseconds since the epoch.
    """

    name: str
    version: str
    place: str
    actor: str
    reason: str
    ticket: str
    evidence: Evidence
    approvals: Sequence[Approval]
    now_ms: int


def judge(policies: Iterable[Policy], case: Case) -> list[RuleOutcome]:
    """The outcome of every rule that has a say; none if no policy covers the case."""
    found = [outcome for policy in policies for outcome in _judge(policy, case)]
    return list(dict.fromkeys(found))


def _judge(policy: Policy, case: Case) -> list[RuleOutcome]:
    found = []
    if policy.reason:
        found.append(RuleOutcome("reason", bool(case.reason), case.reason or "none", "Give a reason"))
    if policy.ticket:
        found.append(RuleOutcome("ticket", bool(case.ticket), case.ticket or "none", "Give a ticket"))
    if policy.signature:
        found.append(_signature(case))
    if policy.clean_git:
        found.append(_clean_git(case))
    found += [_metric(rule, case.evidence) for rule in policy.metrics]
    if policy.approvals:
        found.append(_approvals(policy, case))
    return found


def _signature(case: Case) -> RuleOutcome:
    manifest = case.evidence.get("manifest")
    if manifest is None:
        return RuleOutcome(
            "signature", False, "its files are not on record", "Register it where its files can be read"
        )
    has = bool(manifest["signature"])
    return RuleOutcome(
        "signature", has, "present" if has else "none", "Log the model with signature= or input_example="
    )


def _clean_git(case: Case) -> RuleOutcome:
    code = case.evidence.get("run", {}).get("code", {})
    remedy = "Commit everything, train again and register that run"
    if not code.get("commit"):
        return RuleOutcome("clean_git", False, "its run has no commit", remedy)
    dirty = code.get("dirty") == "true"
    state = "with uncommitted changes" if dirty else "clean"
    return RuleOutcome("clean_git", not dirty, f"commit {code['commit'][:12]}, {state}", remedy)


def _metric(rule: MetricRule, evidence: Evidence) -> RuleOutcome:
    where = f" on {rule.dataset}" if rule.dataset else ""
    name = f"metric {rule.name}{where}"
    bounds = [f"at least {rule.least:g}"] if rule.least is not None else []
    bounds += [f"at most {rule.most:g}"] if rule.most is not None else []
    wanted = f"It must be {' and '.join(bounds)}"
    value = _measured(rule, evidence)
    if value is None:
        return RuleOutcome(name, False, "not measured", f"Log it{where} for the model or its run. {wanted}")
    least = -math.inf if rule.least is None else rule.least
    most = math.inf if rule.most is None else rule.most
    return RuleOutcome(name, least <= value <= most, f"{value:g}", wanted)  # NaN is within no bounds


def _measured(rule: MetricRule, evidence: Evidence) -> float | None:
    """The latest value of the logged model, else of the run if it used the dataset."""
    for metric in evidence.get("model", {}).get("metrics", ()):
        if metric["name"] == rule.name and rule.dataset in ("", metric["dataset"], metric["digest"]):
            return float(metric["value"])
    run = evidence.get("run", {})
    used = [text for dataset in run.get("datasets", ()) for text in (dataset["name"], dataset["digest"])]
    if rule.dataset and rule.dataset not in used:
        return None
    metric = run.get("metrics", {}).get(rule.name)
    return None if metric is None else float(metric["value"])


def _approvals(policy: Policy, case: Case) -> RuleOutcome:
    oldest = -math.inf if policy.approval_days is None else case.now_ms - policy.approval_days * _DAY_MS
    others = sorted(
        {
            approval.actor
            for approval in case.approvals
            if approval.actor not in ("", case.actor) and approval.time_ms >= oldest
        }
    )
    by = f" (by {', '.join(others)})" if others else ""
    days = f"; approvals last {policy.approval_days:g} days" if policy.approval_days is not None else ""
    return RuleOutcome(
        "approvals",
        len(others) >= policy.approvals,
        f"{len(others)} of {policy.approvals}{by}",
        f"Somebody else has to run: mlflow registry policy approve {case.name} {case.version} --to {show_place(case.place)}{days}",
    )
