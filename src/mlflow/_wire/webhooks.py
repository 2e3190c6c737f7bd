"""Wire forms: webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mlflow._wire.shapes import Request, Response
from mlflow.entities.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)

StatusName = Literal["ACTIVE", "DISABLED"]


class WireWebhookEvent(Request):
    """A kind of event: `MODEL_VERSION`, `CREATED`."""

    entity: str
    action: str


class WireWebhook(Response):
    """A webhook; its secret is never given out."""

    webhook_id: str
    name: str
    url: str
    events: list[WireWebhookEvent]
    status: StatusName
    creation_timestamp: int
    last_updated_timestamp: int
    description: str | None = None


class WireTestResult(Response):
    """What came of a trial."""

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None


class WireWebhookDelivery(Response, omit_defaults=False):
    """Something that a webhook is to be told, or was."""

    delivery_id: str
    event: str
    creation_timestamp: int
    attempts: int
    next_attempt: int | None = None
    last_attempt: int | None = None
    response_status: int | None = None
    error_message: str = ""


class CreateWebhook(Request):
    """Makes a webhook."""

    name: str
    url: str
    events: list[WireWebhookEvent]
    description: str | None = None
    secret: str | None = None
    status: StatusName = "ACTIVE"


class ListWebhooks(Request):
    """Asks for a page of webhooks, the newest first."""

    max_results: int = 100
    page_token: str = ""


class GetWebhook(Request):
    """Asks for a webhook."""

    webhook_id: str


class UpdateWebhook(Request):
    """Changes a webhook; events replace those before."""

    webhook_id: str
    name: str | None = None
    description: str | None = None
    url: str | None = None
    events: list[WireWebhookEvent] = []
    secret: str | None = None
    status: StatusName | None = None


class DeleteWebhook(Request):
    """Deletes a webhook."""

    webhook_id: str


class TestWebhook(Request):
    """Tells a webhook an example; of its first event by default."""

    __test__ = False  # it is no test of ours

    webhook_id: str
    event: WireWebhookEvent | None = None


class ListDeliveries(Request):
    """Asks for the last deliveries to a webhook, the newest first."""

    webhook_id: str
    max_results: int = 100


class WebhookReply(Response):
    """A webhook."""

    webhook: WireWebhook


class WebhooksReply(Response):
    """A page of webhooks."""

    webhooks: list[WireWebhook] = []
    next_page_token: str = ""


class TestReply(Response):
    """What came of a trial."""

    __test__ = False

    result: WireTestResult


class DeliveriesReply(Response, omit_defaults=False):
    """Deliveries, the newest first."""

    deliveries: list[WireWebhookDelivery] = []


def webhook_to_wire(webhook: Webhook) -> WireWebhook:
    """A webhook for a response."""
    return WireWebhook(
        webhook.webhook_id,
        webhook.name,
        webhook.url,
        events_to_wire(webhook.events),
        webhook.status.value,
        webhook.creation_timestamp,
        webhook.last_updated_timestamp,
        webhook.description,
    )


def webhook_from_wire(webhook: WireWebhook) -> Webhook:
    """A webhook from a response."""
    return Webhook(
        webhook.webhook_id,
        webhook.name,
        webhook.url,
        events_from_wire(webhook.events),
        webhook.creation_timestamp,
        webhook.last_updated_timestamp,
        webhook.description,
        WebhookStatus(webhook.status),
    )


def events_to_wire(events: Sequence[WebhookEvent]) -> list[WireWebhookEvent]:
    """Events for a message."""
    return [WireWebhookEvent(event.entity.name, event.action.name) for event in events]


def events_from_wire(events: Sequence[WireWebhookEvent]) -> list[WebhookEvent]:
    """Events from a message.

    Raises:
        InvalidParameterValue: There is no such event.
    """
    return [WebhookEvent(event.entity, event.action) for event in events]


def result_to_wire(result: WebhookTestResult) -> WireTestResult:
    """The outcome of a trial for a response."""
    return WireTestResult(**dict(result))


def result_from_wire(result: WireTestResult) -> WebhookTestResult:
    """The outcome of a trial from a response."""
    return WebhookTestResult(
        result.success, result.response_status, result.response_body, result.error_message
    )


def delivery_to_wire(delivery: WebhookDelivery) -> WireWebhookDelivery:
    """A delivery for a response."""
    return WireWebhookDelivery(**dict(delivery))


def delivery_from_wire(delivery: WireWebhookDelivery) -> WebhookDelivery:
    """A delivery from a response."""
    return WebhookDelivery(**{name: getattr(delivery, name) for name in delivery.__struct_fields__})
