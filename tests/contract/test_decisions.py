"""What every store keeps about decisions, and answers when it is asked later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlflow._base.attribution import explained, user_name
from mlflow._base.clock import telling
from mlflow._base.moments import parse_period
from mlflow._ledger.chain import proof_holds
from mlflow._storage.interface.decisions import DecisionFilter
from mlflow._storage.interface.store import Store
from mlflow.entities.metric import Metric
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.ledger_check import LedgerAnchor
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag
from tests.contract.errors import INVALID, MISSING, refused


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.set("2022-01-01T00:00Z")

    def set(self, text: str) -> None:
        self.ms = parse_period(text).first_ms

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The time, for the store and whoever asks it."""
    clock = Clock()
    with telling(clock):
        yield clock


def _register(store: Store, name: str = "credit", versions: int = 1) -> None:
    store.registered_models.create(name)
    for number in range(versions):
        store.model_versions.create(name, f"s3://b/{number}")


def _all(store: Store, **wanted: object) -> list[Decision]:
    return list(
        store.decisions.search(DecisionFilter(**wanted), 1000, newest_first=False)  # type: ignore[arg-type]  # fields by name
    )


def _moment(text: str) -> int:
    return parse_period(text).last_ms


def test_every_change_is_an_event(store: Store) -> None:
    store.registered_models.create("a", {"k": "v"}, "First")
    store.model_versions.create("a", "s3://b/k", tags={"t": "1"}, description="One")
    store.model_versions.transition_stage("a", "1", "Staging")
    store.registered_models.set_alias("a", "best", "1")
    store.registered_models.delete_alias("a", "best")
    store.model_versions.update("a", "1", None)
    store.model_versions.delete_tag("a", "1", "t")
    store.registered_models.rename("a", "b")
    store.model_versions.delete("b", "1")
    store.registered_models.delete("b")
    found = [(item.action, item.name, item.version, item.before, item.after) for item in _all(store)]
    facts = found.pop(3)
    assert (facts[0], facts[4] and facts[4]["source"]) == ("create_model_version", "s3://b/k")
    deleted = found.pop(-2)
    assert (deleted[0], deleted[3] and deleted[3]["stage"]) == ("delete_model_version", "Staging")
    assert found == [
        ("create_registered_model", "a", None, None, {"name": "a"}),
        ("describe_registered_model", "a", None, None, {"description": "First"}),
        ("set_registered_model_tag", "a", None, None, {"key": "k", "value": "v"}),
        ("describe_model_version", "a", "1", {"description": ""}, {"description": "One"}),
        ("set_model_version_tag", "a", "1", None, {"key": "t", "value": "1"}),
        ("transition_stage", "a", "1", {"stage": "None"}, {"stage": "Staging"}),
        ("set_alias", "a", "1", None, {"alias": "best", "version": "1"}),
        ("delete_alias", "a", "1", {"alias": "best", "version": "1"}, None),
        ("describe_model_version", "a", "1", {"description": "One"}, {"description": None}),
        ("delete_model_version_tag", "a", "1", {"key": "t", "value": "1"}, None),
        ("rename_registered_model", "b", None, {"name": "a"}, {"name": "b"}),
        ("delete_registered_model", "b", None, {"name": "b"}, None),
    ]
    assert [item.seq for item in _all(store)] == list(range(1, 15))


def test_what_is_refused_is_no_event(store: Store) -> None:
    _register(store)
    before = len(_all(store))
    with refused(INVALID):
        store.model_versions.transition_stage("credit", "1", "Prod")
    with refused(MISSING):
        store.model_versions.transition_stage("credit", "2", "Production")
    store.registered_models.delete_tag("credit", "nothing")
    assert len(_all(store)) == before


def test_an_event_says_who_and_why(store: Store) -> None:
    _register(store)
    with explained("Because of ü\n and more", "RISK-1"):
        store.model_versions.transition_stage("credit", "1", "Staging")
    moved = _all(store)[-1]
    assert (moved.reason, moved.ticket) == ("Because of ü\n and more", "RISK-1")
    assert moved.actor == user_name()
    assert moved.known_by in ("system", "claimed")
    assert moved.client.startswith("headrace/")
    store.model_versions.transition_stage("credit", "1", "Production")
    assert (_all(store)[-1].reason, _all(store)[-1].ticket) == ("", "")


def test_a_reason_may_come_from_the_environment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _register(store)
    monkeypatch.setenv("MLFLOW_DECISION_REASON", "nightly")
    monkeypatch.setenv("MLFLOW_DECISION_TICKET", "JOB-7")
    store.registered_models.set_alias("credit", "champion", "1")
    with explained("better", None):
        store.registered_models.set_alias("credit", "champion", "1")
    assert [(item.reason, item.ticket) for item in _all(store)[-2:]] == [
        ("nightly", "JOB-7"),
        ("better", "JOB-7"),
    ]


def test_a_reason_may_be_left_in_a_tag(store: Store) -> None:
    _register(store, versions=2)
    store.model_versions.set_tag("credit", "1", "headrace.reason", "Passed the review")
    store.registered_models.set_tag("credit", "headrace.ticket", "RISK-9")
    store.model_versions.transition_stage("credit", "1", "Production")
    moved = next(item for item in _all(store) if item.action == "transition_stage")
    assert (moved.reason, moved.ticket) == ("Passed the review", "RISK-9")
    assert store.model_versions.get("credit", "1").tags == {}
    assert store.registered_models.get("credit").tags == {}
    made = store.model_versions.create("credit", "s3://b/k", tags={"headrace.reason": "Retrained", "a": "1"})
    assert made.tags == {"a": "1"}
    assert _all(store, version="3")[0].reason == "Retrained"


def test_evidence_is_frozen(store: Store, run_id: str) -> None:
    store.metrics.log(run_id, Metric("auc", 0.82, 1, 1))
    store.metrics.log(run_id, Metric("nan", float("nan"), 1, 0))
    store.params.log(run_id, Param("depth", "5"))
    store.tags.set(run_id, RunTag("mlflow.source.git.commit", "abc"))
    store.registered_models.create("credit")
    store.model_versions.create("credit", f"runs:/{run_id}/model", run_id)
    store.model_versions.transition_stage("credit", "1", "Staging")
    store.metrics.log(run_id, Metric("auc", 0.5, 2, 2))
    store.runs.delete(run_id)
    moved = store.decisions.get(_all(store)[-1].seq)
    assert moved.evidence is not None
    run = moved.evidence["run"]
    assert run["run_id"] == run_id
    assert run["metrics"] == {"auc": {"step": 1, "value": 0.82}, "nan": {"step": 0, "value": "NaN"}}
    assert (run["params"], run["code"]) == ({"depth": "5"}, {"commit": "abc"})


def test_archiving_others_is_told_for_each(store: Store) -> None:
    _register(store, versions=3)
    store.model_versions.transition_stage("credit", "1", "Production")
    store.model_versions.transition_stage("credit", "2", "Production")
    store.model_versions.transition_stage("credit", "3", "Production", archive_existing=True)
    assert [(item.version, item.before, item.after) for item in _all(store)[-3:]] == [
        ("3", {"stage": "None"}, {"stage": "Production"}),
        ("1", {"stage": "Production"}, {"stage": "Archived"}),
        ("2", {"stage": "Production"}, {"stage": "Archived"}),
    ]


def test_events_are_found(store: Store, clock: Clock) -> None:
    _register(store, versions=2)
    clock.set("2022-06-01T12:00Z")
    store.model_versions.transition_stage("credit", "2", "Staging")
    clock.set("2023-01-01T00:00Z")
    _register(store, "other")
    store.registered_models.rename("credit", "score")
    assert len(_all(store)) == 7
    assert [item.seq for item in store.decisions.search(DecisionFilter())] == [7, 6, 5, 4, 3, 2, 1]
    for name in ("credit", "score"):
        assert [item.seq for item in _all(store, name=name)] == [1, 2, 3, 4, 7]
    assert [item.seq for item in _all(store, name="credit", version="2")] == [3, 4]
    assert [item.seq for item in _all(store, actions=("transition_stage", "rename_registered_model"))] == [
        4,
        7,
    ]
    assert len(_all(store, actor=user_name())) == 7
    assert _all(store, actor="nobody") == []
    assert _all(store, name="nobody") == []
    day = parse_period("2022-06-01")
    assert [item.seq for item in _all(store, since_ms=day.first_ms, until_ms=day.last_ms)] == [4]
    page = store.decisions.search(DecisionFilter(), 3)
    rest = store.decisions.search(DecisionFilter(), 9, page.token)
    assert [item.seq for item in [*page, *rest]] == [7, 6, 5, 4, 3, 2, 1]
    assert rest.token is None
    with refused(INVALID):
        store.decisions.search(DecisionFilter(name="credit"), 3, page.token)
    with refused(INVALID):
        store.decisions.search(DecisionFilter(), 0)
    with refused(MISSING, "99"):
        store.decisions.get(99)


def test_the_registry_is_read_as_it_was(store: Store, clock: Clock) -> None:
    _register(store, versions=2)
    with explained("Validated", "R-1"):
        store.model_versions.transition_stage("credit", "1", "Production")
    store.registered_models.set_alias("credit", "champion", "1")
    store.model_versions.set_tag("credit", "1", "a/b", "x")
    store.registered_models.update("credit", "Scores")
    clock.set("2023-03-01T09:00Z")
    with explained("Better", "R-2"):
        store.model_versions.transition_stage("credit", "2", "Production", archive_existing=True)
    store.registered_models.set_alias("credit", "champion", "2")
    store.model_versions.delete_tag("credit", "1", "a/b")
    clock.set("2024-01-01T00:00Z")
    store.model_versions.delete("credit", "1")

    then = store.decisions.state_at("credit", _moment("2023-02-28"))
    (held,) = then.in_stage("production")
    assert (held.version, held.stage_held.reason, held.stage_held.by) == ("1", "Validated", user_name())
    assert held.stage_held.since == parse_period("2022-01-01").first_ms
    assert (held.tags, held.source) == ({"a/b": "x"}, "s3://b/0")
    assert [(alias.alias, alias.version) for alias in then.aliases] == [("champion", "1")]
    assert then.description == "Scores"

    later = store.decisions.state_at("credit", _moment("2023-03-14"))
    assert [(item.version, item.stage) for item in later.versions] == [("1", "Archived"), ("2", "Production")]
    assert [item.stage_held.ticket for item in later.in_stage("Production")] == ["R-2"]
    assert later.versions[0].tags == {}

    now = store.decisions.state_at("credit")
    assert [item.version for item in now.versions] == ["2"]
    day = parse_period("2023-03-01")
    changed = store.decisions.state_at("credit", day.last_ms, day.first_ms)
    assert [(item.action, item.version) for item in changed.changes] == [
        ("transition_stage", "2"),
        ("transition_stage", "1"),
        ("set_alias", "2"),
        ("delete_model_version_tag", "1"),
    ]
    with refused(MISSING, "credit"):
        store.decisions.state_at("credit", _moment("2021-12-31"))
    with refused(MISSING, "nobody"):
        store.decisions.state_at("nobody")


def test_a_name_means_the_model_that_had_it_then(store: Store, clock: Clock) -> None:
    _register(store, "a", 1)
    clock.set("2022-02-01")
    store.registered_models.rename("a", "b")
    clock.set("2022-03-01")
    _register(store, "a", 2)
    clock.set("2022-04-01")
    store.registered_models.delete("a")
    assert len(store.decisions.state_at("a", _moment("2022-01-15")).versions) == 1
    assert len(store.decisions.state_at("a", _moment("2022-03-15")).versions) == 2
    was_a = store.decisions.state_at("b", _moment("2022-01-15"))
    assert (was_a.name, len(was_a.versions)) == ("a", 1)
    with refused(MISSING, "deleted"):
        store.decisions.state_at("a", _moment("2022-05-01"))


def test_a_clock_that_goes_back_changes_no_order(store: Store, clock: Clock) -> None:
    _register(store, versions=2)
    clock.set("2023-01-01T12:00Z")
    store.model_versions.transition_stage("credit", "1", "Production")
    clock.set("2023-01-01T11:00Z")
    store.model_versions.transition_stage("credit", "2", "Production", archive_existing=True)
    times = [item.timestamp for item in _all(store)]
    assert times == sorted(times)
    state = store.decisions.state_at("credit", _moment("2023-01-01T12:00Z"))
    assert [item.version for item in state.in_stage("Production")] == ["2"]
    assert store.decisions.verify(with_state=True).ok


def test_the_timeline_has_a_lane_for_each_stage_and_alias(store: Store, clock: Clock) -> None:
    _register(store, versions=2)
    start = clock()
    clock.set("2022-02-01")
    with explained("Good", None):
        store.model_versions.transition_stage("credit", "1", "Production")
    first = clock()
    store.registered_models.set_alias("credit", "champion", "1")
    clock.set("2022-03-01")
    store.model_versions.transition_stage("credit", "2", "Production", archive_existing=True)
    second = clock()
    store.registered_models.delete_alias("credit", "champion")
    lanes = {lane.name: lane for lane in store.decisions.timeline("credit").lanes}
    assert list(lanes) == ["Production", "Archived", "None", "champion"]

    def spans(name: str) -> list[tuple[str, int, int | None]]:
        return [(span.version, span.since, span.until) for span in lanes[name].spans]

    assert spans("Production") == [("1", first, second), ("2", second, None)]
    assert spans("Archived") == [("1", second, None)]
    assert spans("None") == [("1", start, first), ("2", start, second)]
    assert spans("champion") == [("1", first, second)]
    assert lanes["Production"].spans[0].reason == "Good"
    recent = store.decisions.timeline("credit", since_ms=second + 1)
    assert {lane.name: len(lane.spans) for lane in recent.lanes} == {
        "Production": 1,
        "Archived": 1,
        "None": 0,
        "champion": 0,
    }
    early = store.decisions.timeline("credit", until_ms=first)
    assert [lane.name for lane in early.lanes] == ["Production", "None", "champion"]
    assert [mark.action for mark in recent.marks] == []
    assert [(mark.action, mark.version) for mark in early.marks] == [
        ("create_registered_model", ""),
        ("create_model_version", "1"),
        ("create_model_version", "2"),
        ("transition_stage", "1"),
        ("set_alias", "1"),
    ]
    with refused(MISSING):
        store.decisions.timeline("nobody")


def test_nothing_holds_while_a_model_or_version_is_deleted(store: Store, clock: Clock) -> None:
    _register(store)
    store.model_versions.transition_stage("credit", "1", "Staging")
    store.registered_models.set_alias("credit", "best", "1")
    moments = []

    def at(text: str) -> None:
        clock.set(text)
        moments.append(clock())

    start = clock()
    at("2022-02-01")
    store.registered_models.delete("credit")
    with refused(MISSING, "was deleted by then"):
        store.decisions.state_at("credit")
    at("2022-03-01")
    with explained("Deleted by mistake", None):
        store.registered_models.restore("credit")
    at("2022-04-01")
    store.model_versions.delete("credit", "1")
    at("2022-05-01")
    store.model_versions.restore("credit", "1")

    lanes = {lane.name: lane for lane in store.decisions.timeline("credit").lanes}
    spans = [(span.version, span.since, span.until) for span in lanes["Staging"].spans]
    assert spans == [("1", start, moments[0]), ("1", moments[1], moments[2]), ("1", moments[3], None)]
    aliased = [(span.version, span.since, span.until) for span in lanes["best"].spans]
    assert aliased == [("1", start, moments[0]), ("1", moments[1], moments[2])]
    assert lanes["Staging"].spans[1].reason == "Deleted by mistake"

    march = store.decisions.state_at("credit", moments[1])
    assert [(item.stage, item.stage_held.since) for item in march.versions] == [("Staging", moments[1])]
    assert [(item.alias, item.held.since) for item in march.aliases] == [("best", moments[1])]
    assert store.decisions.state_at("credit", moments[2]).versions == []
    (back,) = store.decisions.state_at("credit").versions
    assert (back.stage, back.stage_held.since) == ("Staging", moments[3])


def test_an_anchor_says_what_the_ledger_was(store: Store) -> None:
    with refused(MISSING):
        store.decisions.anchor()
    assert store.decisions.verify().ok
    _register(store)
    anchor = store.decisions.anchor()
    assert LedgerAnchor.from_text(f"Printed on paper:\n{anchor.to_text()}\n") == [anchor]
    store.registered_models.update("credit", "more")
    check = store.decisions.verify([anchor], with_state=True)
    assert (check.ok, check.checked, check.first_bad, check.problem) == (True, 3, None, "")
    assert check.head == store.decisions.anchor() != anchor
    foreign = LedgerAnchor(2, "0" * 64, anchor.root, anchor.timestamp)
    check = store.decisions.verify([foreign])
    assert (check.ok, check.first_bad) == (False, 2)
    ahead = LedgerAnchor(9, anchor.hash, anchor.root, anchor.timestamp)
    check = store.decisions.verify([ahead])
    assert (check.ok, check.first_bad) == (False, 4)
    assert "cut" in check.problem


def test_one_event_is_proven_alone(store: Store) -> None:
    _register(store, versions=4)
    anchor = store.decisions.anchor()
    for seq in range(1, 6):
        proof = store.decisions.proof(seq)
        assert proof_holds(proof)
        assert (proof.root, proof.size) == (anchor.root, 5)
        assert proof.hash == store.decisions.get(seq).hash
    with refused(MISSING):
        store.decisions.proof(6)


def test_parts_of_an_event_are_erased(store: Store) -> None:
    _register(store)
    with explained("Said by Ada Lovelace", None):
        store.model_versions.set_tag("credit", "1", "owner", "Ada")
    seq = _all(store)[-1].seq
    anchor = store.decisions.anchor()
    with refused(INVALID, "still holds"):
        store.decisions.erase(seq, ["what"])
    store.model_versions.delete_tag("credit", "1", "owner")
    removed = _all(store)[-1].seq
    with explained("Asked for by the person", "DSR-1"):
        noted = store.decisions.erase(seq, ["who", "why", "what"])
    store.decisions.erase(removed, ["what"])
    gone = store.decisions.get(seq)
    assert (gone.actor, gone.reason, gone.before, gone.after) == ("", "", None, None)
    assert gone.erased == ("who", "why", "what")
    assert (noted.action, noted.reason, noted.after) == (
        "erase",
        "Asked for by the person",
        {"parts": ["what", "who", "why"], "seq": seq},
    )
    assert "Ada" not in str(_all(store))
    assert proof_holds(store.decisions.proof(seq))
    check = store.decisions.verify([anchor], with_state=True)
    assert check.ok, check.problem
    assert len(_all(store, actor=user_name())) == len(_all(store)) - 1


def test_the_maker_of_a_version_is_erased_there_too(store: Store) -> None:
    _register(store)
    assert store.model_versions.get("credit", "1").user_id == user_name()
    store.decisions.erase(2, ["who"])
    assert store.model_versions.get("credit", "1").user_id is None
    assert store.decisions.verify(with_state=True).ok


def test_what_the_registry_stands_on_is_not_erased(store: Store) -> None:
    _register(store)
    store.model_versions.transition_stage("credit", "1", "Staging")
    for seq in (1, 2, 3):
        with refused(INVALID, str(seq)):
            store.decisions.erase(seq, ["what"])
    with refused(INVALID, "who, why, what, evidence"):
        store.decisions.erase(3, ["reason"])
    with refused(INVALID):
        store.decisions.erase(3, [])
    with refused(MISSING):
        store.decisions.erase(99, ["who"])
    assert len(_all(store)) == 3
