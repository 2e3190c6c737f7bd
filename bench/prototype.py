"""The least that a server on PostgreSQL can be: what the choice of our parts was measured with, made again.

`python -m bench.prototype PORT URL` takes log-batches and nothing else. One thread writes; it takes what is queued and
sends it as two statements on arrays, in one pipeline with their BEGIN and COMMIT. It looks for no run, checks no
limit, keeps no summary but the latest value, and cannot say which request a failure belongs to.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from queue import SimpleQueue
from typing import Any

import msgspec
import psycopg

TABLES = """
CREATE TABLE history (
    run bigint, key bigint, step bigint, ts bigint, value double precision, PRIMARY KEY (run, key, step, ts, value)
);
CREATE TABLE latest (
    run bigint, key bigint, step bigint, ts bigint, value double precision, PRIMARY KEY (run, key)
);
"""
_ARRAYS = "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::float8[])"
_HISTORY = f"INSERT INTO history {_ARRAYS} ON CONFLICT DO NOTHING".encode()
_LATEST = (
    f"INSERT INTO latest {_ARRAYS} ON CONFLICT (run, key) DO UPDATE SET step = excluded.step, ts = excluded.ts, "
    "value = excluded.value WHERE (excluded.step, excluded.ts) >= (latest.step, latest.ts)"
).encode()
GROUP = 256

Point = tuple[int, int, int, int, float]
"""Run, key, step, timestamp and value."""


class _Metric(msgspec.Struct):
    key: str
    value: float
    timestamp: int
    step: int


class _Batch(msgspec.Struct):
    run_id: str
    metrics: list[_Metric]


def write(connection: psycopg.Connection[Any], points: list[Point]) -> None:
    """Stores points, durably, in one transaction and one trip to the database."""
    points.sort()
    history = [list(column) for column in zip(*points, strict=True)]
    latest = [list(column) for column in zip(*{point[:2]: point for point in points}.values(), strict=True)]
    with connection.pipeline():
        connection.execute(b"BEGIN")
        connection.execute(_HISTORY, history, binary=True)
        connection.execute(_LATEST, latest, binary=True)
        connection.execute(b"COMMIT")


class Prototype:
    """The application.

    Args:
        url: The database, with the tables in it.
    """

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._queue: SimpleQueue[tuple[list[Point], asyncio.Future[None]]] = SimpleQueue()
        self._keys: dict[str, int] = {}
        self._decode = msgspec.json.Decoder(_Batch).decode
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._serve, args=(self._loop,), daemon=True).start()
        if scope["method"] == "POST":
            batch = self._decode((await receive())["body"])
            run, keys = int(batch.run_id[:15], 16), self._keys
            points = [
                (run, keys.setdefault(each.key, len(keys)), each.step, each.timestamp, each.value)
                for each in batch.metrics
            ]
            stored: asyncio.Future[None] = self._loop.create_future()
            self._queue.put((points, stored))
            await stored
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < GROUP and not self._queue.empty():
                group.append(self._queue.get())
            write(self._connection, [point for points, _ in group for point in points])
            loop.call_soon_threadsafe(_answer, [stored for _, stored in group])


def _answer(waiting: list[asyncio.Future[None]]) -> None:
    for each in waiting:
        if not each.done():
            each.set_result(None)


def main() -> None:
    """Serves until it is told to stop."""
    import uvicorn

    port, url = sys.argv[1:]
    uvicorn.run(
        Prototype(url), host="127.0.0.1", port=int(port), http="httptools", loop="uvloop", lifespan="off",
        log_level="warning", access_log=False, server_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
