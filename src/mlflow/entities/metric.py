"""One point of a metric."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mlflow.entities._base import _MlflowObject


class Metric(_MlflowObject, msgspec.Struct, frozen=True, gc=False):
    """One point of a metric.

    Histories have a million of these, and a struct costs a tenth of what a dataclass does.

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

    @classmethod
    def _names(cls) -> Iterable[str]:
        return cls.__struct_fields__
