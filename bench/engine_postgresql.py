"""The server on PostgreSQL against the least that a server can do there, and against the driver alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg

from bench import prototype
from bench.engine import CLIENTS, SECONDS, batches_per_second
from bench.load import new_run
from bench.postgresql import database
from bench.rows import Row
from bench.sides import Side, empty_folder, free_port, server, serving


def engine_postgresql(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """log-batch of 3 metrics over HTTP from 32 clients on PostgreSQL, beside a server that does no more, and no server."""
    del theirs
    served, least, bare = [], [], []
    for _ in range(rounds):
        with database() as url, empty_folder() as folder:
            with server(ours, folder, "--backend-store-uri", url) as running:
                runs = [new_run(running.address) for _ in range(CLIENTS)]
                served.append(batches_per_second(running.address, runs))
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(prototype.TABLES.encode())
                bare.append(_bare(connection))
                connection.execute(b"TRUNCATE history, latest")
            least.append(_least(ours, folder, url))
    name = f"log-batch of 3 over HTTP on PostgreSQL, {CLIENTS} clients"
    rate = statistics.median(served)
    for beside, figures, target in (
        ("a server that does no more", least, 0.7),
        (f"psycopg in groups of {CLIENTS}", bare, 0.25),
    ):
        yield Row(
            f"{name} (beside: {beside})", "/s", rate, statistics.median(figures), target, more_is_better=True
        )


def _least(side: Side, folder: Path, url: str) -> float:
    port = free_port()
    # -P: its neighbours are no modules of its own.
    command = [side.python, "-P", str(Path(prototype.__file__)), str(port), url]
    with serving(command, port, folder) as running:
        return batches_per_second(running.address, [uuid4().hex for _ in range(CLIENTS)])


def _bare(connection: psycopg.Connection[tuple[object, ...]]) -> float:
    """The same rows, 32 requests a commit, as arrays and in one trip."""
    done = 0
    started = time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        stamp = 1_700_000_000_000 + done
        prototype.write(
            connection, [(run, key, done, stamp, 0.5) for run in range(CLIENTS) for key in (1, 2, 3)]
        )
        done += CLIENTS
    return done / (time.perf_counter() - started)
