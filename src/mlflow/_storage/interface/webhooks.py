"""Contract: webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mlflow._storage.interface.pages import Page
from mlflow.entities.webhook import (
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)


class WebhookStore(Protocol):
    """Addresses that are told what happens.

    A delivery is queued in the transaction of the change that it tells of: it is neither lost nor made up. A server
    makes deliveries in the background, each at least once, in no certain order; receivers know one they had by its id.
    Those to what is unreachable or overloaded are tried again, later each time.
    """

    def create(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus = WebhookStatus.ACTIVE,
    ) -> Webhook:
        """Makes a webhook.

        Args:
            name: 1 to 63 letters, digits, `.`, `_` and `-`, with a letter or digit at both ends.
            url: Where it is told; the host must have public addresses alone.
            events: What it is told, at least one.
            description: Text for people.
            secret: What deliveries are signed with. It is never given out.
            status: Whether it is told anything.

        Raises:
            InvalidParameterValue: Something of it is not as said.
        """
        ...

    def get(self, webhook_id: str) -> Webhook:
        """A webhook.

        Raises:
            ResourceDoesNotExist: There is none of that id.
        """
        ...

    def search(self, max_results: int = 100, page_token: str | None = None) -> Page[Webhook]:
        """All webhooks, the newest first; 1 to 1,000 a page."""
        ...

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
        """Changes what is given; events replace those before.

        Raises:
            ResourceDoesNotExist: There is none of that id.
            InvalidParameterValue: Something is not as `create` wants it.
        """
        ...

    def delete(self, webhook_id: str) -> None:
        """Deletes a webhook; what waits for it is not delivered any more.

        Raises:
            ResourceDoesNotExist: There is none of that id.
        """
        ...

    def test(self, webhook_id: str, event: WebhookEvent | None = None) -> WebhookTestResult:
        """Tells a webhook an example at once, whatever its status; of its first event by default.

        Raises:
            ResourceDoesNotExist: There is none of that id.
        """
        ...

    def deliveries(self, webhook_id: str, max_results: int = 100) -> list[WebhookDelivery]:
        """The last deliveries to a webhook, the newest first; 1 to 1,000. They are kept for 30 days.

        Raises:
            ResourceDoesNotExist: There is none of that id.
        """
        ...
