"""What every store does with webhooks."""

from __future__ import annotations

import json

import pytest

from mlflow._storage.interface.store import Store
from mlflow.entities.run_status import RunStatus
from mlflow.entities.webhook import Webhook, WebhookEvent, WebhookStatus
from tests.contract.errors import INVALID, MISSING, refused

URL = "https://127.0.0.1:9/hook"
VERSION_MADE = WebhookEvent("model_version", "created")


@pytest.fixture(autouse=True)
def _private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")


def hook(store: Store, *events: str, name: str = "ci") -> Webhook:
    """A webhook for some events."""
    return store.webhooks.create(name, URL, [WebhookEvent.from_str(event) for event in events])


def told(store: Store, webhook: Webhook) -> list[str]:
    """What a webhook is to be told, the oldest first."""
    return [item.event for item in reversed(store.webhooks.deliveries(webhook.webhook_id))]


def test_a_webhook_is_made_found_changed_and_deleted(store: Store) -> None:
    events = [WebhookEvent("MODEL_VERSION_ALIAS", "CREATED"), VERSION_MADE]
    made = store.webhooks.create("ci.build-1", URL, events, "Builds images", "s3cret")
    assert (made.events, made.status, made.description) == (events, WebhookStatus.ACTIVE, "Builds images")
    assert made.secret is None
    assert store.webhooks.get(made.webhook_id) == made
    other = hook(store, "run.finished", name="x")
    assert [item.webhook_id for item in store.webhooks.search()] == [other.webhook_id, made.webhook_id]
    first = store.webhooks.search(1)
    assert [item.name for item in store.webhooks.search(1, first.token)] == ["ci.build-1"]

    changed = store.webhooks.update(made.webhook_id, status=WebhookStatus.DISABLED, events=[VERSION_MADE])
    assert (changed.status, changed.events, changed.name) == (
        WebhookStatus.DISABLED,
        [VERSION_MADE],
        made.name,
    )
    store.webhooks.delete(made.webhook_id)
    for gone in (store.webhooks.get, store.webhooks.delete, store.webhooks.test, store.webhooks.deliveries):
        with refused(MISSING, made.webhook_id):
            gone(made.webhook_id)
    assert [item.name for item in store.webhooks.search()] == ["x"]


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "x" * 64, "ä"])
def test_a_name_that_is_none_is_refused(store: Store, name: str) -> None:
    with refused(INVALID, "name"):
        store.webhooks.create(name, URL, [VERSION_MADE])


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "ftp://example.com/x", "https://", "https://u:p@example.com", "https://a b/"],
)
def test_an_address_that_is_none_is_refused(store: Store, url: str) -> None:
    with refused(INVALID):
        store.webhooks.create("ci", url, [VERSION_MADE])
    kept = hook(store, "run.started")
    with refused(INVALID):
        store.webhooks.update(kept.webhook_id, url=url)
    assert store.webhooks.get(kept.webhook_id).url == URL


def test_what_never_happens_is_refused(store: Store) -> None:
    with refused(INVALID, "at least one event"):
        store.webhooks.create("ci", URL, [])
    with refused(INVALID, "'transitioned' for webhook entity 'run'"):
        WebhookEvent("run", "transitioned")
    with refused(INVALID, "webhook entity 'model'"):
        WebhookEvent.from_str("model.created")
    with refused(INVALID, "entity.action"):
        WebhookEvent.from_str("created")


def test_changes_of_the_registry_are_queued_with_them(store: Store) -> None:
    kinds = (
        "registered_model.created", "registered_model.updated", "registered_model.deleted",
        "registered_model.restored", "registered_model_tag.set", "model_version.created", "model_version.updated",
        "model_version.transitioned", "model_version.deleted", "model_version.restored", "model_version_tag.set",
        "model_version_tag.deleted", "model_version_alias.created", "model_version_alias.deleted",
        "transition_request.created", "comment.created",
    )  # fmt: skip
    every = hook(store, *kinds)
    one = hook(store, "model_version.transitioned", name="one")
    store.registered_models.create("credit", {"team": "risk"}, "About credit")
    store.registered_models.set_tag("credit", "tier", "1")
    store.registered_models.update("credit", "More")
    store.model_versions.create("credit", "s3://b/1", tags={"a": "b"}, description="First")
    store.model_versions.set_tag("credit", "1", "reviewed", "yes")
    store.model_versions.delete_tag("credit", "1", "reviewed")
    store.model_versions.update("credit", "1", "Changed")
    store.comments.create("credit", "1", "Hm")
    store.transition_requests.create("credit", "1", "Production")
    store.model_versions.transition_stage("credit", "1", "Staging")
    store.registered_models.set_alias("credit", "best", "1")
    store.registered_models.delete_alias("credit", "best")
    store.model_versions.delete("credit", "1")
    store.model_versions.restore("credit", "1")
    store.registered_models.delete("credit")
    store.registered_models.restore("credit")
    assert told(store, every) == [
        "registered_model.created", "registered_model_tag.set", "registered_model.updated", "model_version.created",
        "model_version_tag.set", "model_version_tag.deleted", "model_version.updated", "comment.created",
        "transition_request.created", "model_version.transitioned", "model_version_alias.created",
        "model_version_alias.deleted", "model_version.deleted", "model_version.restored", "registered_model.deleted",
        "registered_model.restored",
    ]  # fmt: skip
    assert told(store, one) == ["model_version.transitioned"]
    (waiting,) = store.webhooks.deliveries(one.webhook_id)
    assert (waiting.attempts, waiting.next_attempt, waiting.error_message) == (
        0,
        waiting.creation_timestamp,
        "",
    )


def test_a_change_that_fails_tells_nobody(store: Store) -> None:
    webhook = hook(store, "registered_model.created", "model_version.created")
    store.registered_models.create("credit")
    with refused("RESOURCE_ALREADY_EXISTS"):
        store.registered_models.create("credit")
    with refused(INVALID):
        store.model_versions.create("credit", "models:/credit/x")
    assert told(store, webhook) == ["registered_model.created"]


def test_prompts_are_told_of_as_prompts(store: Store) -> None:
    webhook = hook(
        store, "prompt.created", "prompt_version.created", "prompt_alias.created", "prompt_tag.set"
    )
    models = hook(store, "registered_model.created", "model_version.created", name="models")
    marker = {"mlflow.prompt.is_prompt": "true"}
    store.registered_models.create("greeting", marker)
    store.model_versions.create(
        "greeting", "dummy-source", tags={**marker, "mlflow.prompt.text": "Hi {{name}}"}
    )
    store.registered_models.set_alias("greeting", "best", "1")
    store.registered_models.set_tag("greeting", "a", "b")
    assert told(store, webhook) == [
        "prompt.created",
        "prompt_version.created",
        "prompt_alias.created",
        "prompt_tag.set",
    ]
    assert told(store, models) == []


def test_the_life_of_runs_is_told(store: Store) -> None:
    webhook = hook(store, "run.started", "run.finished", "run.failed", "run.deleted", "run.restored")
    first, second = (store.runs.create("0").info.run_id for _ in range(2))
    store.runs.update(first, RunStatus.FINISHED)
    store.runs.update(first, RunStatus.FINISHED)
    store.runs.update(first, run_name="other")
    store.runs.update(second, RunStatus.FAILED)
    store.runs.delete(second)
    store.runs.restore(second)
    assert told(store, webhook) == [
        "run.started", "run.started", "run.finished", "run.failed", "run.deleted", "run.restored"
    ]  # fmt: skip


def test_a_webhook_that_is_off_is_told_nothing(store: Store) -> None:
    webhook = hook(store, "registered_model.created")
    store.registered_models.create("a")
    store.webhooks.update(webhook.webhook_id, status=WebhookStatus.DISABLED)
    store.registered_models.create("b")
    assert told(store, webhook) == ["registered_model.created"]


def test_a_trial_of_what_does_not_answer_says_so(store: Store) -> None:
    webhook = hook(store, "model_version.created")
    result = store.webhooks.test(webhook.webhook_id)
    assert (result.success, result.response_status) == (False, None)
    assert "127.0.0.1:9" in (result.error_message or "")
    assert told(store, webhook) == []


def test_a_secret_is_never_given_out(store: Store) -> None:
    made = store.webhooks.create("ci", URL, [VERSION_MADE], secret="s3cret")
    store.registered_models.create("credit")
    store.model_versions.create("credit", "s3://b/1")
    shown = [vars(item) for item in store.webhooks.search()]
    shown += [dict(item) for item in store.webhooks.deliveries(made.webhook_id)]
    assert "s3cret" not in json.dumps(shown, default=str)
