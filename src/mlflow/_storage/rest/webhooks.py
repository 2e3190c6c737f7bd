"""Webhooks on a server."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._wire import webhooks as wire
from mlflow._wire.shapes import Empty
from mlflow.entities.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)


class RestWebhooks:
    """Webhooks on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus = WebhookStatus.ACTIVE,
    ) -> Webhook:
        request = wire.CreateWebhook(
            name, url, wire.events_to_wire(events), description, secret, status.value
        )
        return wire.webhook_from_wire(self._call("create_webhook", request, wire.WebhookReply).webhook)

    def get(self, webhook_id: str) -> Webhook:
        reply = self._call("get_webhook", wire.GetWebhook(webhook_id), wire.WebhookReply)
        return wire.webhook_from_wire(reply.webhook)

    def search(self, max_results: int = 100, page_token: str | None = None) -> Page[Webhook]:
        request = wire.ListWebhooks(max_results, page_token or "")
        reply = self._call("list_webhooks", request, wire.WebhooksReply)
        return Page([wire.webhook_from_wire(item) for item in reply.webhooks], reply.next_page_token or None)

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
        request = wire.UpdateWebhook(
            webhook_id,
            name,
            description,
            url,
            wire.events_to_wire(events or ()),
            secret,
            None if status is None else status.value,
        )
        return wire.webhook_from_wire(self._call("update_webhook", request, wire.WebhookReply).webhook)

    def delete(self, webhook_id: str) -> None:
        self._call("delete_webhook", wire.DeleteWebhook(webhook_id), Empty)

    def test(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        wanted = None if event is None else wire.events_to_wire([event])[0]
        reply = self._call("test_webhook", wire.TestWebhook(webhook_id, wanted), wire.TestReply)
        return wire.result_from_wire(reply.result)

    def deliveries(self, webhook_id: str, max_results: int = 100) -> list[WebhookDelivery]:
        request = wire.ListDeliveries(webhook_id, max_results)
        reply = self._call("list_webhook_deliveries", request, wire.DeliveriesReply)
        return [wire.delivery_from_wire(item) for item in reply.deliveries]
