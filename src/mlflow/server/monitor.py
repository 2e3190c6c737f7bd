"""What a server has done, counted, in the text format of Prometheus.

Counting one request costs a dictionary look-up and two additions. Several processes of one server put their counts
where all of them can read them, so that whichever answers a scrape answers for all.
"""

from __future__ import annotations

import json
import mmap
import os
import time
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlflow._storage.sql.figures import GROUP_BOUNDS, Figures
from mlflow.server.access_log import AccessLog
from mlflow.server.admission import Admission
from mlflow.version import VERSION

SECONDS_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_FAMILIES: dict[str, tuple[str, str]] = {
    "headrace_info": ("gauge", "Version of the server; the value is the number of its processes."),
    "headrace_requests_total": ("counter", "Requests that were answered, by route and status."),
    "headrace_request_seconds": ("histogram", "Time from the head of a request to the end of its answer."),
    "headrace_requests_under_way": ("gauge", "Requests that hold a place in a queue, by kind."),
    "headrace_requests_refused_total": ("counter", "Requests that were refused with 429."),
    "headrace_held_bytes": ("gauge", "Bytes of requests and answers that wait for slow clients."),
    "headrace_writer_queue": ("gauge", "Writes that wait for the writer."),
    "headrace_writer_group_size": ("histogram", "Writes that were made durable with one commit."),
    "headrace_writer_repeats_total": ("counter", "Transactions that were begun again."),
    "headrace_database_write_seconds_total": ("counter", "Time of the writer in its transactions."),
    "headrace_database_read_seconds_total": ("counter", "Time of all threads in reads of the database."),
    "headrace_database_readers": ("gauge", "Open connections to the database for reading."),
    "process_cpu_seconds_total": ("counter", "CPU time, user and system."),
    "process_resident_memory_bytes": ("gauge", "Memory that is resident."),
}
"""Type and meaning of every family, in the order in which they are shown."""

Samples = dict[str, float]
"""Values by name and labels as they are shown, as `name{label="value"}`; those of several processes add up."""


class _Requests:
    """Requests of one route that were answered with one status."""

    __slots__ = ("classes", "seconds")

    def __init__(self) -> None:
        self.classes = [0] * (len(SECONDS_BOUNDS) + 1)
        self.seconds = 0.0


class Monitor:
    """Counts requests, and shows all counts.

    Args:
        figures: What the store has done.
        admission: What is under way.
        log: Where each request is noted, if it is.
        board: Where the processes of one server put their counts, if there are several.
    """

    def __init__(
        self,
        figures: Callable[[], Figures],
        admission: Admission,
        log: AccessLog | None = None,
        board: Place | None = None,
    ) -> None:
        self._figures = figures
        self._admission = admission
        self._log = log
        self._board = board
        self._requests: dict[tuple[str, int], _Requests] = {}

    def observe(self, scope: Any, status: int, seconds: float) -> None:
        """Counts a request, and notes it in the log."""
        key = (scope.get("route", "other"), status)
        requests = self._requests.get(key)
        if requests is None:
            requests = self._requests[key] = _Requests()
        requests.classes[bisect_left(SECONDS_BOUNDS, seconds)] += 1
        requests.seconds += seconds
        if self._log is not None:
            self._log.add(scope, key[0], status, seconds)

    def publish(self) -> None:
        """Lets the other processes of the server know the counts of this one."""
        if self._board is not None:
            self._board.put(self._samples())

    def shown(self) -> bytes:
        """All counts, of all processes."""
        if self._board is None:
            return exposition(self._samples())
        self.publish()
        total: Samples = {}
        for samples in self._board.all():
            for name, value in samples.items():
                total[name] = total.get(name, 0) + value
        return exposition(total)

    def close(self) -> None:
        """Writes the rest of the log."""
        if self._log is not None:
            self._log.close()

    def _samples(self) -> Samples:
        figures, admission = self._figures(), self._admission
        writer = figures.writer
        samples: Samples = {f'headrace_info{{version="{VERSION}"}}': 1}
        by_route: dict[str, _Requests] = {}
        for (route, status), requests in self._requests.items():
            total = by_route.setdefault(route, _Requests())
            total.seconds += requests.seconds
            total.classes = [a + b for a, b in zip(total.classes, requests.classes, strict=True)]
            samples[f'headrace_requests_total{{route="{route}",status="{status}"}}'] = sum(requests.classes)
        for route, requests in by_route.items():
            samples |= _histogram(
                "headrace_request_seconds", SECONDS_BOUNDS, requests.classes, requests.seconds, route=route
            )
        for kind, count in admission.under_way.items():
            samples[f'headrace_requests_under_way{{kind="{kind}"}}'] = count
        samples["headrace_requests_refused_total"] = admission.refused
        samples["headrace_held_bytes"] = admission.held_bytes
        samples["headrace_writer_queue"] = figures.queued
        samples |= _histogram(
            "headrace_writer_group_size", GROUP_BOUNDS, [*writer.groups, 0], float(writer.operations)
        )
        samples["headrace_writer_repeats_total"] = writer.repeats
        samples["headrace_database_write_seconds_total"] = writer.seconds
        samples["headrace_database_read_seconds_total"] = figures.read_seconds
        samples["headrace_database_readers"] = figures.connections
        samples["process_cpu_seconds_total"] = time.process_time()
        samples |= _memory()
        return samples


def _histogram(
    name: str, bounds: Sequence[float], classes: Sequence[int], total: float, **labels: str
) -> Iterator[tuple[str, float]]:
    """Samples of a histogram; `classes` has one more member than `bounds`, for what is above all of them."""
    shown = "".join(f'{label}="{value}",' for label, value in labels.items())
    below = 0
    for bound, count in zip((*bounds, "+Inf"), classes, strict=True):
        below += count
        yield f'{name}_bucket{{{shown}le="{bound}"}}', below
    plain = f"{{{shown.rstrip(',')}}}" if shown else ""
    yield f"{name}_sum{plain}", total
    yield f"{name}_count{plain}", below


def exposition(samples: Mapping[str, float]) -> bytes:
    """Samples in the text format of Prometheus, version 0.0.4."""
    by_family: dict[str, list[str]] = {name: [] for name in _FAMILIES}
    for name, value in samples.items():
        by_family[_family(name)].append(f"{name} {value!r}")
    lines = []
    for family, (kind, meaning) in _FAMILIES.items():
        if by_family[family]:
            lines += [f"# HELP {family} {meaning}", f"# TYPE {family} {kind}", *by_family[family]]
    return ("\n".join(lines) + "\n").encode()


def _memory() -> Samples:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):  # a system without /proc
        return {}
    return {"process_resident_memory_bytes": pages * os.sysconf("SC_PAGE_SIZE")}


class Place:
    """The place of one process on a board. One that replaces another goes on from its totals.

    Args:
        board: The board.
        number: Which place.
    """

    def __init__(self, board: Board, number: int) -> None:
        self._board = board
        self._number = number
        before = board.get(number) or {}
        self._before = {name: value for name, value in before.items() if _kind(name) != "gauge"}

    def put(self, samples: Samples) -> None:
        """Replaces the counts of this process."""
        before = {name: value + samples.get(name, 0) for name, value in self._before.items()}
        self._board.put(self._number, {**samples, **before})

    def all(self) -> Iterator[Samples]:
        """The counts of every process."""
        return self._board.all()


def _family(name: str) -> str:
    """The family of a sample."""
    plain = name.partition("{")[0]
    return plain if plain in _FAMILIES else plain.rpartition("_")[0]


def _kind(name: str) -> str:
    return _FAMILIES[_family(name)][0]


class Board:
    """Memory that the processes of one server share: each writes its own place, all read all.

    A place holds the length and the checksum of a JSON text, and the text. A reader that meets a writer sees a wrong
    checksum, and looks again.

    Args:
        places: How many processes there are.

    Attributes:
        memory: The shared memory.
    """

    _PLACE_BYTES = 1024 * 1024

    def __init__(self, places: int) -> None:
        self._places = places
        self.memory = mmap.mmap(-1, places * self._PLACE_BYTES)

    def put(self, number: int, samples: Samples) -> None:
        """Replaces what a process has put into its place."""
        text = json.dumps(samples).encode()
        if len(text) + 8 > self._PLACE_BYTES:
            return
        start = number * self._PLACE_BYTES
        head = len(text).to_bytes(4, "big") + zlib.crc32(text).to_bytes(4, "big")
        self.memory[start : start + 8 + len(text)] = head + text

    def all(self) -> Iterator[Samples]:
        """What every process has put into its place."""
        for number in range(self._places):
            samples = self.get(number)
            if samples is not None:
                yield samples

    def get(self, number: int) -> Samples | None:
        """What a process has put into its place; `None` if nothing has been put there."""
        start = number * self._PLACE_BYTES
        for _ in range(20):
            size = int.from_bytes(self.memory[start : start + 4], "big")
            checksum = int.from_bytes(self.memory[start + 4 : start + 8], "big")
            text = self.memory[start + 8 : start + 8 + size]
            if not size:
                return None
            if zlib.crc32(text) == checksum:
                samples: Samples = json.loads(text)
                return samples
            time.sleep(0.001)
        return None
