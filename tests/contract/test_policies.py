"""What every store lets happen under a policy."""

from __future__ import annotations

import pytest

from mlflow._base.attribution import Attribution, attributed, explained
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest
from mlflow.entities.run_status import RunStatus
from mlflow.entities.tag import RunTag
from tests.contract.errors import INVALID, MISSING, refused

DENIED = "PERMISSION_DENIED"
POLICY = """
policies:
  - models: "credit-*"
    to: [Production, "@champion"]
    require:
      reason: true
      signature: true
      clean_git: true
      metrics: [{name: auc, min: 0.85}]
      approvals: 1
    break_glass: {review_days: 2}
"""


def as_(actor: str, reason: str = "", *, break_glass: bool = False) -> Attribution:
    """What somebody does."""
    return Attribution(actor, "claimed", reason, "", "", "", break_glass)


@pytest.fixture
def name(store: Store, run_id: str) -> str:
    """A registered model with a version that meets every rule but that of approvals."""
    store.runs.log_batch(
        run_id, [Metric("auc", 0.9, 0, 0)], tags=[RunTag("mlflow.source.git.commit", "0f3e9a2b")]
    )
    store.runs.update(run_id, RunStatus.FINISHED)
    name = store.registered_models.create("credit-risk").name
    store.model_versions.create(name, f"runs:/{run_id}/model", run_id)
    store.model_versions.record_manifest(name, "1", ModelManifest([ModelFile("MLmodel", 1, "a" * 64)], True))
    store.policies.set(POLICY)
    return name


def test_no_policy_holds_at_first(store: Store) -> None:
    assert store.policies.get() is None
    store.registered_models.create("m")
    store.model_versions.create("m", "s3://b/k")
    assert store.policies.check("m", "1", "Production") == []
    store.model_versions.transition_stage("m", "1", "Production")


def test_a_wrong_file_is_refused_and_the_old_one_holds(store: Store) -> None:
    store.policies.set(POLICY)
    with refused(INVALID, "line 2", "'models'"):
        store.policies.set("policies:\n  - require: {reason: true}")
    found = store.policies.get()
    assert found is not None
    assert found.text == POLICY
    store.policies.set("")
    assert store.policies.get() is None


def test_a_refusal_names_every_rule_that_is_not_met_and_what_would_meet_it(store: Store, name: str) -> None:
    store.model_versions.create(name, "s3://b/k")
    with refused(
        DENIED,
        "version 2",
        "reason: none. Give a reason",
        "metric auc: not measured",
        "approvals: 0 of 1",
        "approve",
    ):
        store.model_versions.transition_stage(name, "2", "Production")
    assert store.model_versions.get(name, "2").current_stage == "None"
    with refused(DENIED, "the alias 'champion'"):
        store.registered_models.set_alias(name, "champion", "2")
    store.model_versions.transition_stage(name, "2", "Staging")
    store.registered_models.set_alias(name, "other", "2")
    with refused(MISSING):
        store.policies.check(name, "9", "Production")
    with refused(INVALID, "Production"):
        store.policies.check(name, "1", "Prod")


def test_an_approval_of_somebody_else_is_needed_and_spent(store: Store, name: str) -> None:
    with attributed(as_("ada", "Better")):
        store.policies.approve(name, "1", "Production")
        with refused(DENIED, "approvals: 0 of 1"):
            store.model_versions.transition_stage(name, "1", "Production")
    with attributed(as_("bob")):
        store.policies.approve(name, "1", "Production")
    with attributed(as_("ada", "Better")):
        assert [outcome.ok for outcome in store.policies.check(name, "1", "Production")] == [True] * 5
        with refused(DENIED, "approvals: 0 of 1"):
            store.registered_models.set_alias(name, "champion", "1")
        store.model_versions.transition_stage(name, "1", "Production")
        store.model_versions.transition_stage(name, "1", "Staging")
        with refused(DENIED, "approvals: 0 of 1"):
            store.model_versions.transition_stage(name, "1", "Production")


def test_nobody_cannot_approve(store: Store, name: str) -> None:
    with attributed(as_("")), refused(INVALID, "somebody"):
        store.policies.approve(name, "1", "Production")


def test_in_an_emergency_the_glass_is_broken_and_somebody_else_reviews_it(store: Store, name: str) -> None:
    with attributed(as_("ada", break_glass=True)), refused(INVALID, "reason"):
        store.model_versions.transition_stage(name, "1", "Production")
    with attributed(as_("ada", "Outage", break_glass=True)):
        store.model_versions.transition_stage(name, "1", "Production")
    (review,) = store.policies.reviews()
    assert (review.name, review.actor) == (name, "ada")
    with attributed(as_("ada", "I was right")), refused(DENIED, "other than 'ada'"):
        store.policies.review(review.event)
    with attributed(as_("bob")), refused(INVALID, "reason"):
        store.policies.review(review.event)
    with attributed(as_("bob", "There was no other way")):
        store.policies.review(review.event)
        with refused(MISSING):
            store.policies.review(review.event)
    assert store.policies.reviews() == []


def test_a_policy_without_glass_cannot_be_broken(store: Store, name: str) -> None:
    store.policies.set(POLICY.replace("    break_glass: {review_days: 2}\n", ""))
    with attributed(as_("ada", "Outage", break_glass=True)), refused(DENIED, "approvals"):
        store.model_versions.transition_stage(name, "1", "Production")


def test_a_place_is_rolled_back_to_who_held_it(store: Store) -> None:
    store.registered_models.create("m")
    for _ in range(3):
        store.model_versions.create("m", "s3://b/k")
    rollback = store.registered_models.rollback
    with explained("Worse than before", None):
        with refused(MISSING, "had the stage 'Production' before"):
            rollback("m")
        for version in ("1", "2"):
            store.model_versions.transition_stage("m", version, "Production", archive_existing=True)
        assert rollback("m").version == "1"
        assert store.model_versions.get("m", "2").current_stage == "Archived"
        assert rollback("m", to="2").version == "2"
        assert store.model_versions.get("m", "1").current_stage == "Archived"
        with refused("RESOURCE_CONFLICT", "already"):
            rollback("m", to="2")
        with refused(INVALID, "never had"):
            rollback("m", to="3")
        with refused(MISSING, "at that time"):
            rollback("m", at_ms=1)
        with refused(INVALID, "not both"):
            rollback("m", stage="Staging", alias="champion")
        store.model_versions.delete("m", "1")
        with refused(MISSING, "mlflow registry restore m 1"):
            rollback("m")
    with refused(INVALID, "reason"):
        rollback("m", to="1")


def test_an_alias_is_rolled_back(store: Store) -> None:
    store.registered_models.create("m")
    for version in ("1", "2"):
        store.model_versions.create("m", "s3://b/k")
        store.registered_models.set_alias("m", "champion", version)
    with explained("Worse", None):
        assert store.registered_models.rollback("m", alias="champion").aliases == ["champion"]
        assert store.registered_models.get("m").aliases == {"champion": "1"}
        store.registered_models.delete_alias("m", "champion")
        store.registered_models.rollback("m", alias="champion")
    assert store.registered_models.get("m").aliases == {"champion": "1"}


def test_a_rollback_asks_no_policy_again(store: Store, name: str) -> None:
    with attributed(as_("ada", "Outage", break_glass=True)):
        store.model_versions.transition_stage(name, "1", "Production")
    with attributed(as_("ada", "Back")):
        store.model_versions.transition_stage(name, "1", "Archived")
        assert store.registered_models.rollback(name).current_stage == "Production"


def test_all_of_it_follows_from_the_ledger(store: Store, name: str) -> None:
    with attributed(as_("ada", "Outage", break_glass=True)):
        store.model_versions.transition_stage(name, "1", "Production")
        store.model_versions.hold(name, "1")
    with attributed(as_("bob", "Fine")):
        store.policies.approve(name, "1", "@champion")
    assert store.decisions.verify(with_state=True).problem == ""
    rules = store.decisions.search(DecisionFilter(actions=("transition_stage",)))
    evidence = store.decisions.get(rules[0].seq).evidence or {}
    assert evidence["policy"]["outcome"] == "broken"
    assert [rule["rule"] for rule in evidence["policy"]["rules"] if not rule["ok"]] == ["approvals"]
    assert evidence["manifest"]["signature"] is True


def test_a_policy_keeps_a_stage_for_one_version(store: Store) -> None:
    store.policies.set("policies: [{models: credit, to: [Production, Staging], one_holder: true}]")
    for name in ("credit", "other"):
        store.registered_models.create(name)
        for number in range(2):
            store.model_versions.create(name, f"s3://b/{number}")
            store.model_versions.transition_stage(name, str(number + 1), "Production")
    found = {
        name: [store.model_versions.get(name, version).current_stage for version in ("1", "2")]
        for name in ("credit", "other")
    }
    assert found == {"credit": ["Archived", "Production"], "other": ["Production", "Production"]}
    assert store.policies.check("credit", "1", "Production") == []
    with refused(INVALID, "line 1", "'require'"):
        store.policies.set("policies: [{models: credit}]")
    assert store.decisions.verify(with_state=True).problem == ""
