"""What faults happen to: a database, a server on it, a line to the server, and trainers."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from mlflow.server.run import ServerOptions, serve
from tests.faults.databases import Database, PostgresServer, SqliteFile
from tests.faults.kin import children, end_with_parent
from tests.faults.proxy import Proxy
from tests.faults.trainer import send_journals, train
from tests.ports import free_port

DISK_BYTES = 96 * 1024 * 1024
STARTS_WITHIN = 60.0
SENDS_WITHIN = 120.0
"""Seconds for what takes one, on a machine that is busy with other things."""

_WARM = (
    "pandas",
    "mlflow.server.app",
    "mlflow.server.artifacts",
    "mlflow.server.protocol",
    "mlflow._artifacts.local",
    "mlflow._storage.rest.store",
    "tests.faults.trainer",
    "tests.faults.world",
    "pandas",
    "psycopg",
    "urllib3",
    "uvicorn",
    "uvloop",
)
"""What a process that all others are forked from has imported, so that starting one takes milliseconds."""


def processes() -> ForkServerContext:
    """How processes are made."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_WARM))
    return context


class Disk:
    """A folder on a small disk of its own, where the system allows one; else in the temporary folder.

    Attributes:
        folder: The folder.
        is_own: Whether it is a disk of its own, which can be filled and made read-only.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="headrace-faults-"))
        self.is_own = self._mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
        self.folder.chmod(0o755)

    def fill(self, left: int) -> None:
        """Leaves so many bytes free."""
        state = os.statvfs(self.folder)
        free = state.f_bavail * state.f_frsize
        filler = self.folder / "filler"
        with contextlib.suppress(OSError), filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free - left, 1))

    def free(self) -> None:
        """Undoes `fill`."""
        (self.folder / "filler").unlink(missing_ok=True)

    def allow_writing(self, allowed: bool) -> None:
        """Makes it read-only, or takes that back; nothing may be open for writing."""
        self._mount("-o", f"remount,{'rw' if allowed else 'ro'}")

    def close(self) -> None:
        if self.is_own:
            subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _mount(self, *arguments: str) -> bool:
        command = ["mount", *arguments, str(self.folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


class Server:
    """The server under test, in a process that can be killed.

    Args:
        folder: Where its log and artifacts are.
        uri: Gives the URI of its database.
    """

    def __init__(self, folder: Path, uri: Callable[[], str], artifacts: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._uri = uri
        self._artifacts = artifacts
        self._process: BaseProcess | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self, workers: int = 1) -> None:
        """Starts it, and waits until it answers."""
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if self.try_to_start(workers):
                return
            time.sleep(0.02)  # the port of one that was killed may still be taken
        raise RuntimeError(f"the server does not start: {self.log.read_text()[-3000:]}")

    def try_to_start(self, workers: int = 1) -> bool:
        """Starts it; returns whether it answers: else it has ended by itself, or was killed after a minute."""
        options = ServerOptions(
            self._uri(), artifacts_destination=str(self._artifacts), port=self.port, workers=workers
        )
        self._process = processes().Process(target=_serve, args=(options, str(self.log)), daemon=False)
        self._process.start()
        deadline = time.monotonic() + STARTS_WITHIN
        while self._process.is_alive():
            if self.is_well():
                return True
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.005)
        return False

    def is_well(self) -> bool:
        """Whether it answers, and says that its database does too."""
        try:
            with urllib.request.urlopen(f"{self.address}/health", timeout=3) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """Kills it in the middle of what it does, and waits until those that it started have ended by themselves."""
        if self._process is None or self._process.pid is None:
            return
        workers = children(self._process.pid)
        self._process.kill()
        self._process.join()
        deadline = time.monotonic() + STARTS_WITHIN
        while any(Path(f"/proc/{worker}").exists() for worker in workers):
            if time.monotonic() > deadline:
                raise RuntimeError("processes of a server outlive the one that started them")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stops it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(10)
            self.kill()

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)


class World:
    """Everything that takes part.

    Args:
        kind: `"sqlite"` or `"postgresql"`.
        seed: What the decisions of its parts follow from.
    """

    def __init__(self, kind: str, seed: int) -> None:
        self.disk = Disk()
        self.folder = Path(tempfile.mkdtemp(prefix="headrace-ledgers-"))
        self.folder.chmod(0o755)  # PostgreSQL runs as another user
        database = self.disk.folder / "database"
        database.mkdir()
        self.database: Database
        if kind == "sqlite":
            self.database = SqliteFile(database)
        else:
            self.database = PostgresServer(self.folder, seed)
        self.server = Server(self.folder, lambda: self.database.uri, database / "artifacts")
        self.proxy = Proxy(self.server.port, seed)
        self.workers = 1
        self.journals: Path | None = None
        self.ledgers: list[Path] = []
        self.torn = False
        self._trainers: list[BaseProcess] = []

    def start_server(self) -> None:
        """Starts the server, with several processes where the database takes them."""
        self.server.start(self.workers)

    def begin(
        self, rng: random.Random, count: int, seconds: float, name: str, *, directly: bool, journaled: bool
    ) -> None:
        """Starts trainers, on the server's line, with a journal or without, or directly on the database."""
        uri = self.database.uri if directly else f"http://127.0.0.1:{self.proxy.port}"
        context = processes()
        self.journals = self.folder / f"{name}-journals" if journaled else None
        self.ledgers = [self.folder / f"{name}-{i}.jsonl" for i in range(count)]
        self._trainers = [
            context.Process(
                target=train, args=(uri, path, path.stem, str(rng.random()), seconds, self.journals)
            )
            for path in self.ledgers
        ]
        for trainer in self._trainers:
            trainer.start()

    def kill_a_trainer(self, rng: random.Random) -> None:
        """Kills one of the trainers."""
        rng.choice(self._trainers).kill()

    def kill_trainers(self) -> None:
        """Kills all trainers."""
        for trainer in self._trainers:
            trainer.kill()

    def wait_for_trainers(self) -> None:
        """Waits until all trainers have ended.

        Raises:
            RuntimeError: One did not.
        """
        for trainer in self._trainers:
            trainer.join(60)
            if trainer.exitcode is None:
                trainer.kill()
                raise RuntimeError("a trainer hangs")
            if trainer.exitcode not in (0, -signal.SIGKILL):
                raise RuntimeError(f"a trainer ended with {trainer.exitcode}")

    def send_journals(self) -> list[str]:
        """Sends what trainers have left in journals; returns what is wrong with them.

        Raises:
            RuntimeError: It does not end. What is left would be taken for what later rounds have lost.
        """
        if self.journals is None or not self.journals.is_dir():
            return []
        sender = processes().Process(target=send_journals, args=(self.journals,))
        sender.start()
        sender.join(SENDS_WITHIN)
        if sender.exitcode is None:
            sender.kill()
            raise RuntimeError("sending the journals does not end")
        left = sorted(
            str(path.relative_to(self.journals)) for path in self.journals.rglob("*") if path.is_file()
        )
        if sender.exitcode or left:
            said = (self.folder / "sync.log").read_text()[-1000:]
            return [f"sending the journals ended with {sender.exitcode} and left {left[:5]}: {said}"]
        shutil.rmtree(self.journals, ignore_errors=True)
        return []

    def renew(self) -> None:
        """Goes on with an empty database."""
        self.server.stop()
        self.database.renew()
        shutil.rmtree(self.disk.folder / "database" / "artifacts", ignore_errors=True)  # the disk is small
        self.start_server()

    def close(self) -> None:
        self.server.kill()
        for trainer in self._trainers:
            trainer.kill()
        self.proxy.close()
        self.database.close()
        self.disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _serve(options: ServerOptions, log: str) -> Any:
    """What the process of a server does."""
    end_with_parent()
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.exit(serve(options))
