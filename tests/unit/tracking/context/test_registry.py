from __future__ import annotations

import sys

import pytest

from mlflow.tracking.context import registry
from mlflow.tracking.context.abstract_context import RunContextProvider
from mlflow.tracking.context.default_context import DefaultRunContext
from mlflow.tracking.context.registry import resolve_tags


class Cluster(RunContextProvider):
    """What another distribution may offer."""

    def in_context(self) -> bool:
        return True

    def tags(self) -> dict[str, str]:
        return {"cluster": "a", "mlflow.user": "cluster-user"}


class Elsewhere(Cluster):
    def in_context(self) -> bool:
        return False


class Broken(Cluster):
    def tags(self) -> dict[str, str]:
        raise RuntimeError("no network")


def offer(monkeypatch: pytest.MonkeyPatch, *providers: type[RunContextProvider]) -> None:
    offered = {provider.__name__: provider for provider in providers}
    monkeypatch.setattr(registry, "load_plugins", lambda group: offered if "run_context" in group else {})


def test_given_tags_win() -> None:
    assert resolve_tags({"mlflow.user": "me", "n": 1}).items() >= {("mlflow.user", "me"), ("n", "1")}


def test_the_environment_adds_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"job": "7"}')
    assert resolve_tags()["job"] == "7"


def test_plug_ins_add_tags_where_they_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, Cluster)
    assert resolve_tags().items() >= {("cluster", "a"), ("mlflow.user", "cluster-user")}
    offer(monkeypatch, Elsewhere)
    assert "cluster" not in resolve_tags()


def test_a_provider_that_fails_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(monkeypatch, Broken)
    assert resolve_tags()["mlflow.source.type"] == "LOCAL"
    assert "Tags of Broken are left out because it failed: no network" in capsys.readouterr().err


def test_providers_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["-c"])
    assert resolve_tags({"n": 1}, ignore=[DefaultRunContext]) == {"n": "1"}
