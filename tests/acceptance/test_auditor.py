"""What an auditor asks of a registry, and what must not happen in one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

import mlflow
from mlflow import MlflowClient
from mlflow._base.attribution import Attribution, attributed
from mlflow._base.clock import telling
from mlflow._ledger.bundle_check import check_bundle, read_bundle
from mlflow._session.stores import open_registry_store
from mlflow._storage.audit_bundle import write_bundle
from mlflow.exceptions import MlflowException

POLICY = """
policies:
  - models: fraud
    require:
      metrics: [{name: auc, min: 0.8}]
      clean_git: true
      approvals: 1
    break_glass: {review_days: 1}
"""


@contextmanager
def on(
    day: str, actor: str, reason: str = "", ticket: str = "", *, break_glass: bool = False
) -> Iterator[None]:
    """What somebody does at noon of a day."""
    noon = int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC).timestamp() * 1000)
    by = Attribution(actor, "claimed", reason, ticket, "a test", day, break_glass)
    with telling(lambda: noon), attributed(by):
        yield


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A registry with a history: version 1 in 2022, version 2 in 2023, and back in an emergency."""
    path = tmp_path / "store.db"
    mlflow.set_tracking_uri(f"sqlite:///{path}")
    client = MlflowClient()
    with on("2022-01-03", "ada", "Audit of 2021"):
        client.set_registry_policy(POLICY)
    for day, version, auc in (("2022-02-01", 1, 0.85), ("2023-03-14", 2, 0.9)):
        model = tmp_path / f"model {version}"
        model.mkdir()
        (model / "MLmodel").write_text(f"flavors: {{}} # {version}")
        with on(day, "ada"):
            run = client.create_run("0", tags={"mlflow.source.git.commit": f"{version}f3e9a2b"})
            client.log_param(run.info.run_id, "seed", version)
            client.log_metric(run.info.run_id, "auc", auc)
            client.set_terminated(run.info.run_id)
            client.create_model_version("fraud", str(model), run.info.run_id)
        with on(day, "bob", "The report is sound"):
            client.approve_model_version("fraud", version, "Production")
        with on(day, "ada", f"AUC {auc}", f"RISK-{version}"):
            client.transition_model_version_stage("fraud", version, "Production", True)
            client.set_registered_model_alias("fraud", "other", version)
    return path


def production(at: str) -> str:
    (held,) = MlflowClient().get_registry_state("fraud", at=at).in_stage("Production")
    return held.version


def test_who_held_production_and_who_put_it_there_and_why(database: Path) -> None:
    """P1, A1, A2, A3."""
    assert [production(day) for day in ("2022-06-01", "2023-03-13", "2023-03-14")] == ["1", "1", "2"]
    (moved,) = [
        event
        for event in MlflowClient().search_decisions("fraud", 2, actions=["transition_stage"])
        if event.after == {"stage": "Production"}
    ]
    assert (moved.actor, moved.known_by, moved.reason, moved.ticket) == (
        "ada",
        "claimed",
        "AUC 0.9",
        "RISK-2",
    )
    assert moved.before == {"stage": "None"}
    assert database.exists()


def test_an_alias_has_a_history(database: Path) -> None:
    """P2."""
    moved = MlflowClient().search_decisions("fraud", actions=["set_alias"])
    assert [(event.version, event.before and event.before["version"]) for event in moved] == [
        ("2", "1"),
        ("1", None),
    ]
    assert {event.actor for event in moved} == {"ada"}
    assert database.exists()


def test_neither_the_run_nor_the_version_of_production_can_be_deleted(database: Path) -> None:
    """P3, P4."""
    client = MlflowClient()
    version = client.get_model_version("fraud", 2)
    for delete in (
        partial(client.delete_run, version.run_id or ""),
        partial(client.delete_experiment, "0"),
        partial(client.delete_model_version, "fraud", 2),
        partial(client.delete_registered_model, "fraud"),
    ):
        with pytest.raises(MlflowException, match=r"version 2 of 'fraud' needs it .it is in Production"):
            delete()
    assert client.get_model_version("fraud", 2) == version
    assert database.exists()


def test_others_are_told_of_transitions_changes_deletions_and_runs(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P5."""
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    client = MlflowClient()
    kinds = [
        "model_version.transitioned",
        "model_version.updated",
        "model_version.deleted",
        "run.started",
        "run.finished",
        "run.failed",
    ]
    webhook = client.create_webhook("audit", "https://127.0.0.1:9/", kinds)
    client.transition_model_version_stage("fraud", 1, "Staging")
    client.update_model_version("fraud", 1, "Kept for comparison")
    client.delete_model_version("fraud", 1)
    for status in ("FINISHED", "FAILED"):
        client.set_terminated(client.create_run("0").info.run_id, status)
    told = [delivery.event for delivery in client.get_webhook_deliveries(webhook.webhook_id)]
    assert sorted(told) == sorted([*kinds, "run.started"])
    assert database.exists()


def test_who_approved_and_that_it_was_somebody_else(database: Path) -> None:
    """A4, A13."""
    client = MlflowClient()
    assert [event.actor for event in client.search_decisions("fraud", actions=["approve_model_version"])] == [
        "bob",
        "bob",
    ]
    with on("2024-01-01", "ada", "Outage"):
        client.transition_model_version_stage("fraud", 2, "Archived")
    with on("2024-01-01", "ada", "Outage", break_glass=True):
        client.transition_model_version_stage("fraud", 1, "Production")
    (review,) = client.get_open_reviews()
    assert (review.name, review.actor) == ("fraud", "ada")
    with on("2024-01-02", "bob", "There was no other way"):
        client.review_decision(review.event)
    assert client.get_open_reviews() == []
    assert database.exists()


def test_what_was_on_the_table_and_which_checks_had_to_pass(database: Path) -> None:
    """A5, A6, A8: frozen, whatever is logged later."""
    client = MlflowClient()
    moved = client.search_decisions("fraud", 2, actions=["transition_stage"])[-1]
    evidence = client.get_decision(moved.seq).evidence
    assert evidence is not None
    assert evidence["run"]["metrics"]["auc"]["value"] == 0.9
    assert evidence["run"]["params"] == {"seed": "2"}
    assert evidence["run"]["code"]["commit"] == "2f3e9a2b"
    assert {rule["rule"]: rule["ok"] for rule in evidence["policy"]["rules"]} == {
        "clean_git": True,
        "metric auc": True,
        "approvals": True,
    }
    assert client.get_decision(evidence["policy"]["event"]).after == {"text": POLICY}
    client.log_metric(evidence["run"]["run_id"], "auc", 0.1)
    assert client.get_decision(moved.seq).evidence == evidence
    assert database.exists()


def test_whether_the_artifact_is_the_one_that_was_approved(database: Path) -> None:
    """A7."""
    assert MlflowClient().verify_model_version("fraud", 2).ok
    (database.parent / "model 2" / "MLmodel").write_text("flavors: {other}")
    assert MlflowClient().verify_model_version("fraud", 2).changed == ["MLmodel"]


def test_whether_the_log_was_altered(database: Path) -> None:
    """A9."""
    anchor = MlflowClient().get_ledger_anchor()
    assert MlflowClient().verify_ledger([anchor], with_state=True).ok
    (moved,) = MlflowClient().search_decisions("fraud", 2, actions=["transition_stage"])
    connection = sqlite3.connect(database)
    connection.execute(
        "UPDATE decision SET why = replace(why, 'RISK-2', 'RISK-9') WHERE seq = ?", (moved.seq,)
    )
    connection.commit()
    connection.close()
    assert MlflowClient().verify_ledger([anchor]).first_bad == moved.seq


def test_what_was_deleted_and_by_whom(database: Path) -> None:
    """A10."""
    client = MlflowClient()
    with on("2024-05-01", "eve", "Cleaning up"):
        client.delete_model_version("fraud", 1)
    (deleted,) = client.search_decisions("fraud", actions=["delete_model_version"])
    assert (deleted.actor, deleted.reason, deleted.version) == ("eve", "Cleaning up", "1")
    assert deleted.before is not None
    assert deleted.before["source"].endswith("model 1")
    assert production("2022-06-01") == "1"
    assert client.restore_model_version("fraud", 1).source == deleted.before["source"]
    assert database.exists()


def test_the_file_is_handed_over(database: Path) -> None:
    """A15."""
    bundle = database.with_name("fraud.zip")
    write_bundle(open_registry_store(), "fraud", None, bundle)
    files = read_bundle(bundle)
    assert check_bundle(files, MlflowClient().get_ledger_anchor().root) == []
    assert b"RISK-2" in files["report.html"]
