"""The access log: one JSON object per line and request, written by a thread of its own.

The event loop only appends to a queue: a disk or a pipe that is slow must not hold up requests. When the queue is
full, lines are left out, and one line says how many.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

from mlflow.exceptions import InvalidParameterValue

QUEUED_LINES = 100_000
PAUSE_SECONDS = 0.1
"""How long lines are gathered."""
_STANDARD_ERROR = 2


class AccessLog:
    """Writes what was asked and what came of it.

    Args:
        path: The file, which is appended to; `-` is the standard error output.

    Raises:
        InvalidParameterValue: The file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self._file = _STANDARD_ERROR if path == "-" else _opened(path)
        self._waiting: deque[tuple[float, str, str, str, str, int, float]] = deque()
        self._left_out = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="headrace-access-log", daemon=True)
        self._thread.start()

    def add(self, scope: Any, route: str, status: int, seconds: float) -> None:
        """Notes a request: its time, client, method, path, route, status and duration; never its query or body."""
        if len(self._waiting) >= QUEUED_LINES:
            self._left_out += 1
            return
        client = scope.get("client")
        self._waiting.append(
            (time.time(), client[0] if client else "", scope["method"], scope["path"], route, status, seconds)
        )

    def close(self) -> None:
        """Writes what waits."""
        self._closed.set()
        self._thread.join(5)
        if self._file != _STANDARD_ERROR:
            os.close(self._file)

    def _serve(self) -> None:
        while not self._closed.wait(PAUSE_SECONDS):
            self._write()
        self._write()

    def _write(self) -> None:
        lines = []
        while self._waiting:
            moment, client, method, path, route, status, seconds = self._waiting.popleft()
            line = {
                "time": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds"),
                "client": client,
                "method": method,
                "path": path,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 3),
            }
            lines.append(json.dumps(line))
        if self._left_out:
            left_out, self._left_out = self._left_out, 0
            lines.append(json.dumps({"left_out": left_out}))
        if not lines:
            return
        data = ("\n".join(lines) + "\n").encode()
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError:  # a full disk or a closed pipe must not end the log, let alone the server
            self._left_out += len(lines)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    except OSError as error:
        raise InvalidParameterValue(
            f"The access log {path} cannot be written: {error.strerror or error}. Give another file with --access-log"
        ) from None
