"""Files that a protected version stands on."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.server.conftest import API, Http

FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture
def run_id(http: Http) -> str:
    """A run with a model that is in Production, and another file."""
    run_id = http.new_run()
    for path in ("model/MLmodel", "model/data/model.pkl", "modelling.txt"):
        http.send("PUT", f"{FILES}/0/{run_id}/artifacts/{path}", b"x")
    http.post(f"{API}/registered-models/create", {"name": "fraud"})
    source = f"mlflow-artifacts:/0/{run_id}/artifacts/model"
    http.post(f"{API}/model-versions/create", {"name": "fraud", "source": source, "run_id": run_id})
    http.post(
        f"{API}/model-versions/transition-stage", {"name": "fraud", "version": "1", "stage": "Production"}
    )
    return run_id


@pytest.mark.parametrize("path", ["/model/data/model.pkl", "/model", ""])
def test_files_of_a_version_in_production_stay(http: Http, run_id: str, path: str) -> None:
    answer = http.send("DELETE", f"{FILES}/0/{run_id}/artifacts{path}")
    assert answer.status == 409
    assert "version 1 of 'fraud'" in answer.json["message"]
    assert http.get(f"{FILES}/0/{run_id}/artifacts/model/data/model.pkl").body == b"x"


def test_files_beside_it_and_released_ones_go(http: Http, run_id: str) -> None:
    assert http.send("DELETE", f"{FILES}/0/{run_id}/artifacts/modelling.txt").status == 200
    http.post(
        f"{API}/model-versions/transition-stage", {"name": "fraud", "version": "1", "stage": "Archived"}
    )
    assert http.send("DELETE", f"{FILES}/0/{run_id}/artifacts/model").status == 200
    assert http.get(f"{FILES}/0/{run_id}/artifacts/model/MLmodel").status == 404


def test_a_server_reads_the_files_of_what_is_registered(http: Http, run_id: str) -> None:
    manifest = http.get("/api/1.0/headrace/models/fraud/versions/1/manifest").json
    assert [file["path"] for file in manifest["files"]] == ["MLmodel", "data/model.pkl"]
    assert manifest["files"][0]["sha256"] == sha256(b"x").hexdigest()
    assert manifest["has_signature"] is False
    assert run_id


def test_a_version_whose_run_is_elsewhere_guards_nothing_here(http: Http, run_id: str) -> None:
    http.post(f"{API}/registered-models/create", {"name": "other"})
    http.post(f"{API}/model-versions/create", {"name": "other", "source": "s3://elsewhere/model"})
    http.post(
        f"{API}/model-versions/transition-stage", {"name": "other", "version": "1", "stage": "Production"}
    )
    assert http.send("DELETE", f"{FILES}/0/{run_id}/artifacts/modelling.txt").status == 200
