"""Handlers: webhooks."""

from __future__ import annotations

from mlflow._wire import webhooks as wire
from mlflow._wire.shapes import Empty
from mlflow.entities.webhook import WebhookStatus
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def create_webhook(context: Context, request: wire.CreateWebhook) -> wire.WebhookReply:
    made = context.store.webhooks.create(
        request.name,
        request.url,
        wire.events_from_wire(request.events),
        request.description,
        request.secret,
        WebhookStatus(request.status),
    )
    return wire.WebhookReply(wire.webhook_to_wire(made))


def list_webhooks(context: Context, request: wire.ListWebhooks) -> wire.WebhooksReply:
    page = context.store.webhooks.search(request.max_results, request.page_token or None)
    return wire.WebhooksReply([wire.webhook_to_wire(item) for item in page], page.token or "")


def get_webhook(context: Context, request: wire.GetWebhook) -> wire.WebhookReply:
    return wire.WebhookReply(wire.webhook_to_wire(context.store.webhooks.get(request.webhook_id)))


def update_webhook(context: Context, request: wire.UpdateWebhook) -> wire.WebhookReply:
    changed = context.store.webhooks.update(
        request.webhook_id,
        request.name,
        request.description,
        request.url,
        wire.events_from_wire(request.events) or None,
        request.secret,
        None if request.status is None else WebhookStatus(request.status),
    )
    return wire.WebhookReply(wire.webhook_to_wire(changed))


def delete_webhook(context: Context, request: wire.DeleteWebhook) -> Empty:
    context.store.webhooks.delete(request.webhook_id)
    return Empty()


def test_webhook(context: Context, request: wire.TestWebhook) -> wire.TestReply:
    event = None if request.event is None else wire.events_from_wire([request.event])[0]
    return wire.TestReply(wire.result_to_wire(context.store.webhooks.test(request.webhook_id, event)))


def list_webhook_deliveries(context: Context, request: wire.ListDeliveries) -> wire.DeliveriesReply:
    found = context.store.webhooks.deliveries(request.webhook_id, request.max_results)
    return wire.DeliveriesReply([wire.delivery_to_wire(item) for item in found])


HANDLERS: dict[str, Handler] = {
    "create_webhook": create_webhook,
    "list_webhooks": list_webhooks,
    "get_webhook": get_webhook,
    "update_webhook": update_webhook,
    "delete_webhook": delete_webhook,
    "test_webhook": test_webhook,
    "list_webhook_deliveries": list_webhook_deliveries,
}
