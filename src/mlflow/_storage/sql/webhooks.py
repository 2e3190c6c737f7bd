"""Webhooks in SQL."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from mlflow._base.clock import now_ms
from mlflow._storage.interface.pages import Page
from mlflow._storage.sql.connection import Connection, Row
from mlflow._storage.sql.engine import Engine
from mlflow._storage.sql.tokens import fingerprint, make_token, read_token
from mlflow._storage.validation import check_max_results, check_text
from mlflow._webhooks.payloads import body_of, example_of
from mlflow._webhooks.secrets import opened, sealed, signature_of
from mlflow._webhooks.sending import WebhookAnswer, resolve, send
from mlflow.entities.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)
from mlflow.environment_variables import MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES, MLFLOW_WEBHOOK_REQUEST_TIMEOUT
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist

MAX_PAGE = 1000
RETRY_MS = (10_000, 120_000, 1_800_000, 21_600_000)
"""How long to wait before the first, second, … time that a delivery is tried again; the last one is for all others."""
_KEPT_MS = 30 * 24 * 60 * 60 * 1000
_CLAIM_MARGIN_MS = 30_000
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_MAX_SECRET = 1000
_MAX_DESCRIPTION = 1000
_COLUMNS = "w.id, w.uuid, w.name, w.description, w.url, w.status, w.created_ms, w.updated_ms"


class DueDelivery(NamedTuple):
    """A delivery that somebody has taken on.

    Attributes:
        id: Its number.
        delivery_id: Its id.
        url: Where to.
        secret: What it is signed with, as it is stored; `None` for nothing.
        body: What is told.
        attempts: Which attempt this is, from 1.
    """

    id: int
    delivery_id: str
    url: str
    secret: str | None
    body: str
    attempts: int


class SqlWebhooks:
    """Webhooks in SQL.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus = WebhookStatus.ACTIVE,
    ) -> Webhook:
        _check(name, description, events, secret)
        resolve(url)
        stored = sealed(secret) if secret else None
        webhook_id = uuid4().hex

        def work(cx: Connection) -> Webhook:
            now = now_ms()
            row = cx.one(
                "INSERT INTO webhook (uuid, name, description, url, secret, status, created_ms, updated_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (webhook_id, name, description, url, stored, status.value, now, now),
            )
            assert row is not None  # RETURNING answers a row
            _subscribe(cx, int(row[0]), events)
            return _find(cx, webhook_id)

        made = self._engine.write(work)
        self._engine.subscriptions.forget()
        return made

    def get(self, webhook_id: str) -> Webhook:
        with self._engine.snapshot() as cx:
            return _find(cx, webhook_id)

    def search(self, max_results: int = 100, page_token: str | None = None) -> Page[Webhook]:
        check_max_results(max_results, MAX_PAGE)
        key, search = self._engine.token_key, fingerprint("webhooks")
        start = read_token(page_token, search, 1, key)
        with self._engine.snapshot() as cx:
            rows = cx.all(
                f"SELECT {_COLUMNS} FROM webhook w WHERE w.deleted_ms IS NULL AND w.id < ? ORDER BY w.id DESC LIMIT ?",
                (start[0] if start else 2**62, max_results + 1),
            )
            found = [_webhook(cx, row) for row in rows[:max_results]]
        more = len(rows) > max_results
        return Page(found, make_token([rows[max_results - 1][0]], search, key) if more else None)

    def update(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Sequence[WebhookEvent] | None = None,
        secret: str | None = None,
        status: WebhookStatus | None = None,
    ) -> Webhook:
        _check(name, description, events, secret)
        if url is not None:
            resolve(url)
        stored = sealed(secret) if secret else None

        def work(cx: Connection) -> Webhook:
            number = _number(cx, webhook_id)
            cx.run(
                "UPDATE webhook SET name = COALESCE(?, name), description = COALESCE(?, description), "
                "url = COALESCE(?, url), secret = COALESCE(?, secret), status = COALESCE(?, status), updated_ms = ? "
                "WHERE id = ?",
                (name, description, url, stored, status and status.value, now_ms(), number),
            )
            if events is not None:
                cx.run("DELETE FROM webhook_event WHERE webhook = ?", (number,))
                _subscribe(cx, number, events)
            return _find(cx, webhook_id)

        changed = self._engine.write(work)
        self._engine.subscriptions.forget()
        return changed

    def delete(self, webhook_id: str) -> None:
        def work(cx: Connection) -> None:
            number = _number(cx, webhook_id)
            cx.run("UPDATE webhook SET deleted_ms = ?, secret = NULL WHERE id = ?", (now_ms(), number))
            cx.run(
                "UPDATE webhook_delivery SET next_ms = NULL, error = 'The webhook was deleted' "
                "WHERE webhook = ? AND next_ms IS NOT NULL",
                (number,),
            )

        self._engine.write(work)
        self._engine.subscriptions.forget()

    def test(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        with self._engine.snapshot() as cx:
            found = _find(cx, webhook_id)
            row = cx.one("SELECT secret FROM webhook WHERE uuid = ?", (webhook_id,))
        assert row is not None  # it was found
        chosen = event or found.events[0]
        body = body_of(example_of(chosen.entity.value, chosen.action.value), now_ms())
        answer = deliver(DueDelivery(0, uuid4().hex, found.url, row[0], body, 1))
        if answer.status is None:
            return WebhookTestResult(False, error_message=answer.error)
        return WebhookTestResult(
            answer.ok, answer.status, answer.body, None if answer.ok else f"HTTP status {answer.status}"
        )

    def deliveries(self, webhook_id: str, max_results: int = 100) -> list[WebhookDelivery]:
        check_max_results(max_results, MAX_PAGE)
        with self._engine.snapshot() as cx:
            rows = cx.all(
                "SELECT uuid, entity, action, created_ms, attempts, next_ms, answered_ms, response_status, error "
                "FROM webhook_delivery WHERE webhook = ? ORDER BY id DESC LIMIT ?",
                (_number(cx, webhook_id), max_results),
            )
        return [
            WebhookDelivery(uuid, f"{entity}.{action}", created, attempts, again, tried, status, error or "")
            for uuid, entity, action, created, attempts, again, tried, status, error in rows
        ]

    def claim(self, limit: int) -> list[DueDelivery]:
        """Takes deliveries on that are due: nobody else takes them for as long as one may take."""
        now = now_ms()
        with self._engine.reading() as cx:
            rows = cx.all(
                "SELECT id, next_ms FROM webhook_delivery WHERE next_ms <= ? ORDER BY next_ms, id LIMIT ?",
                (now, limit),
            )
        if not rows:
            return []
        again = now + MLFLOW_WEBHOOK_REQUEST_TIMEOUT.get() * 1000 + _CLAIM_MARGIN_MS

        def work(cx: Connection) -> list[DueDelivery]:
            taken = [
                number
                for number, due in rows
                if cx.run(
                    "UPDATE webhook_delivery SET next_ms = ?, attempts = attempts + 1 WHERE id = ? AND next_ms = ?",
                    (again, number, due),
                )
            ]
            return [
                DueDelivery(*found)
                for number in taken
                for found in cx.all(
                    "SELECT d.id, d.uuid, w.url, w.secret, d.body, d.attempts FROM webhook_delivery d "
                    "JOIN webhook w ON w.id = d.webhook WHERE d.id = ?",
                    (number,),
                )
            ]

        return self._engine.write(work)

    def settle(self, due: DueDelivery, answer: WebhookAnswer) -> None:
        """Notes what came of a delivery, and when it is tried again if it is."""
        now = now_ms()
        again = None
        if not answer.ok and answer.passing and due.attempts <= MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES.get():
            again = now + RETRY_MS[min(due.attempts, len(RETRY_MS)) - 1]
        error = None if answer.ok else answer.error or f"HTTP status {answer.status}"

        def work(cx: Connection) -> None:
            cx.run(
                "UPDATE webhook_delivery SET next_ms = ?, answered_ms = ?, response_status = ?, error = ? "
                "WHERE id = ? AND next_ms IS NOT NULL",
                (again, now, answer.status, error, due.id),
            )
            cx.run(
                "DELETE FROM webhook_delivery WHERE next_ms IS NULL AND created_ms < ? "
                "AND webhook = (SELECT d.webhook FROM webhook_delivery d WHERE d.id = ?)",
                (now - _KEPT_MS, due.id),
            )

        self._engine.write(work)


def deliver(due: DueDelivery) -> WebhookAnswer:
    """Sends a delivery, signed if its webhook has a secret."""
    timestamp = str(int(time.time()))
    headers = {"X-MLflow-Delivery-Id": due.delivery_id, "X-MLflow-Timestamp": timestamp}
    if due.secret:
        headers["X-MLflow-Signature"] = signature_of(opened(due.secret), due.delivery_id, timestamp, due.body)
    return send(due.url, due.body, headers, MLFLOW_WEBHOOK_REQUEST_TIMEOUT.get())


def _check(
    name: str | None,
    description: str | None,
    events: Sequence[WebhookEvent] | None,
    secret: str | None,
) -> None:
    if name is not None and not _NAME.fullmatch(name):
        raise InvalidParameterValue(
            f"Invalid webhook name {name[:80]!r}: use 1 to 63 letters, digits, '.', '_' and '-', with a letter or digit "
            "at both ends"
        )
    if len(check_text(description or "", "description")) > _MAX_DESCRIPTION:
        raise InvalidParameterValue(f"The description of a webhook has at most {_MAX_DESCRIPTION} characters")
    if events is not None and not events:
        raise InvalidParameterValue("A webhook needs at least one event, such as model_version.created")
    if len(check_text(secret or "", "secret")) > _MAX_SECRET:
        raise InvalidParameterValue(f"The secret of a webhook has at most {_MAX_SECRET} characters")


def _subscribe(cx: Connection, number: int, events: Sequence[WebhookEvent]) -> None:
    for place, event in enumerate(dict.fromkeys(events)):
        cx.run(
            "INSERT INTO webhook_event (webhook, entity, action, place) VALUES (?, ?, ?, ?)",
            (number, event.entity.value, event.action.value, place),
        )


def _number(cx: Connection, webhook_id: str) -> int:
    check_text(webhook_id, "webhook_id")
    row = cx.one("SELECT id FROM webhook WHERE uuid = ? AND deleted_ms IS NULL", (webhook_id,))
    if row is None:
        raise ResourceDoesNotExist(f"There is no webhook {webhook_id!r}")
    return int(row[0])


def _find(cx: Connection, webhook_id: str) -> Webhook:
    row = cx.one(f"SELECT {_COLUMNS} FROM webhook w WHERE w.id = ?", (_number(cx, webhook_id),))
    assert row is not None  # its number was found
    return _webhook(cx, row)


def _webhook(cx: Connection, row: Row) -> Webhook:
    number, webhook_id, name, description, url, status, created, updated = row
    events = cx.all("SELECT entity, action FROM webhook_event WHERE webhook = ? ORDER BY place", (number,))
    return Webhook(
        webhook_id,
        name,
        url,
        [WebhookEvent(*event) for event in events],
        created,
        updated,
        description,
        status,
    )
