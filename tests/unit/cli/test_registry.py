"""`mlflow registry` and `mlflow audit`, as a user types them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlflow import MlflowClient
from mlflow._base.clock import telling
from mlflow._base.moments import parse_period
from mlflow._session.stores import open_session_store
from mlflow._storage.sql.store import SqlStore
from mlflow.cli import cli


@pytest.fixture(autouse=True)
def _history(session: object) -> None:
    """Version 1 is put into production in 2022, version 2 at noon of March 14, 2023."""
    del session
    client = MlflowClient()
    for time, version, reason in (("2022-01-01T00:00Z", 1, "Validated"), ("2023-03-14T12:00Z", 2, "Better")):
        with telling(lambda time=time: parse_period(time).first_ms):  # type: ignore[misc]  # mypy does not see what the default binds
            client.create_model_version("credit", f"s3://bucket/{version}")
            client.transition_model_version_stage("credit", version, "Production", True, reason=reason)


def _run(*arguments: str, fails: bool = False, answer: str | None = None) -> str:
    done: Result = CliRunner().invoke(cli, arguments, input=answer)
    assert (done.exit_code != 0) == fails, done.output
    return done.output


def test_the_state_of_a_day_is_shown_with_what_changed() -> None:
    before = _run("registry", "show", "credit", "--at", "2023-03-13")
    assert "1        Production  2022-01-01 00:00:00Z" in before
    assert "Validated" in before
    assert "Changed during" not in before
    day = _run("registry", "show", "credit", "--at", "2023-03-14", "--tz", "Europe/Paris")
    assert "2        Production  2023-03-14 13:00:00+01:00" in day
    assert "Changed during 2023-03-14" in day
    now = json.loads(_run("registry", "show", "credit", "--output", "json"))
    assert [item["stage"] for item in now["versions"]] == ["Archived", "Production"]


def test_history_tells_who_when_why_before_and_after() -> None:
    lines = _run("registry", "history", "credit", "--action", "transition_stage").splitlines()
    assert lines[2].split()[:2] == ["3", "2022-01-01"]
    assert "None        Production  Validated" in lines[2]
    assert "Production  Archived" in lines[4]
    assert "Nothing was decided about 'x'" in _run("registry", "history", "x")
    some = json.loads(
        _run("registry", "log", "--since", "2023-01-01", "--max-results", "2", "--output", "json")
    )
    assert [item["version"] for item in some] == ["2", "1"]


def test_the_ledger_is_verified_anchored_and_found_to_be_tampered_with(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.txt"
    line = _run("audit", "anchor", "-o", str(anchors))
    assert anchors.read_text() == line
    assert "OK: 6 events, 1 anchors" in _run("audit", "verify", "--anchors", str(anchors), "--state")
    store = open_session_store()
    assert isinstance(store, SqlStore)
    store.engine.write(lambda cx: cx.run("UPDATE decision SET time_ms = 0 WHERE seq = 3"))
    assert "First bad event: 3" in _run("audit", "verify", fails=True)


def test_anchors_are_kept_in_tags_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.com")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "x"], cwd=tmp_path, check=True)
    _run("audit", "anchor", "--git-tag", "audit/1")
    assert "6 events, 1 anchors" in _run("audit", "verify", "--git-tags")
    assert "already exists" in _run("audit", "anchor", "--git-tag", "audit/1", fails=True)
    assert "--git-tag" in _run("audit", "anchor", "--sign", fails=True)


def test_personal_data_is_erased_after_a_question() -> None:
    _run("audit", "erase", "3", "--part", "who", "--reason", "Asked for", answer="n\n", fails=True)
    assert "event 7" in _run("audit", "erase", "3", "--part", "who", "--reason", "Asked for", answer="y\n")
    assert "OK: 7 events" in _run("audit", "verify", "--state")
    assert "?" in _run("registry", "history", "credit", "--version", "1")


def _as(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("mlflow._base.attribution.user_name", lambda: name)


def test_a_request_is_made_listed_and_approved_by_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    _as(monkeypatch, "ada")
    made = _run("registry", "request", "credit", "1", "--to", "staging", "--reason", "Compare it")
    number = made.split()[1]
    _run("registry", "approve", number, fails=True)
    _as(monkeypatch, "bob")
    listed = _run("registry", "requests", "credit")
    assert all(word in listed for word in (number, "Staging", "ada", "Compare it"))
    assert "is in Staging" in _run("registry", "approve", number)
    assert number not in _run("registry", "requests")
    _as(monkeypatch, "ada")
    second, third = (
        _run("registry", "request", "credit", "1", "--to", to).split()[1] for to in ("@best", "None")
    )
    assert "withdrawn" in _run("registry", "withdraw", second)
    assert "rejected" in _run("registry", "reject", third, "-m", "No")


def test_comments_are_made_and_listed() -> None:
    _run("registry", "comment", "credit", "1", "Drifts on Mondays")
    assert "Drifts on Mondays" in _run("registry", "comments", "credit", "1")


def test_a_move_is_tried_and_made() -> None:
    tried = _run("registry", "move", "credit", "1", "--to", "production", "--archive-existing", "--dry-run")
    assert "Version 1 moves from Archived to Production." in tried
    assert "Version 2 moves from Production to Archived." in tried
    assert "is in Production" in _run("registry", "move", "credit", "1", "--to", "production", "-m", "Back")
    assert "points to version 2" in _run("registry", "move", "credit", "2", "--to", "@best")
    MlflowClient().set_registry_policy("policies: [{models: credit, require: {ticket: true}}]")
    refused = _run("registry", "move", "credit", "2", "--to", "Production", "--dry-run", fails=True)
    assert "FAILED  ticket: none. Give a ticket" in refused
