"""What is measured of a server that has worked for a while: the memory that it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench.load import drive, new_run, request_bytes
from bench.rows import Row
from bench.sides import Side, empty_folder, family, memory_mb, server

POINTS = 1_000_000
SEARCHES = 10_000
CLIENTS = 8
MOST_MB = 200
"""What ours may keep."""


def memory(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Memory of a server after a million logged points and 10,000 searches, once."""
    del rounds
    mine, yours = _worked(ours), _worked(theirs)
    yield Row("server memory after 1 M points", "MB", mine[0], yours[0], 4)
    yield Row(f"and 10,000 searches (ours at most {MOST_MB} MB)", "MB", mine[1], yours[1], 4)


def _worked(side: Side) -> tuple[float, float]:
    """MB after logging, and after searching as well."""
    with empty_folder() as folder, server(side, folder) as running:
        runs = [new_run(running.address) for _ in range(100)]

        def log(number: int) -> bytes:
            metrics = [
                {
                    "key": f"m{i % 10}",
                    "value": number + i / 7,
                    "timestamp": 1_700_000_000_000 + i,
                    "step": number * 100 + i // 10,
                }
                for i in range(1000)
            ]
            body = json.dumps({"run_id": runs[number % len(runs)], "metrics": metrics}).encode()
            return request_bytes(running.address, "POST", "/api/2.0/mlflow/runs/log-batch", body)

        def search(number: int) -> bytes:
            body = {
                "experiment_ids": ["0"],
                "filter": f"metrics.m{number % 10} > {number % 100}",
                "order_by": [f"metrics.m{number % 7} DESC"],
                "max_results": 50,
            }
            return request_bytes(
                running.address, "POST", "/api/2.0/mlflow/runs/search", json.dumps(body).encode()
            )

        drive(running.address, CLIENTS, 0, log, requests=POINTS // 1000)
        after_logging = memory_mb(family(running.pid))
        drive(running.address, CLIENTS, 0, search, requests=SEARCHES)
        return after_logging, memory_mb(family(running.pid))
