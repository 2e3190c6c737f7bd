"""From what people log to what is stored."""

from __future__ import annotations

from typing import Any

from mlflow._base.clock import now_ms
from mlflow._storage import validation
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue


def metric_value(value: Any, key: str) -> float:
    """A metric value as a number: numeric text, booleans, and what holds one number (arrays, tensors).

    Raises:
        InvalidParameterValue: It is no number.
    """
    if type(value) is float:
        return value
    item = getattr(value, "item", None)
    if item is not None:
        try:
            value = item()
        except (TypeError, ValueError, RuntimeError):
            raise InvalidParameterValue(
                f"Got invalid value {value!r} for metric {key!r}: a metric is one number, this holds several"
            ) from None
    return validation.metric_value(value, key)


def make_metric(
    key: str,
    value: Any,
    timestamp: Any = None,
    step: Any = None,
    model_id: str | None = None,
    dataset_name: str | None = None,
    dataset_digest: str | None = None,
) -> Metric:
    """A point of a metric.

    Args:
        key: Name of the metric.
        value: What `metric_value` takes.
        timestamp: Milliseconds since the epoch; now by default.
        step: Whole number; 0 by default.
        model_id: Logged model that it is measured on.
        dataset_name: Dataset that it is measured on.
        dataset_digest: Digest of that dataset.
    """
    return Metric(
        key,
        metric_value(value, key),
        now_ms() if timestamp is None else _whole(timestamp, "timestamp", key),
        0 if step is None else _whole(step, "step", key),
        model_id,
        dataset_name,
        dataset_digest,
    )


def _whole(value: Any, what: str, key: str) -> int:
    if type(value) is int:
        return value
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidParameterValue(
            f"Got invalid {what} {value!r} for metric {key!r}: it is a whole number"
        ) from None
