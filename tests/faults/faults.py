"""The faults: each strikes when it is called, and is healed when it returns."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.faults.databases import PostgresServer, SqliteFile
from tests.faults.world import World

JOURNAL_MARK = b"\xc1HJ\x1e"
"""What a record of a journal begins with (docs/journal.md)."""


class Fault(NamedTuple):
    """A fault.

    Attributes:
        strike: Lets it happen, and heals it.
        engine: The only engine that it happens to; empty for any.
        needs_disk: Whether it takes a disk of its own.
        journaled: Whether its trainers always keep journals.
        directly: How many trainers there are that write into the database themselves; 0 for trainers on a server.
    """

    strike: Callable[[World, random.Random], None]
    engine: str = ""
    needs_disk: bool = False
    journaled: bool = False
    directly: int = 0


def nothing(world: World, rng: random.Random) -> None:
    """No fault, for comparison."""


def kill_trainer(world: World, rng: random.Random) -> None:
    """A trainer is killed."""
    world.kill_a_trainer(rng)


def kill_server(world: World, rng: random.Random) -> None:
    """The server is killed, and started again after a while."""
    world.server.kill()
    time.sleep(rng.choice((0, 0.1, 0.3)))
    world.start_server()


def stop_server(world: World, rng: random.Random) -> None:
    """The server is stopped in an orderly way while clients are at work, and started again."""
    world.server.stop()
    world.start_server()


def freeze_server(world: World, rng: random.Random) -> None:
    """The server stands still for a moment."""
    world.server.signal(signal.SIGSTOP)
    time.sleep(rng.uniform(0.05, 0.4))
    world.server.signal(signal.SIGCONT)


def cut_line(world: World, rng: random.Random) -> None:
    """Connections between clients and server are cut, several times."""
    for _ in range(rng.randint(1, 5)):
        world.proxy.cut()
        time.sleep(rng.uniform(0, 0.05))


def cut_in_the_middle(world: World, rng: random.Random) -> None:
    """Connections are cut after some bytes: in a request, or in an answer."""
    for _ in range(rng.randint(1, 5)):
        world.proxy.cut_after = rng.randint(1, 20_000)
        time.sleep(rng.uniform(0, 0.05))
    world.proxy.cut_after = None


def delay_line(world: World, rng: random.Random) -> None:
    """What passes between clients and server comes late and in pieces."""
    world.proxy.delay = rng.choice((0.001, 0.02, 0.1))
    time.sleep(rng.uniform(0.05, 0.3))
    world.proxy.delay = 0.0


def fill_disk(world: World, rng: random.Random) -> None:
    """The disk of the database and the artifacts is full for a while."""
    world.disk.fill(rng.choice((0, 0, 4096, 50_000)))
    time.sleep(rng.uniform(0.05, 0.3))
    world.disk.free()


def limit_files(world: World, rng: random.Random) -> None:
    """Files of the server may not grow for a while."""
    before = resource.prlimit(world.server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(world.server.pid, resource.RLIMIT_FSIZE, (rng.choice((1, 100_000, 500_000)), before[1]))
    time.sleep(rng.uniform(0.05, 0.3))
    resource.prlimit(world.server.pid, resource.RLIMIT_FSIZE, before)


def read_only_disk(world: World, rng: random.Random) -> None:
    """The server is killed and started again on a disk that has become read-only; then the disk is mended."""
    world.server.kill()
    world.disk.allow_writing(False)
    try:
        if world.server.try_to_start():
            time.sleep(rng.uniform(0, 0.2))
    finally:
        world.server.kill()
        world.disk.allow_writing(True)
    world.start_server()


def garbage_in_log(world: World, rng: random.Random) -> None:
    """The server is killed, and the end of the database's log holds what a disk has not written completely."""
    assert isinstance(world.database, SqliteFile)
    world.server.kill()
    log = world.database.path.with_name("store.db-wal")
    if log.exists():
        with log.open("ab") as file:
            file.write(rng.randbytes(rng.randint(1, 10_000)))
    world.start_server()


def tear_journals(world: World, rng: random.Random) -> None:
    """All trainers are killed, and of the last record of each journal only a part is on the disk."""
    world.kill_trainers()
    world.torn = True
    for journal in (world.journals or world.folder).glob("*/"):
        segments = sorted(journal.glob("[0-9]*.journal"))
        data = segments[-1].read_bytes() if segments else b""
        last = data.rfind(JOURNAL_MARK)
        if last > 0:
            os.truncate(segments[-1], rng.randint(last, len(data) - 1))


def kill_database(world: World, rng: random.Random) -> None:
    """All processes of the database are killed; it is started again after a while."""
    assert isinstance(world.database, PostgresServer)
    world.database.kill()
    time.sleep(rng.choice((0, 0.1, 0.3)))
    world.database.start()


def end_database_connections(world: World, rng: random.Random) -> None:
    """The database ends the connections of the server."""
    assert isinstance(world.database, PostgresServer)
    for _ in range(rng.randint(1, 4)):
        world.database.end_connections()
        time.sleep(rng.uniform(0, 0.05))


def cut_database_line(world: World, rng: random.Random) -> None:
    """Connections between server and database are cut after some bytes: in a statement, or in what it answers."""
    assert isinstance(world.database, PostgresServer)
    for _ in range(rng.randint(1, 5)):
        way = rng.random()
        if way < 0.2:
            world.database.proxy.cut()
        elif way < 0.6:
            world.database.proxy.cut_after = rng.randint(1, 10_000)
        else:
            world.database.proxy.cut_at = b"COMMIT"
        time.sleep(rng.uniform(0, 0.08))
    world.database.proxy.cut_after = world.database.proxy.cut_at = None


def kill_writers(world: World, rng: random.Random) -> None:
    """Some of many processes that write into one file are killed."""
    for _ in range(rng.randint(1, 6)):
        world.kill_a_trainer(rng)
        time.sleep(rng.uniform(0, 0.1))


FAULTS: dict[str, Fault] = {
    "nothing": Fault(nothing),
    "kill_trainer": Fault(kill_trainer),
    "kill_server": Fault(kill_server),
    "stop_server": Fault(stop_server),
    "freeze_server": Fault(freeze_server),
    "cut_line": Fault(cut_line),
    "cut_in_the_middle": Fault(cut_in_the_middle),
    "delay_line": Fault(delay_line),
    "fill_disk": Fault(fill_disk, engine="sqlite", needs_disk=True),
    "limit_files": Fault(limit_files, engine="sqlite"),
    "read_only_disk": Fault(read_only_disk, engine="sqlite", needs_disk=True),
    "garbage_in_log": Fault(garbage_in_log, engine="sqlite"),
    "kill_writers": Fault(kill_writers, engine="sqlite", directly=32),
    "tear_journals": Fault(tear_journals, journaled=True),
    "kill_database": Fault(kill_database, engine="postgresql"),
    "end_database_connections": Fault(end_database_connections, engine="postgresql"),
    "cut_database_line": Fault(cut_database_line, engine="postgresql"),
}
