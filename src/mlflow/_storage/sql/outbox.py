"""What is to be delivered to webhooks, queued in the transaction of the change that it tells of."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from mlflow._storage.sql.connection import Connection
from mlflow._webhooks.payloads import Announcement, Record, announcements_of, body_of

_SUBSCRIBED = (
    "SELECT e.entity, e.action, e.webhook FROM webhook_event e JOIN webhook w ON w.id = e.webhook "
    "WHERE w.status = 'ACTIVE' AND w.deleted_ms IS NULL"
)
_REMEMBERED_SECONDS = 5.0

Subscribers = dict[tuple[str, str], list[int]]


class Subscriptions:
    """Whether anybody wants to be told of something that happens often, as this process remembers it for seconds."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Makes the next one who asks look."""
        self._until = 0.0
        self._entities: frozenset[str] = frozenset()

    def want(self, cx: Connection, entity: str) -> bool:
        """Whether somebody wants to be told of an entity; what changed in the last seconds may be missed."""
        now = time.monotonic()
        if now >= self._until:
            self._entities = frozenset(row[0] for row in cx.all(_SUBSCRIBED))
            self._until = now + _REMEMBERED_SECONDS
        return entity in self._entities


def announce_changes(cx: Connection, records: Sequence[Record], why: dict[str, str], time_ms: int) -> None:
    """Queues what webhooks want to be told of the events of one change.

    Args:
        cx: Connection of the transaction that makes the change.
        records: The events.
        why: Who made the change, and the reason.
        time_ms: When, in milliseconds since the epoch.
    """
    subscribers = _subscribers(cx)
    if not subscribers:
        return
    prompts: dict[str, bool] = {}

    def is_prompt(name: str) -> bool:
        if name not in prompts:
            row = cx.one(
                "SELECT is_prompt FROM registered_model WHERE name = ? ORDER BY id DESC LIMIT 1", (name,)
            )
            prompts[name] = bool(row and row[0])
        return prompts[name]

    _queue(cx, announcements_of(records, is_prompt, why), subscribers, time_ms)


def announce(cx: Connection, announcement: Announcement, time_ms: int) -> None:
    """Queues something for the webhooks that want to be told."""
    _queue(cx, [announcement], _subscribers(cx), time_ms)


def _subscribers(cx: Connection) -> Subscribers:
    found: Subscribers = {}
    for entity, action, webhook in cx.all(_SUBSCRIBED):
        found.setdefault((entity, action), []).append(webhook)
    return found


def _queue(
    cx: Connection, announcements: Sequence[Announcement], subscribers: Subscribers, time_ms: int
) -> None:
    for item in announcements:
        for webhook in subscribers.get((item.entity, item.action), ()):
            cx.run(
                "INSERT INTO webhook_delivery (uuid, webhook, entity, action, body, created_ms, attempts, next_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
                (
                    uuid.uuid4().hex,
                    webhook,
                    item.entity,
                    item.action,
                    body_of(item, time_ms),
                    time_ms,
                    time_ms,
                ),
            )
