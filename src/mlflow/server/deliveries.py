"""Making the deliveries that webhooks wait for, for as long as a server lives."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

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
        workers = max(1, MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS.get())
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="headrace-webhook")
        self._free = BoundedSemaphore(workers)
        self._workers = workers

    def start_due(self) -> int:
        """Starts what is due, as far as there are threads for it; returns how many there were."""
        slots = 0
        while slots < self._workers and self._free.acquire(blocking=False):
            slots += 1
        due: list[DueDelivery] = []
        try:
            due = self._webhooks.claim(slots) if slots else []
        finally:
            for _ in range(slots - len(due)):
                self._free.release()
        for item in due:
            self._pool.submit(self._deliver, item)
        return len(due)

    def close(self) -> None:
        """Takes on nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

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
