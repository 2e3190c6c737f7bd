"""Making the deliveries that webhooks wait for, for as long as a server lives."""

from __future__ import annotations

import logging
from threading import BoundedSemaphore, Thread

from mlflow._storage.sql.webhooks import DueDelivery, SqlWebhooks, deliver
from mlflow._webhooks.sending import WebhookAnswer
from mlflow.environment_variables import MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS
from mlflow.exceptions import MlflowException

_log = logging.getLogger("mlflow.server")


class Deliveries:
    """Makes deliveries in threads of its own, so that a slow receiver keeps nobody else waiting.

    What a server that is killed had taken on is due again after a while: somebody may be told twice, and nobody never.

    Args:
        webhooks: Where deliveries wait.
    """

    def __init__(self, webhooks: SqlWebhooks) -> None:
        self._webhooks = webhooks
        self._workers = max(1, MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS.get())
        self._free = BoundedSemaphore(self._workers)
        self._closed = False

    def start_due(self) -> int:
        """Starts what is due, as far as there are threads for it; returns how many there were."""
        slots = 0
        while not self._closed and slots < self._workers and self._free.acquire(blocking=False):
            slots += 1
        due: list[DueDelivery] = []
        try:
            due = self._webhooks.claim(slots) if slots else []
        finally:
            for _ in range(slots - len(due)):
                self._free.release()
        for item in due:
            # Not of a pool, which would have a server that stops wait for receivers.
            Thread(target=self._deliver, args=(item,), name="headrace-webhook", daemon=True).start()
        return len(due)

    def close(self) -> None:
        """Takes on nothing more; what is under way is due again after a while unless it ends before the process."""
        self._closed = True

    def _deliver(self, due: DueDelivery) -> None:
        try:
            try:
                answer = deliver(due)
            except MlflowException as error:  # its secret cannot be read now
                answer = WebhookAnswer(error=error.message)
            self._webhooks.settle(due, answer)
            if not answer.ok:
                _log.warning(
                    "Delivery %s to %s failed: %s",
                    due.delivery_id,
                    due.url.partition("?")[0],
                    answer.error or f"HTTP status {answer.status}",
                )
        except MlflowException as error:
            _log.warning("Delivery %s could not be noted: %s", due.delivery_id, error.message)
        finally:
            self._free.release()
