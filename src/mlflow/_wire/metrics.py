"""Wire forms: metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Literal

import msgspec

from mlflow._wire.shapes import Request, Response
from mlflow._wire.values import WireDouble, double_from_wire, double_to_wire
from mlflow.entities._envelope import Envelope
from mlflow.entities.metric import Metric
from mlflow.exceptions import InvalidParameterValue


class WireMetric(Response):
    """A point of a metric."""

    key: str = ""
    value: WireDouble = ""
    timestamp: int = -1
    step: int | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None


class LogMetric(Request):
    """Appends a point."""

    key: str
    value: WireDouble
    timestamp: int
    run_id: str = ""
    run_uuid: str = ""
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class GetMetricHistory(Request):
    """Asks for points of one series."""

    metric_key: str
    run_id: str = ""
    run_uuid: str = ""
    page_token: str = ""
    max_results: int | None = None


class GetMetricHistoryBulk(Request):
    """Asks for points of one key in several runs."""

    run_id: list[str]
    metric_key: str
    max_results: int = 25_000


class GetMetricHistoryBulkInterval(Request):
    """Asks for evenly sampled points of one key in several runs."""

    run_ids: list[str]
    metric_key: str
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = 2500


class MetricHistory(Response):
    """Points of metrics."""

    metrics: list[WireMetric] = []
    next_page_token: str = ""


class SeriesName(msgspec.Struct):
    """A series of a run."""

    run_id: str
    key: str


class GetSeries(Request):
    """Asks for the shapes of series, in buckets along the steps or along the time."""

    series: list[SeriesName]
    x: Literal["step", "time"] = "step"
    start: int | None = None
    end: int | None = None
    buckets: int = 1000


class WireEnvelope(Response, omit_defaults=False):
    """The shape of a series; all lists but `nan` are as long as `x`, where `null` stands for NaN."""

    run_id: str
    key: str
    n: int
    x: list[int]
    min: list[WireDouble | None]
    max: list[WireDouble | None]
    mean: list[WireDouble | None]
    last: list[WireDouble | None]
    nan: list[int]
    sampled: bool


class SeriesReply(Response, omit_defaults=False):
    """Shapes of series, in the order asked for."""

    series: list[WireEnvelope]


def envelope_to_wire(run_id: str, key: str, found: Envelope) -> WireEnvelope:
    """The shape of a series for a response."""
    low, high, mean, last = map(_doubles_to_wire, (found.low, found.high, found.mean, found.last))
    return WireEnvelope(run_id, key, found.points, found.x, low, high, mean, last, found.nans, found.sampled)


def envelope_from_wire(found: WireEnvelope) -> Envelope:
    """The shape of a series from a response."""
    low, high, mean, last = map(_doubles_from_wire, (found.min, found.max, found.mean, found.last))
    return Envelope(found.n, found.x, low, high, mean, last, found.nan, found.sampled)


def _doubles_to_wire(values: Sequence[float | None]) -> list[WireDouble | None]:
    return [None if value is None else double_to_wire(value) for value in values]


def _doubles_from_wire(values: Sequence[WireDouble | None]) -> list[float | None]:
    return [None if value is None else double_from_wire(value, "series") for value in values]


def metrics_to_wire(metrics: Iterable[Metric]) -> list[WireMetric]:
    """Points for a request or response."""
    return [
        WireMetric(
            metric.key,
            value if isfinite(value := metric.value) else double_to_wire(value),
            metric.timestamp,
            metric.step,
            metric.model_id,
            metric.dataset_name,
            metric.dataset_digest,
            metric.run_id,
        )
        for metric in metrics
    ]


def metrics_from_wire(metrics: Sequence[WireMetric]) -> list[Metric]:
    """The points of a batch.

    Raises:
        InvalidParameterValue: As `metric_from_wire`; the message says which point.
    """
    return [
        Metric(metric.key, metric.value, metric.timestamp, metric.step or 0)
        if type(metric.value) is float
        and metric.timestamp >= 0
        and not metric.model_id
        and not metric.dataset_name
        and not metric.dataset_digest
        and not metric.run_id
        else metric_from_wire(metric, f"metrics[{i}].")
        for i, metric in enumerate(metrics)
    ]


def metric_from_wire(metric: WireMetric | LogMetric, path: str = "") -> Metric:
    """A point from a request or response.

    Raises:
        InvalidParameterValue: The value is no number or missing, or the timestamp is missing.
    """
    if metric.value == "":
        raise InvalidParameterValue(f"Missing value for required parameter '{path}value'")
    if isinstance(metric, WireMetric) and metric.timestamp == -1:
        raise InvalidParameterValue(f"Missing value for required parameter '{path}timestamp'")
    return Metric(
        metric.key,
        double_from_wire(metric.value, f"{path}value"),
        metric.timestamp,
        metric.step or 0,
        metric.model_id or None,
        metric.dataset_name or None,
        metric.dataset_digest or None,
        (metric.run_id or None) if isinstance(metric, WireMetric) else None,
    )
