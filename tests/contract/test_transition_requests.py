"""What every store does with requests to move versions, and with comments."""

from __future__ import annotations

import pytest

from mlflow._base.attribution import Attribution, attributed
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.order import DecisionOrder
from tests.contract.errors import EXISTS, INVALID, MISSING, refused

DENIED = "PERMISSION_DENIED"
TWO_APPROVALS = (
    "policies: [{models: credit, to: [Production, '@champion'], require: {reason: true, approvals: 2}}]"
)


def as_(actor: str, reason: str = "") -> Attribution:
    """What somebody does."""
    return Attribution(actor, "claimed", reason)


@pytest.fixture
def name(store: Store) -> str:
    """A registered model with two versions, the first of which is in production."""
    name = store.registered_models.create("credit").name
    for number in range(2):
        store.model_versions.create(name, f"s3://b/{number}")
    store.model_versions.transition_stage(name, "1", "Production")
    return name


def test_a_request_is_approved_by_somebody_else_and_done(store: Store, name: str) -> None:
    requests = store.transition_requests
    with attributed(as_("ada", "Better")):
        asked = requests.create(name, "2", "production", archive_existing=True)
        assert (asked.to, asked.actor, asked.reason) == ("Production", "ada", "Better")
        with refused(EXISTS, f"Request {asked.seq}"):
            requests.create(name, "2", "Production")
        with refused(DENIED, "somebody else"):
            requests.approve(asked.seq)
    assert requests.pending() == requests.pending(name) == requests.pending(name, "2") == [asked]
    assert requests.pending(name, "1") == []
    with attributed(as_("bob")):
        event = requests.approve(asked.seq)
    assert (event.action, event.actor, event.reason) == ("transition_stage", "bob", "Better")
    assert event.after == {"stage": "Production", "request": asked.seq}
    assert store.model_versions.get(name, "1").current_stage == "Archived"
    assert requests.pending() == []
    with attributed(as_("bob")), refused(MISSING, "answered or withdrawn"):
        requests.reject(asked.seq)


def test_enough_others_have_to_approve_where_a_policy_asks_for_it(store: Store, name: str) -> None:
    store.policies.set(TWO_APPROVALS)
    with attributed(as_("ada", "Better")):
        order = DecisionOrder(name, "2", "alias", "champion", request=True)
        event = store.decisions.decide(order).event
        assert event is not None
        asked = event.seq
    with attributed(as_("bob", "Looked at it")):
        assert store.transition_requests.approve(asked).action == "approve_model_version"
        assert store.transition_requests.approve(asked).action == "approve_model_version"  # still one person
    (pending,) = store.transition_requests.pending()
    assert (pending.to, pending.approvals) == ("@champion", ("bob",))
    with attributed(as_("eve", "Me too")):
        assert store.transition_requests.approve(asked).action == "set_alias"
    assert store.registered_models.get(name).aliases == {"champion": "2"}


def test_an_approval_does_not_make_up_for_other_rules(store: Store, name: str) -> None:
    store.policies.set("policies: [{models: credit, require: {signature: true, approvals: 1}}]")
    with attributed(as_("ada")):
        asked = store.transition_requests.create(name, "2", "Production").seq
    before = store.decisions.anchor()
    with attributed(as_("bob")), refused(DENIED, "signature"):
        store.transition_requests.approve(asked)
    assert store.decisions.anchor() == before


def test_requests_are_rejected_withdrawn_and_overtaken(store: Store, name: str) -> None:
    requests = store.transition_requests
    with attributed(as_("ada")):
        first, second, third = (
            requests.create(name, "2", to).seq for to in ("Staging", "Production", "@best")
        )
    with attributed(as_("bob", "Not tested")):
        event = requests.reject(first)
        assert (event.action, event.reason, event.before) == (
            "reject_transition",
            "Not tested",
            {"place": "stage/Staging"},
        )
        with refused(DENIED, "'ada' asked for it"):
            requests.withdraw(second)
    with attributed(as_("ada")):
        requests.withdraw(second)
    store.registered_models.set_alias(name, "best", "2")
    assert requests.pending() == []
    with attributed(as_("bob")), refused(MISSING):
        requests.approve(third)
    with attributed(as_("ada")):
        requests.create(name, "2", "Staging")
        store.model_versions.delete(name, "2")
    assert requests.pending() == []
    with refused(INVALID):
        requests.create(name, "1", "Prod")
    with refused(MISSING):
        requests.create(name, "9", "Staging")
    assert store.decisions.verify(with_state=True).problem == ""


def test_comments_are_made_changed_and_deleted_by_who_made_them(store: Store, name: str) -> None:
    with attributed(as_("ada")):
        made = store.comments.create(name, "1", "Drifts on Mondays")
    assert (made.comment, made.user_id, made.version) == ("Drifts on Mondays", "ada", "1")
    with attributed(as_("bob")):
        other = store.comments.create(name, "1", "Does it?")
        with refused(DENIED, "Only 'ada'"):
            store.comments.update(made.id, "It does not")
        with refused(DENIED, "Only 'ada'"):
            store.comments.delete(made.id)
    with attributed(as_("ada")):
        changed = store.comments.update(made.id, "Drifts on Tuesdays")
    assert [item.comment for item in store.comments.of_version(name, "1")] == [
        "Drifts on Tuesdays",
        "Does it?",
    ]
    assert changed.creation_timestamp == made.creation_timestamp
    assert store.comments.of_version(name, "2") == []
    with attributed(as_("bob")):
        store.comments.delete(other.id)
        with refused(MISSING, other.id):
            store.comments.delete(other.id)
    for bad in ("", "  ", "x" * 65_536):
        with refused(INVALID, "comment"):
            store.comments.create(name, "1", bad)
    with refused(MISSING):
        store.comments.create(name, "9", "Hm")
    with refused(MISSING):
        store.comments.update("x", "Hm")


def test_what_a_comment_said_can_be_erased_once_it_is_gone(store: Store, name: str) -> None:
    with attributed(as_("ada")):
        comment = store.comments.create(name, "1", "Call Mr. Smith")
        made = int(comment.id)
        with refused(INVALID, "what still holds"):
            store.decisions.erase(made, ["what"])
        store.comments.update(comment.id, "Call the customer")
        (changed,) = store.decisions.search(DecisionFilter(actions=("update_comment",)))
        store.comments.delete(comment.id)
        (deleted,) = store.decisions.search(DecisionFilter(actions=("delete_comment",)))
        for seq in (made, changed.seq, deleted.seq):
            store.decisions.erase(seq, ["what", "who"])
        other = store.comments.create(name, "1", "Fine")
        store.decisions.erase(int(other.id), ["who"])
    assert [item.user_id for item in store.comments.of_version(name, "1")] == [""]
    assert store.decisions.verify(with_state=True).problem == ""
