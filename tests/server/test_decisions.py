"""Decisions as HTTP takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlflow._base.attribution import explained
from mlflow._ledger.bundle_check import check_bundle, read_bundle
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
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


def test_transition_requests_and_comments_are_answered_as_databricks_answers_them(
    http: Http, served_store: SqlStore, model: str
) -> None:
    api = "/api/2.0/mlflow"
    asked = {"name": model, "version": "1", "stage": "staging"}
    ada, bob = {"X-Headrace-Actor": "ada"}, {"X-Headrace-Actor": "bob"}

    def post(path: str, body: dict[str, str], headers: dict[str, str], method: str = "POST") -> Any:
        content = {"Content-Type": "application/json", **headers}
        return http.send(method, f"{api}/{path}", json.dumps(body).encode(), content).json

    made = post("transition-requests/create", {**asked, "comment": "Better"}, ada)["request"]
    assert (made["to_stage"], made["user_id"], made["comment"]) == ("Staging", "ada", "Better")
    assert made["available_actions"] == ["CANCEL_TRANSITION_REQUEST"]
    listed = http.get(f"{api}/transition-requests/list?name={model}&version=1", **bob).json["requests"]
    assert listed[0]["available_actions"] == ["APPROVE_TRANSITION_REQUEST", "REJECT_TRANSITION_REQUEST"]
    done = post("transition-requests/approve", {**asked, "comment": "Fine"}, bob)["activity"]
    assert (done["activity_type"], done["user_id"], done["from_stage"], done["to_stage"]) == (
        "APPLIED_TRANSITION",
        "bob",
        "None",
        "Staging",
    )
    post("transition-requests/create", {**asked, "stage": "Production"}, ada)
    no = post("transition-requests/reject", {**asked, "stage": "Production", "comment": "No"}, bob)[
        "activity"
    ]
    assert no["activity_type"] == "REJECTED_REQUEST"
    post("transition-requests/create", {**asked, "stage": "Production"}, ada)
    path = f"{api}/transition-requests/delete?name={model}&version=1&stage=Production&creator=ada"
    assert http.send("DELETE", path, None, ada).json["activity"]["activity_type"] == "CANCELLED_REQUEST"
    gone = http.send("DELETE", path, None, ada)
    assert (gone.status, gone.json["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")

    comment = post("comments/create", {"name": model, "version": "1", "comment": "Hm"}, ada)["comment"]
    assert comment["available_actions"] == ["UPDATE_COMMENT", "DELETE_COMMENT"]
    post("comments/update", {"id": comment["id"], "comment": "Yes"}, ada, "PATCH")
    listed = http.get(f"{api}/comments/list?name={model}&version=1", **bob).json["comments"]
    assert [(item["comment"], item["available_actions"]) for item in listed] == [("Yes", [])]
    assert http.send("DELETE", f"{api}/comments/delete?id={comment['id']}", None, ada).status == 200
    assert served_store.comments.of_version(model, "1") == []


def test_what_waits_is_listed_and_answered_by_its_event(http: Http, model: str) -> None:
    order = {
        "name": model,
        "version": "1",
        "act": "stage",
        "to": "Production",
        "request": True,
        "reason": "Better",
    }
    content = {"Content-Type": "application/json", "X-Headrace-Actor": "ada"}
    made = http.send("POST", f"{OURS}/decisions", json.dumps(order).encode(), content).json["event"]
    (waiting,) = http.get(f"{OURS}/requests").json["requests"]
    assert (waiting["seq"], waiting["to"], waiting["actor"], waiting["reason"]) == (
        made["seq"],
        "Production",
        "ada",
        "Better",
    )
    content["X-Headrace-Actor"] = "bob"
    path = f"{OURS}/decisions/{made['seq']}/approve"
    done = http.send("POST", path, b'{"reason": "Looked at it"}', content).json["event"]
    assert (done["action"], done["actor"], done["reason"]) == ("transition_stage", "bob", "Looked at it")
    assert http.get(f"{OURS}/requests?model={model}").json["requests"] == []


def test_a_page_about_a_version_is_one_answer(http: Http, served_store: SqlStore, model: str) -> None:
    run_id = served_store.runs.create("0").info.run_id
    served_store.runs.log_batch(run_id, [Metric("auc", 0.9, 0, 0)])
    served_store.model_versions.create(model, f"runs:/{run_id}/model", run_id)
    with explained("Validated", None):
        served_store.model_versions.transition_stage(model, "1", "Production")
        served_store.registered_models.set_alias(model, "best", "3")
    served_store.comments.create(model, "3", "Drifts")
    served_store.transition_requests.create(model, "3", "Staging")
    page = http.get(f"{OURS}/versions/{model}/3/page").json
    assert (page["version"]["version"], page["version"]["aliases"]) == ("3", ["best"])
    assert page["seq"] == served_store.decisions.anchor().seq
    assert [(item["alias"], item["held"]["reason"]) for item in page["aliases"]] == [("best", "Validated")]
    assert [item["to"] for item in page["requests"]] == ["Staging"]
    assert [item["comment"] for item in page["comments"]] == ["Drifts"]
    facts = {item["kind"]: item["content"] for item in page["facts"]}
    assert facts["run"]["metrics"]["auc"]["value"] == 0.9
    assert (page["production"]["version"], page["production"]["held"]["reason"]) == ("1", "Validated")
    assert [event["action"] for event in page["history"]][:2] == ["request_transition", "create_comment"]
    assert http.get(f"{OURS}/versions/{model}/1/page").json["production"] is None
    assert http.get(f"{OURS}/versions/{model}/9/page").status == 404


def test_a_bundle_is_downloaded_and_whole(
    http: Http, served_store: SqlStore, model: str, tmp_path: Path
) -> None:
    answer = http.get(f"{OURS}/decisions/export?model={model}&version=2")
    assert answer.headers["content-disposition"].endswith("credit-2.zip")
    (tmp_path / "bundle.zip").write_bytes(answer.body)
    files = read_bundle(tmp_path / "bundle.zip")
    assert check_bundle(files, served_store.decisions.anchor().root) == []
    assert http.get(f"{OURS}/decisions/export?model=nobody").status == 404
