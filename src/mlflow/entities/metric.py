"""One point of a metric."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True, init=False)
class Metric(_MlflowObject):
    """One point of a metric.

    Attributes:
        key: Name of the metric.
        value: The value; NaN and infinities are values like any other.
        timestamp: When it was measured, in milliseconds since the epoch.
        step: Position in the training, negative allowed.
        model_id: Logged model that it was measured on.
        dataset_name: Dataset that it was measured on.
        dataset_digest: Digest of that dataset.
        run_id: Run that logged it, where the point stands alone.
    """

    key: str
    value: float
    timestamp: int
    step: int
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None

    def __init__(
        self,
        key: str,
        value: float,
        timestamp: int,
        step: int,
        model_id: str | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        run_id: str | None = None,
    ) -> None:
        # Batches have a thousand of these; the generated method of a frozen class takes twice as long.
        self.__dict__.update(
            key=key,
            value=value,
            timestamp=timestamp,
            step=step,
            model_id=model_id,
            dataset_name=dataset_name,
            dataset_digest=dataset_digest,
            run_id=run_id,
        )
