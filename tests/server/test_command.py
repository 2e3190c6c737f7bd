"""The command that starts a server, as a user runs it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlflow.server.run import near_misses
from tests.ports import free_port

MLFLOW = [sys.executable, "-m", "mlflow.cli"]


def _environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def _fails(folder: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [*MLFLOW, "server", *arguments],
        cwd=folder, env=_environment(**environment), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def _running(
    folder: Path, *arguments: str, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [*MLFLOW, "server", "--port", str(port), *arguments],
            cwd=folder, env=_environment(**environment), stdout=log, stderr=log, text=True,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(1000):
                try:
                    with urllib.request.urlopen(f"{address}/health", timeout=5):
                        break
                except OSError:
                    assert process.poll() is None, (folder / "server.log").read_text()
                    time.sleep(0.01)
            yield address, process
        finally:
            process.kill()
            process.wait()


def test_it_says_what_it_runs_on_and_stops_within_two_seconds(tmp_path: Path) -> None:
    with _running(tmp_path) as (address, process):
        said = (tmp_path / "server.log").read_text()
        assert address in said
        assert str(tmp_path / "mlflow.db") in said
        assert str(tmp_path / "mlartifacts") in said

        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - started < 2


def test_options_come_from_the_environment_with_and_without_the_prefix(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/elsewhere.db"
    with _running(tmp_path, BACKEND_STORE_URI=uri, MLFLOW_ARTIFACTS_DESTINATION=str(tmp_path / "files")):
        said = (tmp_path / "server.log").read_text()

    assert "elsewhere.db" in said
    assert str(tmp_path / "files") in said


def test_a_port_in_use_is_one_line_with_its_owner_and_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = _fails(tmp_path, "--port", str(port))

    assert f"Port {port} on 127.0.0.1 is in use" in said
    assert f"process {os.getpid()}" in said
    assert "--port" in said
    assert not (tmp_path / "mlflow.db").exists()


def test_an_unreachable_database_is_one_line_without_the_password(tmp_path: Path) -> None:
    uri = f"postgresql://user:hidden@127.0.0.1:{free_port()}/name"

    said = _fails(tmp_path, "--port", "0", "--backend-store-uri", uri)

    assert "Cannot connect to the database" in said
    assert "hidden" not in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("uri", ["mysql://root@localhost/name", "nonsense://x", "sqlite://"])
def test_a_database_of_another_kind_is_one_line(tmp_path: Path, uri: str) -> None:
    said = _fails(tmp_path, "--port", "0", "--backend-store-uri", uri)

    assert len(said.strip().splitlines()) == 1


def test_a_database_of_mlflow_is_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE experiments (experiment_id INTEGER)")
    connection.close()
    before = path.read_bytes()

    said = _fails(tmp_path, "--port", "0")

    assert "MLflow" in said
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"not a database, but long enough to look like one" * 100)

    said = _fails(tmp_path, "--port", "0")

    assert "is not a SQLite database" in said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)

    assert "cannot be" in _fails(folder, "--port", "0")


def test_several_workers_on_sqlite_are_declined_in_words(tmp_path: Path) -> None:
    with _running(tmp_path, "--workers", "4"):
        said = (tmp_path / "server.log").read_text()

    assert "--workers is ignored" in said


def test_names_that_are_nearly_settings_are_pointed_out() -> None:
    (warning,) = near_misses(
        ["MLFLW_BACKEND_STORE_URI", "BACKEND_STORE_URI", "MLFLOW_BACKEND_STORE_URI", "PATH"]
    )

    assert "MLFLW_BACKEND_STORE_URI" in warning


def test_postgresql_is_served_by_several_processes_that_share_their_data(
    tmp_path: Path, postgres_database: str
) -> None:
    with _running(tmp_path, "--backend-store-uri", postgres_database, "--workers", "2") as (address, process):
        seen = set()
        for number in range(20):
            body = f'{{"name": "e{number}"}}'.encode()
            request = urllib.request.Request(
                f"{address}/api/2.0/mlflow/experiments/create", body, {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=10) as answer:
                seen.add(answer.read())
        assert len(seen) == 20

        counted = ""
        deadline = time.monotonic() + 10  # processes tell each other their counts every second
        while 'status="200"} 20' not in counted and time.monotonic() < deadline:
            with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
                counted = answer.read().decode()
        assert 'headrace_requests_total{route="create_experiment",status="200"} 20' in counted

        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
