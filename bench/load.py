"""A load generator: raw HTTP over keep-alive connections, each with one request under way."""

from __future__ import annotations

import json
import selectors
import socket
import time
import urllib.request
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

FEWEST_ANSWERS = 20
LONGEST_SECONDS = 60.0
"""A side that is very slow gets this long for the fewest answers that a rate is worth."""


class Load(NamedTuple):
    """What came of a load."""

    per_second: float
    slowest: float
    requests: int


def post(address: str, path: str, content: object) -> dict[str, object]:
    """One JSON request."""
    request = urllib.request.Request(
        f"{address}/api/2.0/mlflow{path}", json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        reply: dict[str, object] = json.load(answer)
        return reply


def new_run(address: str) -> str:
    """A run of the default experiment."""
    reply = post(address, "/runs/create", {"experiment_id": "0", "start_time": 1})
    return str(reply["run"]["info"]["run_id"])  # type: ignore[index]


def request_bytes(address: str, method: str, path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the line."""
    host = urlsplit(address).netloc
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def drive(
    address: str, clients: int, seconds: float, make: Callable[[int], bytes], *, requests: int = 0
) -> Load:
    """Sends requests from several clients at once for some time, or a number of them.

    Args:
        address: The server.
        clients: Connections.
        seconds: How long.
        make: The bytes of the n-th request.
        requests: How many, however long that takes; 0 for as many as there is time for.

    Raises:
        RuntimeError: An answer was not a success.
    """
    parts = urlsplit(address)
    selector = selectors.DefaultSelector()
    number = done = 0
    slowest = 0.0
    sent: dict[int, float] = {}
    buffers: dict[int, bytes] = {}
    for _ in range(clients):
        connection = socket.create_connection((str(parts.hostname), int(parts.port or 80)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        buffers[connection.fileno()] = b""
        sent[connection.fileno()] = time.perf_counter()
        connection.sendall(make(number))
        number += 1
    started = time.perf_counter()
    end = started + seconds
    latest = started + max(seconds, LONGEST_SECONDS)
    while done < requests or (
        not requests and ((now := time.perf_counter()) < end or (done < FEWEST_ANSWERS and now < latest))
    ):
        for key, _ in selector.select(1):
            connection = key.fileobj  # type: ignore[assignment]
            fileno = key.fd
            data = buffers[fileno] + connection.recv(1 << 16)
            if not _is_whole(data):
                buffers[fileno] = data
                continue
            if not data.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
                raise RuntimeError(data[:300].decode(errors="replace"))
            now = time.perf_counter()
            slowest = max(slowest, now - sent[fileno])
            done += 1
            buffers[fileno] = b""
            sent[fileno] = now
            connection.sendall(make(number))
            number += 1
    elapsed = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return Load(done / elapsed, slowest, done)


def _is_whole(data: bytes) -> bool:
    head, gap, body = data.partition(b"\r\n\r\n")
    if not gap:
        return False
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return body.endswith(b"0\r\n\r\n")  # chunked
    length = int(lowered[at + 15 :].split(b"\r\n", 1)[0])
    return len(body) >= length
