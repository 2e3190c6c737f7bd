"""The two sides of a comparison: ours, and MLflow in an environment of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PEERS = Path(os.environ.get("HEADRACE_PEERS", ROOT / ".peers"))
PEER_VERSION = "3.17.2"


class Side(NamedTuple):
    """One side: a name, and the environment that it runs in.

    Attributes:
        program: Its command.
        listening: What tells its server the port.
    """

    name: str
    environment: Path
    program: str = "mlflow"
    listening: str = "--port={port}"

    @property
    def python(self) -> str:
        return str(self.environment / "bin" / "python")

    @property
    def command(self) -> str:
        return str(self.environment / "bin" / self.program)


class Cost(NamedTuple):
    """What a process cost."""

    wall: float
    cpu: float
    peak_mb: float


def sides() -> tuple[Side, Side]:
    """Ours and theirs; installs MLflow where it is missing."""
    return Side("headrace", Path(sys.prefix)), Side("mlflow", peer_environment(f"mlflow=={PEER_VERSION}"))


def peer_environment(requirement: str, *more: str, program: str = "mlflow") -> Path:
    """An environment with some version of a program in it, made when it is missing."""
    folder = PEERS / requirement.replace("==", "-")
    if not (folder / "bin" / program).exists():
        print(f"installing {requirement} into {folder} …", file=sys.stderr)
        uv = uv_command()
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        install = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(folder / "bin" / "python"),
            requirement,
            *more,
        ]
        subprocess.run(install, check=True)
    return folder


def uv_command() -> str:
    """The installer: that of the system, or that of this environment."""
    return shutil.which("uv") or str(Path(sys.prefix) / "bin" / "uv")


def run(arguments: Sequence[str], folder: Path) -> Cost:
    """Runs a command to its end and says what it cost.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        list(arguments), cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None  # it was asked for
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments, stderr=errors.decode())
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def environment() -> dict[str, str]:
    """Environment variables without those that would change what is measured."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "PYTHON"))}
    return {**kept, "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A new folder, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as name:
        yield Path(name)


class Server(NamedTuple):
    """A running server."""

    address: str
    pid: int
    started_in: float


@contextmanager
def server(side: Side, folder: Path, *options: str) -> Iterator[Server]:
    """A server in a folder, and how long it took from its start to its first answer."""
    port = free_port()
    command = [side.command, "server", side.listening.format(port=port), *options]
    with serving(command, port, folder) as running:
        yield running


@contextmanager
def serving(command: Sequence[str], port: int, folder: Path) -> Iterator[Server]:
    """Whatever a command starts that listens on a port, until the end of the block."""
    started = time.perf_counter()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/2.0/mlflow/experiments/get?experiment_id=0", process, folder / "server.log")
        yield Server(address, process.pid, time.perf_counter() - started)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> float:
    """Ends a server as a user would, and says how long that took."""
    started = time.perf_counter()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return time.perf_counter() - started


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"the server did not answer: {log.read_text()[-2000:]}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def memory_mb(pids: Sequence[int]) -> float:
    """Proportional set size of processes: shared pages are divided among those that share them."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def cpu_seconds(pids: Sequence[int]) -> float:
    """CPU time that processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
