"""Decisions as HTTP takes them."""

from __future__ import annotations

import pytest

from mlflow._storage.sql.store import SqlStore
from tests.server.conftest import Http

OURS = "/api/1.0/headrace"


@pytest.fixture
def model(served_store: SqlStore) -> str:
    """A registered model with two versions."""
    name = served_store.registered_models.create("credit").name
    for number in range(2):
        served_store.model_versions.create(name, f"s3://b/{number}")
    return name


def test_a_decision_is_tried_then_made_on_the_state_that_the_trial_saw(http: Http, model: str) -> None:
    order = {
        "name": model,
        "version": "1",
        "act": "stage",
        "to": "Production",
        "reason": "Größer",
        "ticket": "R-1",
    }
    tried = http.post(f"{OURS}/decisions", {**order, "dry_run": True}).json
    assert (tried["event"], tried["needs_approval"]) == (None, False)
    assert [effect["after"] for effect in tried["effects"]] == ["Production"]
    made = http.post(f"{OURS}/decisions", {**order, "expected_state": tried["state"]})
    assert made.status == 200
    assert (made.json["event"]["reason"], made.json["event"]["ticket"]) == ("Größer", "R-1")
    again = http.post(f"{OURS}/decisions", {**order, "expected_state": tried["state"]})
    assert (again.status, again.json["error_code"]) == (409, "RESOURCE_CONFLICT")
    table = http.get(f"{OURS}/models/table?q=cred").json
    assert table["rows"][0]["last_decision"]["reason"] == "Größer"
    marks = http.get(f"{OURS}/models/{model}/timeline").json["marks"]
    assert marks[-1]["event"] == made.json["event"]["seq"]


def test_a_decision_against_a_policy_is_422_and_names_the_rules(
    http: Http, served_store: SqlStore, model: str
) -> None:
    served_store.policies.set("policies: [{models: '*', require: {reason: true, ticket: true}}]")
    order = {"name": model, "version": "1", "act": "stage", "to": "Production", "reason": "Better"}
    refused = http.post(f"{OURS}/decisions", order)
    assert (refused.status, refused.json["error_code"]) == (422, "PERMISSION_DENIED")
    assert refused.json["rules"] == [
        {"rule": "ticket", "ok": False, "found": "none", "remedy": "Give a ticket"}
    ]
    assert served_store.model_versions.get(model, "1").current_stage == "None"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"act": "promote"}, "act"),
        ({"to": "Prod"}, "Production"),
        ({"version": "x"}, "version"),
        ({"name": ""}, "name"),
    ],
)
def test_a_decision_that_makes_no_sense_is_400(
    http: Http, model: str, change: dict[str, str], part: str
) -> None:
    order = {"name": model, "version": "1", "act": "stage", "to": "Production"}
    refused = http.post(f"{OURS}/decisions", {**order, **change})
    assert refused.status == 400
    assert part in refused.json["message"]
