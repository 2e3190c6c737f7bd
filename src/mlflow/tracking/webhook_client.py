"""The part of `MlflowClient` that has webhooks made."""

from __future__ import annotations

from collections.abc import Sequence

from mlflow._storage.interface.pages import Page
from mlflow._storage.interface.store import Store
from mlflow.entities.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)
from mlflow.exceptions import InvalidParameterValue

Event = WebhookEvent | str


class WebhookClient:
    """Webhooks of the registry, and of the runs in the same store. Deliveries are made by a server."""

    @property
    def _registry(self) -> Store:
        raise NotImplementedError  # the client that this is a part of has it

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[Event],
        description: str | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Makes a webhook.

        Args:
            name: Its name.
            url: Where it is told; `https`, with public addresses alone unless settings allow others.
            events: What it is told, such as `"model_version.created"`.
            description: Text for people.
            secret: What deliveries are signed with; it is never given out.
            status: `ACTIVE`, which it is by default, or `DISABLED`.
        """
        return self._registry.webhooks.create(
            name, url, _events(events), description, secret, _status(status) or WebhookStatus.ACTIVE
        )

    def get_webhook(self, webhook_id: str) -> Webhook:
        """A webhook; `ResourceDoesNotExist` when there is none."""
        return self._registry.webhooks.get(webhook_id)

    def list_webhooks(self, max_results: int | None = None, page_token: str | None = None) -> Page[Webhook]:
        """A page of webhooks, the newest first."""
        return self._registry.webhooks.search(100 if max_results is None else max_results, page_token)

    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Sequence[Event] | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook:
        """Changes what is given; events replace those before."""
        chosen = None if events is None else _events(events)
        return self._registry.webhooks.update(
            webhook_id, name, description, url, chosen, secret, _status(status)
        )

    def delete_webhook(self, webhook_id: str) -> None:
        """Deletes a webhook; what waits for it is not delivered any more."""
        self._registry.webhooks.delete(webhook_id)

    def test_webhook(self, webhook_id: str, event: Event | None = None) -> WebhookTestResult:
        """Tells a webhook an example at once; of its first event by default."""
        chosen = None if event is None else _events([event])[0]
        return self._registry.webhooks.test(webhook_id, chosen)

    def get_webhook_deliveries(self, webhook_id: str, max_results: int = 100) -> list[WebhookDelivery]:
        """The last deliveries to a webhook, the newest first, with what came of them."""
        return self._registry.webhooks.deliveries(webhook_id, max_results)


def _events(events: Sequence[Event]) -> list[WebhookEvent]:
    return [WebhookEvent.from_str(event) if isinstance(event, str) else event for event in events]


def _status(status: str | WebhookStatus | None) -> WebhookStatus | None:
    if status is None:
        return None
    try:
        return WebhookStatus(status)
    except ValueError:
        raise InvalidParameterValue(
            f"Invalid webhook status {status!r}: use {' or '.join(WebhookStatus)}"
        ) from None
