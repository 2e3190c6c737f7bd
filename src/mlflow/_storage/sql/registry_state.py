"""State of the registry, as the events of the ledger make it.

Nothing else writes to the tables of registered models, versions, tags and aliases: whoever changes the registry
records an event, and the event is applied here, so that applying all events in their order makes the tables anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlflow._ledger.chain import ERASE
from mlflow._ledger.events import Head, canonical
from mlflow._search.fields.prompts import IS_PROMPT_KEY
from mlflow._storage.sql.connection import Connection
from mlflow._storage.sql.params import number_of

TABLES = (
    "registered_model",
    "registered_model_tag",
    "model_version",
    "model_version_tag",
    "model_alias",
    "decision_name",
    "model_manifest",
    "model_approval",
    "registry_policy",
    "open_review",
    "transition_request",
    "model_comment",
)
"""What can be made anew from the ledger."""

State = dict[str, Any]


def apply_event(cx: Connection, head: Head, after: State | None, actor: str) -> None:
    """Makes the change that an event records.

    Args:
        cx: Connection of a writing transaction.
        head: Head of the event.
        after: What holds from then on.
        actor: Who did it; empty if unknown.
    """
    change = _CHANGES.get(head.action)
    if change is not None:
        change(cx, head, after or {}, actor)


def _create_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run(
        "INSERT INTO registered_model (id, name, description, is_prompt, created_ms, updated_ms) "
        "VALUES (?, ?, NULL, 0, ?, ?)",
        (head.model, head.name, head.time_ms, head.time_ms),
    )
    _begin_name(cx, head)


def _describe_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "UPDATE registered_model SET description = ?, updated_ms = ? WHERE id = ?",
        (after.get("description"), head.time_ms, head.model),
    )


def _rename_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run(
        "UPDATE registered_model SET name = ?, updated_ms = ? WHERE id = ?",
        (head.name, head.time_ms, head.model),
    )
    cx.run(
        "UPDATE model_version SET updated_ms = ? WHERE model = ? AND deleted_ms IS NULL",
        (head.time_ms, head.model),
    )
    _end_name(cx, head)
    _begin_name(cx, head)


def _delete_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run("UPDATE registered_model SET deleted_ms = ? WHERE id = ?", (head.time_ms, head.model))
    _end_name(cx, head)


def _restore_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run(
        "UPDATE registered_model SET deleted_ms = NULL, updated_ms = ? WHERE id = ?",
        (head.time_ms, head.model),
    )
    _begin_name(cx, head)


def _tag_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    if not after:
        return  # it was erased, because a later event says what holds
    key, value = after["key"], after["value"]
    cx.run(
        "INSERT INTO registered_model_tag (model, name, value, number) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (model, name) DO UPDATE SET value = excluded.value, number = excluded.number",
        (head.model, key, value, number_of(value)),
    )
    if key == IS_PROMPT_KEY:
        cx.run(
            "UPDATE registered_model SET is_prompt = ? WHERE id = ?",
            (int(value.lower() == "true"), head.model),
        )


def _untag_model(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    key = head.slot.partition("/")[2]
    cx.run("DELETE FROM registered_model_tag WHERE model = ? AND name = ?", (head.model, key))
    if key == IS_PROMPT_KEY:
        cx.run("UPDATE registered_model SET is_prompt = 0 WHERE id = ?", (head.model,))


def _create_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    cx.run(
        "INSERT INTO model_version (id, model, version, stage, description, source, location, run_id, run_link, "
        "model_id, user_id, is_prompt, created_ms, updated_ms) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        (
            head.seq, head.model, head.version, after["stage"], after["source"], after["location"], after["run_id"],
            after["run_link"], after["model_id"], actor or None, head.time_ms, head.time_ms,
        ),
    )  # fmt: skip
    _touch_model(cx, head)


def _describe_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "UPDATE model_version SET description = ?, updated_ms = ? WHERE model = ? AND version = ?",
        (after.get("description"), head.time_ms, head.model, head.version),
    )


def _transition(cx: Connection, head: Head, after: State, actor: str) -> None:
    cx.run(
        "UPDATE model_version SET stage = ?, updated_ms = ? WHERE model = ? AND version = ?",
        (after["stage"], head.time_ms, head.model, head.version),
    )
    _got_place(cx, head, f"stage/{after['stage']}", after, actor)
    _touch_model(cx, head)


def _delete_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run(
        "UPDATE model_version SET deleted_ms = ? WHERE model = ? AND version = ?",
        (head.time_ms, head.model, head.version),
    )
    _touch_model(cx, head)


def _restore_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run(
        "UPDATE model_version SET deleted_ms = NULL, updated_ms = ? WHERE model = ? AND version = ?",
        (head.time_ms, head.model, head.version),
    )
    _touch_model(cx, head)


def _tag_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    if not after:
        return  # it was erased, because a later event says what holds
    key, value = after["key"], after["value"]
    cx.run(
        "INSERT INTO model_version_tag (version, name, value, number) "
        "SELECT v.id, ?, ?, ? FROM model_version v WHERE v.model = ? AND v.version = ? "
        "ON CONFLICT (version, name) DO UPDATE SET value = excluded.value, number = excluded.number",
        (key, value, number_of(value), head.model, head.version),
    )
    if key == IS_PROMPT_KEY:
        _mark_prompt(cx, head, is_prompt=value.lower() == "true")


def _untag_version(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    key = head.slot.split("/", 2)[2]
    cx.run(
        "DELETE FROM model_version_tag WHERE name = ? AND version = "
        "(SELECT v.id FROM model_version v WHERE v.model = ? AND v.version = ?)",
        (key, head.model, head.version),
    )
    if key == IS_PROMPT_KEY:
        _mark_prompt(cx, head, is_prompt=False)


def _hold(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "UPDATE model_version SET held = ? WHERE model = ? AND version = ?",
        (int(bool(after)), head.model, head.version),
    )


def _record_manifest(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "INSERT INTO model_manifest (version, digest, body) SELECT v.id, ?, ? FROM model_version v "
        "WHERE v.model = ? AND v.version = ?",
        (after["digest"], canonical(after), head.model, head.version),
    )


def _approve(cx: Connection, head: Head, after: State, actor: str) -> None:
    cx.run(
        "INSERT INTO model_approval (model, version, target, actor, time_ms, seq) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (model, version, target, actor) DO UPDATE SET time_ms = excluded.time_ms, seq = excluded.seq",
        (head.model, head.version, after["place"], actor, head.time_ms, head.seq),
    )


def _got_place(cx: Connection, head: Head, place: str, after: State, actor: str) -> None:
    """Spends the approvals of what was decided, closes requests, and notes whether it has to be reviewed."""
    for table in ("model_approval", "transition_request"):
        cx.run(
            f"DELETE FROM {table} WHERE model = ? AND version = ? AND target = ?",
            (head.model, head.version, place),
        )
    if "review_by" in after:
        cx.run(
            "INSERT INTO open_review (seq, model, actor, due_ms) VALUES (?, ?, ?, ?)",
            (head.seq, head.model, actor, after["review_by"]),
        )


def _request(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "INSERT INTO transition_request (seq, model, version, target, archive) VALUES (?, ?, ?, ?, ?)",
        (head.seq, head.model, head.version, after["place"], int(after["archive_existing"])),
    )


def _close_request(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run("DELETE FROM transition_request WHERE seq = ?", (int(head.slot.partition("/")[2]),))


def _comment(cx: Connection, head: Head, after: State, actor: str) -> None:
    cx.run(
        "INSERT INTO model_comment (seq, model, version, actor, body, created_ms, updated_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (head.seq, head.model, head.version, actor, after.get("comment", ""), head.time_ms, head.time_ms),
    )


def _change_comment(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run(
        "UPDATE model_comment SET body = ?, updated_ms = ? WHERE seq = ?",
        (after.get("comment", ""), head.time_ms, int(head.slot.partition("/")[2])),
    )


def _delete_comment(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run("DELETE FROM model_comment WHERE seq = ?", (int(head.slot.partition("/")[2]),))


def _review(cx: Connection, head: Head, after: State, actor: str) -> None:
    del head, actor
    cx.run("DELETE FROM open_review WHERE seq = ?", (after["event"],))


def _set_policy(cx: Connection, head: Head, after: State, actor: str) -> None:
    del actor
    cx.run("DELETE FROM registry_policy")
    if after:
        cx.run("INSERT INTO registry_policy (id, seq, body) VALUES (1, ?, ?)", (head.seq, after["text"]))


def _mark_prompt(cx: Connection, head: Head, *, is_prompt: bool) -> None:
    cx.run(
        "UPDATE model_version SET is_prompt = ? WHERE model = ? AND version = ?",
        (int(is_prompt), head.model, head.version),
    )


def _set_alias(cx: Connection, head: Head, after: State, actor: str) -> None:
    cx.run(
        "INSERT INTO model_alias (model, alias, version) VALUES (?, ?, ?) "
        "ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version",
        (head.model, head.slot.partition("/")[2], head.version),
    )
    _got_place(cx, head, head.slot, after, actor)


def _delete_alias(cx: Connection, head: Head, after: State, actor: str) -> None:
    del after, actor
    cx.run("DELETE FROM model_alias WHERE model = ? AND alias = ?", (head.model, head.slot.partition("/")[2]))


def _touch_model(cx: Connection, head: Head) -> None:
    cx.run("UPDATE registered_model SET updated_ms = ? WHERE id = ?", (head.time_ms, head.model))


def _begin_name(cx: Connection, head: Head) -> None:
    cx.run(
        "INSERT INTO decision_name (name, since, model) VALUES (?, ?, ?)", (head.name, head.seq, head.model)
    )


def _end_name(cx: Connection, head: Head) -> None:
    cx.run("UPDATE decision_name SET until = ? WHERE model = ? AND until IS NULL", (head.seq, head.model))


def _erase(cx: Connection, head: Head, after: State, actor: str) -> None:
    del head, actor
    if "who" in after["parts"]:
        cx.run("UPDATE model_version SET user_id = NULL WHERE id = ?", (after["seq"],))
        cx.run("DELETE FROM model_approval WHERE seq = ?", (after["seq"],))
        cx.run("UPDATE open_review SET actor = '' WHERE seq = ?", (after["seq"],))
        cx.run("UPDATE model_comment SET actor = '' WHERE seq = ?", (after["seq"],))


_CHANGES: dict[str, Callable[[Connection, Head, State, str], None]] = {
    "create_registered_model": _create_model,
    "describe_registered_model": _describe_model,
    "rename_registered_model": _rename_model,
    "delete_registered_model": _delete_model,
    "restore_registered_model": _restore_model,
    "set_registered_model_tag": _tag_model,
    "delete_registered_model_tag": _untag_model,
    "create_model_version": _create_version,
    "describe_model_version": _describe_version,
    "transition_stage": _transition,
    "delete_model_version": _delete_version,
    "restore_model_version": _restore_version,
    "set_model_version_tag": _tag_version,
    "delete_model_version_tag": _untag_version,
    "hold_model_version": _hold,
    "release_model_version": _hold,
    "record_manifest": _record_manifest,
    "approve_model_version": _approve,
    "review_decision": _review,
    "request_transition": _request,
    "reject_transition": _close_request,
    "withdraw_transition": _close_request,
    "create_comment": _comment,
    "update_comment": _change_comment,
    "delete_comment": _delete_comment,
    "set_policy": _set_policy,
    "set_alias": _set_alias,
    "delete_alias": _delete_alias,
    ERASE: _erase,
}
