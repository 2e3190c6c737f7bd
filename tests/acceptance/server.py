"""A server in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

STARTS_WITHIN = 300.0
"""Seconds."""

_ASK = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + '/health', timeout=5)"


@contextmanager
def running(
    command: Sequence[str | Path],
    folder: Path,
    uri: str,
    environment: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Iterator[None]:
    """A server's process in a folder, from its first answer on `/health` to the end of the block.

    Args:
        command: What starts it.
        folder: Its working directory; its log is kept beside it.
        uri: Where it will answer.
        environment: Its environment variables; ours if absent.
        prefix: What every command begins with, to run in the server's network.

    Raises:
        AssertionError: It did not answer in time, or ended; with what it said.
    """
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*prefix, *command], cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while subprocess.run(
            [*prefix, sys.executable, "-c", _ASK, uri], capture_output=True, check=False
        ).returncode:
            if time.monotonic() > until or process.poll() is not None:
                raise AssertionError(f"No server at {uri}:\n{log.read_text(errors='replace')}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(
    folder: Path, *options: str, port: int | None = None, prefix: Sequence[str] = ()
) -> Iterator[str]:
    """Our server in a folder, with the default database and artifacts there; its URI."""
    chosen = port or free_port()
    uri = f"http://127.0.0.1:{chosen}"
    command = [sys.executable, "-m", "mlflow.cli", "server", "--port", str(chosen), *options]
    with running(command, folder, uri, prefix=prefix):
        yield uri
