"""What every store does with a decision that is tried first, and made on what its maker saw."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlflow._base.attribution import Attribution, attributed, explained
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.order import DecisionOrder, ExpectedState
from mlflow.exceptions import MlflowException
from tests.contract.errors import CONFLICT, INVALID, MISSING, refused

POLICY = """
policies:
  - models: credit
    require: {reason: true, approvals: 1}
"""


@pytest.fixture
def name(store: Store) -> str:
    """A registered model with three versions, the first of which is in production."""
    name = store.registered_models.create("credit").name
    for number in range(3):
        store.model_versions.create(name, f"s3://b/{number}")
    store.model_versions.transition_stage(name, "1", "Production")
    return name


def as_(actor: str, reason: str = "") -> Attribution:
    """What somebody does."""
    return Attribution(actor, "claimed", reason)


def test_a_trial_says_what_would_change_and_changes_nothing(store: Store, name: str) -> None:
    before = store.decisions.anchor()
    order = DecisionOrder(name, "2", "stage", "production", archive_existing=True)
    outcome = store.decisions.decide(order, dry_run=True)
    assert outcome.event is None
    assert (outcome.state.stage, outcome.state.holders, outcome.state.seq) == ("None", ("1",), before.seq)
    assert [(effect.version, effect.before, effect.after) for effect in outcome.effects] == [
        ("2", "None", "Production"),
        ("1", "Production", "Archived"),
    ]
    assert "models:/credit/Production" in outcome.effects[0].text
    assert (outcome.checks, outcome.needs_approval) == ([], False)
    assert store.decisions.anchor() == before

    with explained("Better", "RISK-1"):
        made = store.decisions.decide(order)
    assert made.event is not None
    assert (made.event.action, made.event.reason, made.event.ticket) == (
        "transition_stage",
        "Better",
        "RISK-1",
    )
    assert store.model_versions.get(name, "1").current_stage == "Archived"


def test_a_decision_on_what_moved_in_between_is_refused(store: Store, name: str) -> None:
    order = DecisionOrder(name, "2", "stage", "Production", expected=ExpectedState("None", ("1",)))
    seen = store.decisions.decide(order, dry_run=True).state
    store.model_versions.transition_stage(name, "3", "Production", archive_existing=True)
    with refused(CONFLICT, "Production is held by 3, not by 1", "transition_stage of version 1"):
        store.decisions.decide(order)
    with refused(CONFLICT, "in the stage 'None', not in 'Staging'"):
        store.decisions.decide(
            DecisionOrder(name, "2", "stage", "Production", expected=ExpectedState("Staging"))
        )
    with refused(CONFLICT, f"after event {seen.seq}"):
        store.decisions.decide(
            DecisionOrder(name, "2", "alias", "champion", expected=ExpectedState(seq=seen.seq))
        )
    store.model_versions.set_tag(name, "2", "reviewed", "yes")  # says nothing about where it stands
    now = store.decisions.decide(DecisionOrder(name, "2", "alias", "best"), dry_run=True).state
    store.model_versions.set_tag(name, "2", "reviewed", "no")
    order = DecisionOrder(name, "2", "alias", "best", expected=ExpectedState(*dict(now).values()))
    assert store.decisions.decide(order).event is not None


def test_aliases_are_moved_and_removed(store: Store, name: str) -> None:
    store.decisions.decide(DecisionOrder(name, "1", "alias", "champion"))
    order = DecisionOrder(name, "2", "alias", "@champion")
    (effect,) = store.decisions.decide(order, dry_run=True).effects
    assert (effect.version, effect.before, effect.after) == ("2", "1", "2")
    assert "instead of version 1" in effect.text
    store.decisions.decide(order)
    with refused(INVALID, "does not point to version 1"):
        store.decisions.decide(DecisionOrder(name, "1", "unalias", "champion"))
    gone = store.decisions.decide(DecisionOrder(name, "2", "unalias", "champion")).event
    assert gone is not None
    assert (gone.action, gone.before) == ("delete_alias", {"alias": "champion", "version": "2"})
    assert store.registered_models.get(name).aliases == {}


def test_a_rollback_is_tried_and_made(store: Store, name: str) -> None:
    store.model_versions.transition_stage(name, "2", "Production", archive_existing=True)
    back = DecisionOrder(name, "", "rollback", "")
    tried = store.decisions.decide(back, dry_run=True)
    assert [(item.rule, item.ok) for item in tried.checks] == [("reason", False)]
    assert [effect.version for effect in tried.effects] == ["1", "2"]
    with refused(INVALID, "needs a reason"):
        store.decisions.decide(back)
    with explained("Worse on Mondays", None):
        store.decisions.decide(back)
        assert store.model_versions.get(name, "1").current_stage == "Production"
        with refused(INVALID, "never had"):
            store.decisions.decide(DecisionOrder(name, "3", "rollback", "@champion"))


def test_a_trial_tells_what_a_policy_wants_and_whether_others_have_to_agree(store: Store, name: str) -> None:
    store.policies.set(POLICY)
    order = DecisionOrder(name, "2", "stage", "Production")
    with attributed(as_("ada")):
        tried = store.decisions.decide(order, dry_run=True)
        assert [(item.rule, item.ok) for item in tried.checks] == [("reason", False), ("approvals", False)]
        assert not tried.needs_approval
    with attributed(as_("ada", "Better")):
        assert store.decisions.decide(order, dry_run=True).needs_approval
        with refused("PERMISSION_DENIED", "approvals: 0 of 1"):
            store.decisions.decide(order)
    with attributed(as_("bob")):
        store.policies.approve(name, "2", "Production")
    with attributed(as_("ada", "Better")):
        tried = store.decisions.decide(order, dry_run=True)
        assert tried.evidence["policy"]["outcome"] == "met"
        store.decisions.decide(order)
    assert store.decisions.verify(with_state=True).problem == ""


def test_what_cannot_be_decided_is_refused(store: Store, name: str) -> None:
    for order in (
        DecisionOrder(name, "2", "stage", "Prod"),
        DecisionOrder(name, "2", "stage", "Archived", archive_existing=True),
        DecisionOrder(name, "", "stage", "Staging"),
        DecisionOrder(name, "2", "alias", "latest"),
        DecisionOrder(name, "2", "promote", "Production"),
        DecisionOrder(name, "two", "stage", "Production"),
    ):
        for dry_run in (True, False):
            with refused(INVALID):
                store.decisions.decide(order, dry_run)
    with refused(MISSING):
        store.decisions.decide(DecisionOrder(name, "9", "stage", "Production"), dry_run=True)
    with refused(MISSING):
        store.decisions.decide(DecisionOrder("nobody", "1", "stage", "Production"))


def test_of_two_who_decide_at_once_on_the_same_state_one_wins(store: Store, name: str) -> None:
    seen = store.decisions.decide(DecisionOrder(name, "2", "stage", "Production"), dry_run=True).state
    start = threading.Barrier(2, timeout=30)

    def decide(actor: str) -> str:
        expected = ExpectedState(seen.stage, seen.holders)
        order = DecisionOrder(
            name, "2", "stage", {"ada": "Production", "bob": "Archived"}[actor], False, expected
        )
        start.wait()
        with attributed(as_(actor, f"{actor} wants it")):
            try:
                store.decisions.decide(order)
            except MlflowException as error:
                return error.error_code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        outcomes = dict(zip(("ada", "bob"), threads.map(decide, ("ada", "bob")), strict=True))
    assert sorted(outcomes.values()) == [CONFLICT, "done"]
    (winner,) = (actor for actor, outcome in outcomes.items() if outcome == "done")
    made = store.decisions.search(DecisionFilter(name, "2", actions=("transition_stage",)))
    assert [(event.actor, event.reason) for event in made] == [(winner, f"{winner} wants it")]


def test_two_who_move_a_version_at_once_are_both_recorded_truthfully(store: Store, name: str) -> None:
    """Without saying what they saw, the later one wins, and its event says what the earlier one made."""
    start = threading.Barrier(4, timeout=30)
    stages = {"ada": "Production", "bob": "Archived", "eve": "Staging", "max": "Production"}

    def move(actor: str) -> None:
        start.wait()
        with attributed(as_(actor)):
            store.model_versions.transition_stage(name, "2", stages[actor], archive_existing=False)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(move, stages))
    made = list(
        store.decisions.search(DecisionFilter(name, "2", actions=("transition_stage",)), newest_first=False)
    )
    assert sorted(event.actor for event in made) == sorted(stages)
    held = "None"
    for event in made:
        assert event.before == {"stage": held}
        held = stages[event.actor]
    assert store.model_versions.get(name, "2").current_stage == held
    assert store.decisions.verify(with_state=True).problem == ""
