"""A server in a process of its own, which can be killed and started again, and stores to look into."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port

from mlflow._journal.open import finish_journals
from mlflow._storage.open import open_sql_store
from mlflow._storage.rest.store import RestStore
from mlflow._storage.sql.store import SqlStore


class OwnServer:
    """A server on a SQLite database in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        command = [sys.executable, "-m", "mlflow.cli", "server", "--port", str(self._port)]
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < until, (self._folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Ends it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def store(self) -> RestStore:
        """What it holds."""
        return RestStore(self.address)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnServer]:
    """A server that is not started yet."""
    own = OwnServer(tmp_path / "server")
    yield own
    own.kill()


@pytest.fixture
def running(server: OwnServer) -> OwnServer:
    """A server that answers."""
    server.start()
    return server


@pytest.fixture
def journaled(session: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A session that logs through journals; gives their folder."""
    folder = session / "mljournal"
    monkeypatch.setenv("MLFLOW_JOURNAL", "1")
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "1")
    yield folder
    finish_journals(0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store that journals are delivered to."""
    opened = open_sql_store(f"sqlite:///{tmp_path}/store.db")
    yield opened
    opened.close()
