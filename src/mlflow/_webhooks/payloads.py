"""What webhooks are told of a change of the registry, or of a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from mlflow.entities.webhook import ACTIONS

PROMPT_TEXT = "mlflow.prompt.text"

Data = dict[str, Any]


class Announcement(NamedTuple):
    """Something that happened.

    Attributes:
        entity: What it happened to, as `WebhookEntity` names it.
        action: What happened, as `WebhookAction` names it.
        data: What is told of it.
    """

    entity: str
    action: str
    data: Data


class RecordSubject(Protocol):
    """What an event of the ledger is about."""

    @property
    def model(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int | None: ...


class Record(Protocol):
    """An event of the ledger."""

    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> RecordSubject: ...
    @property
    def slot(self) -> str: ...
    @property
    def before(self) -> Mapping[str, Any] | None: ...
    @property
    def after(self) -> Mapping[str, Any] | None: ...


def announcements_of(
    records: Iterable[Record], is_prompt: Callable[[str], bool], why: Mapping[str, str]
) -> list[Announcement]:
    """What is told of the events of one change.

    Tags and description that something is created with are told with its creation.

    Args:
        records: The events, in order.
        is_prompt: Whether a registered name is a prompt.
        why: Who made the change, and the reason, for what MLflow has no form for.
    """
    created: dict[tuple[str, int | None], Data] = {}
    found: list[tuple[str, str, Data]] = []
    for record in records:
        name, version = record.subject.name, record.subject.version
        before, after = record.before or {}, record.after or {}
        target: Data = {"name": name} if version is None else {"name": name, "version": str(version)}
        new = created.get((name, version))
        action = record.action
        if action in ("create_registered_model", "create_model_version"):
            data = {**target, "tags": {}, "description": None}
            if version is not None:
                data |= {"source": after.get("source"), "run_id": after.get("run_id") or None}
            created[name, version] = data
            found.append(("model" if version is None else "version", "created", data))
        elif action.startswith("describe_"):
            if new is not None:
                new["description"] = after.get("description")
            else:
                data = {**target, "description": after.get("description"), **why}
                found.append(("model" if version is None else "version", "updated", data))
        elif action.startswith("set_") and action.endswith("_tag"):
            if new is not None:
                new["tags"][after["key"]] = after["value"]
            else:
                data = {**target, "key": after["key"], "value": after["value"]}
                found.append(("model tag" if version is None else "version tag", "set", data))
        elif action.startswith("delete_") and action.endswith("_tag"):
            data = {**target, "key": before.get("key")}
            found.append(("model tag" if version is None else "version tag", "deleted", data))
        elif action == "set_alias":
            found.append(
                ("alias", "created", {"name": name, "alias": after["alias"], "version": after["version"]})
            )
        elif action == "delete_alias":
            found.append(("alias", "deleted", {"name": name, "alias": before.get("alias")}))
        else:
            found += [
                (kind, did, {**target, **data, **why}) for kind, did, data in _ours(action, before, after)
            ]
    return [_named(kind, did, data, is_prompt) for kind, did, data in found]


def _ours(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, Data]]:
    """What MLflow tells nobody of."""
    if action == "transition_stage":
        return [("version", "transitioned", {"from_stage": before["stage"], "to_stage": after["stage"]})]
    if action == "rename_registered_model":
        return [("model", "updated", {"old_name": before["name"]})]
    if action in ("delete_registered_model", "restore_registered_model"):
        return [("model", "deleted" if action.startswith("delete") else "restored", {})]
    if action in ("delete_model_version", "restore_model_version"):
        return [("version", "deleted" if action.startswith("delete") else "restored", {})]
    if action == "request_transition":
        return [("request", "created", {"to": after["place"].partition("/")[2]})]
    if action == "create_comment":
        return [("comment", "created", {"comment": after["comment"]})]
    return []


_ENTITIES = {
    "model": ("registered_model", "prompt"),
    "model tag": ("registered_model_tag", "prompt_tag"),
    "version": ("model_version", "prompt_version"),
    "version tag": ("model_version_tag", "prompt_version_tag"),
    "alias": ("model_version_alias", "prompt_alias"),
    "request": ("transition_request", "transition_request"),
    "comment": ("comment", "comment"),
}


def _named(kind: str, action: str, data: Data, is_prompt: Callable[[str], bool]) -> Announcement:
    prompt = is_prompt(data["name"])
    entity = _ENTITIES[kind][prompt]
    if entity == "prompt_version" and action == "created":
        data = {key: value for key, value in data.items() if key not in ("source", "run_id")}
        data["template"] = data["tags"].get(PROMPT_TEXT)
    return Announcement(entity, action, data)


def body_of(announcement: Announcement, time_ms: int) -> str:
    """What is sent."""
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
    content = {
        "entity": announcement.entity,
        "action": announcement.action,
        "timestamp": time,
        "data": announcement.data,
    }
    return json.dumps(content, ensure_ascii=False)


def example_of(entity: str, action: str) -> Announcement:
    """Something that did not happen, for trials."""
    assert action in ACTIONS[entity]  # a `WebhookEvent` checked it
    data: Data = {"name": "example_model"}
    if entity == "run":
        data = {
            "run_id": "0" * 32,
            "experiment_id": "0",
            "run_name": "example_run",
            "status": "RUNNING" if action == "started" else "FINISHED",
        }
    elif entity not in ("registered_model", "prompt", "registered_model_tag", "prompt_tag"):
        data["version"] = "1"
    if entity.endswith("_tag"):
        data |= {"key": "example_key"} | ({"value": "example_value"} if action == "set" else {})
    if entity.endswith("_alias"):
        data["alias"] = "example_alias"
    if action == "transitioned":
        data |= {"from_stage": "None", "to_stage": "Production"}
    if action == "created" and entity in ("registered_model", "model_version", "prompt", "prompt_version"):
        data |= {"tags": {"example_key": "example_value"}, "description": "An example"}
    return Announcement(entity, action, data)
