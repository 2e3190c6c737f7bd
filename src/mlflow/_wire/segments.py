"""Wire forms: what runs leave behind when they go on at an earlier step."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response
from mlflow.entities._segment import Segment


class WireSegment(Response, omit_defaults=False):
    """Points that a run has left behind."""

    number: int
    after_step: int
    time: int
    keys: list[str]
    points: int


class RewindRun(Request):
    """Takes a run back to a step."""

    run_id: str
    after_step: int
    name: str


class ListSegments(Request):
    """Asks for the segments of a run."""

    run_id: str


class GetSegmentHistory(Request):
    """Asks for points of a metric in a segment."""

    run_id: str
    number: int
    metric_key: str
    page_token: str = ""


class SegmentReply(Response):
    """A segment."""

    segment: WireSegment


class SegmentsReply(Response):
    """Segments of a run."""

    segments: list[WireSegment] = []


def segment_to_wire(segment: Segment) -> WireSegment:
    """A segment for a response."""
    return WireSegment(*segment)


def segment_from_wire(segment: WireSegment) -> Segment:
    """A segment from a response."""
    return Segment(segment.number, segment.after_step, segment.time, segment.keys, segment.points)
