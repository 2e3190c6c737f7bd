"""What is measured of single calls: imports, commands, installation, start, logging."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution
from pathlib import Path

from bench import scripts_of_users as scripts
from bench.load import drive, new_run, post, request_bytes
from bench.rows import Measure, Row
from bench.sides import (
    Side,
    cpu_seconds,
    empty_folder,
    environment,
    family,
    free_port,
    memory_mb,
    run,
    server,
    stop,
    uv_command,
)


def _medians(
    ours: Side, theirs: Side, rounds: int, measure: Callable[[Side], list[float]]
) -> Iterator[tuple[float, float]]:
    """Medians of several figures, both sides in turn."""
    mine, yours = [], []
    for _ in range(rounds):
        mine.append(measure(ours))
        yours.append(measure(theirs))
    for a, b in zip(zip(*mine, strict=True), zip(*yours, strict=True), strict=True):
        yield statistics.median(a), statistics.median(b)


def imports(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Cost of `import mlflow`, over that of a bare interpreter."""

    def measure(side: Side) -> list[float]:
        with empty_folder() as folder:
            bare = run([side.python, "-c", "pass"], folder)
            whole = run([side.python, "-c", scripts.IMPORT], folder)
        return [max(whole.cpu - bare.cpu, 0.001), whole.peak_mb]

    cpu, memory = _medians(ours, theirs, rounds, measure)
    yield Row("import mlflow, CPU", "s", *cpu, 40)
    yield Row("import mlflow, peak memory", "MB", *memory, 4)


def commands(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Commands that only print something."""
    for arguments, target in ((["--version"], 42), (["server", "--help"], 30)):

        def measure(side: Side, arguments: list[str] = arguments) -> list[float]:
            with empty_folder() as folder:
                return [run([side.command, *arguments], folder).wall]

        (wall,) = _medians(ours, theirs, rounds, measure)
        yield Row(f"mlflow {' '.join(arguments)}", "s", *wall, target)


def install(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Size of an installation with nothing but what it needs."""
    del rounds, ours
    with tempfile.TemporaryDirectory(prefix="headrace-bench-") as folder:
        environment_of_ours = Path(folder) / "environment"
        uv = uv_command()
        subprocess.run([uv, "venv", "--quiet", str(environment_of_ours)], check=True)
        python = str(environment_of_ours / "bin" / "python")
        source = str(Path(__file__).parent.parent)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, source], check=True)
        mine = _installed(environment_of_ours)
    yours = _installed(theirs.environment)
    yield Row("installed distributions", "", mine[0], yours[0], 4.4)
    yield Row("installed size", "MB", mine[1], yours[1], 14)


def _installed(folder: Path) -> tuple[float, float]:
    (packages,) = folder.glob("lib/python*/site-packages")
    names = {path.name.partition("-")[0] for path in packages.glob("*.dist-info")} - {
        "pip",
        "uv",
        "setuptools",
    }
    size = 0
    for info in packages.glob("*.dist-info"):
        for file in Distribution.at(info).files or ():
            path = Path(str(file.locate()))
            if path.is_file() and path.suffix != ".pyc":
                size += path.stat().st_size
    return float(len(names)), size / 1e6


def server_start(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """A server on an empty folder: start, memory at rest, stop."""

    def measure(side: Side) -> list[float]:
        with empty_folder() as folder:
            with server(side, folder) as running:
                started_in = running.started_in
                pids = family(running.pid)
                memory, count = memory_mb(pids), float(len(pids))
            port = free_port()
            process = subprocess.Popen(
                [side.command, "server", "--port", str(port)],
                cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            _wait_until_it_answers(port)
            return [started_in, memory, count, stop(process)]

    start, memory, count, end = _medians(ours, theirs, rounds, measure)
    yield Row("server: spawn to first answer", "s", *start, 49)
    yield Row("server: memory at rest", "MB", *memory, 24)
    yield Row("server: processes", "", *count, 15)
    yield Row("server: stop", "s", *end, 12)


def _wait_until_it_answers(port: int) -> None:
    import time
    import urllib.request

    for _ in range(2000):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read()
        except OSError:
            time.sleep(0.05)
        else:
            return


def local_logging(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Logging into a local SQLite database, durable call by call."""

    def single(side: Side) -> list[float]:
        with empty_folder() as folder:
            figures = _script(side, folder, scripts.LOG_METRIC, "3")
            return [figures["per_second"], figures["cpu_ms"]]

    rate, cpu = _medians(ours, theirs, rounds, single)
    yield Row("log_metric into SQLite", "/s", *rate, 20, more_is_better=True)
    yield Row("log_metric into SQLite, CPU a call", "ms", *cpu, 42)
    for keys, name in ((1000, "1,000 keys"), (1, "one key")):

        def batch(side: Side, keys: int = keys) -> list[float]:
            with empty_folder() as folder:
                return [_script(side, folder, scripts.LOG_BATCH, "3", str(keys))["per_second"]]

        (rate,) = _medians(ours, theirs, rounds, batch)
        yield Row(f"log_batch of 1,000 points of {name} into SQLite", "/s", *rate, 50, more_is_better=True)


def shared_file(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Four processes that log into one SQLite file."""

    def measure(side: Side) -> list[float]:
        with empty_folder() as folder:
            run([side.python, "-c", scripts.FIRST_RUN], folder)
            writers = [_start(side, folder, scripts.LOG_METRIC, "4") for _ in range(4)]
            figures = [_result(writer) for writer in writers]
        return [sum(each["per_second"] for each in figures), max(each["slowest"] for each in figures)]

    rate, slowest = _medians(ours, theirs, rounds, measure)
    yield Row("four processes into one SQLite file, in all", "/s", *rate, 20, more_is_better=True)
    yield Row("four processes into one SQLite file, slowest call", "s", *slowest, 1)


def first_run(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """A script that tracks its first run in an empty folder, from start to end."""

    def measure(side: Side) -> list[float]:
        with empty_folder() as folder:
            return [run([side.python, "-c", scripts.FIRST_RUN], folder).wall]

    (wall,) = _medians(ours, theirs, rounds, measure)
    yield Row("first run in an empty folder", "s", *wall, 24)


def own_client(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Each side's client against its own server."""

    def measure(side: Side) -> list[float]:
        with empty_folder() as folder, server(side, folder) as running:
            return [_script(side, folder, scripts.LOG_METRIC, "4", running.address)["per_second"]]

    (rate,) = _medians(ours, theirs, rounds, measure)
    yield Row("log_metric through the server, own client", "/s", *rate, 30, more_is_better=True)


def journal(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """What log_metric costs a training while it is sent in the background: our journal, their asynchronous logging."""

    def measure(side: Side) -> list[float]:
        setting = "MLFLOW_JOURNAL" if side is ours else "MLFLOW_ENABLE_ASYNC_LOGGING"
        with empty_folder() as folder, server(side, folder) as running:
            found = _script(side, folder, scripts.LOG_IN_BACKGROUND, "4", running.address, setting)
        return [found["median_us"], found["p99_us"]]

    median, high = _medians(ours, theirs, rounds, measure)
    yield Row("log_metric in the background, median (at most 20)", "us", *median, 1)
    yield Row("log_metric in the background, 99 of 100", "us", *high, 1)


def models(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """A small scikit-learn model through the server: logged for the first time and again, loaded, asked; a large one."""

    def small(side: Side) -> list[float]:
        with empty_folder() as folder, server(side, folder) as running:
            figures = _script(side, folder, scripts.LOG_MODELS, running.address)
            return [figures[name] for name in ("first", "later", "load", "answer", "share")]

    first, later, load, answer, share = _medians(ours, theirs, rounds, small)
    yield Row("log_model of a small sklearn model, the first", "s", *first, 4)
    yield Row("log_model of a small sklearn model, the next", "s", *later, 20)
    yield Row("load it through the server", "s", *load, 10)
    yield Row("pyfunc.predict of one row of a DataFrame, in all", "s", *answer, 10)
    yield Row("pyfunc.predict of one row, beside the library's own predict", "s", *share, 10)

    def large(side: Side) -> list[float]:
        with empty_folder() as folder:
            figures = _script(side, folder, scripts.LOAD_LARGE_MODEL)
            return [figures[name] for name in ("disk", "first", "later", "memory")]

    disk, first, later, memory = _medians(ours, theirs, rounds, large)
    yield Row("load a model of 1 GiB from the disk, the first time, its files compared", "s", *first, 1)
    yield Row("the same beside reading the file from the disk, and no more", "s", first[0], disk[0], 1)
    yield Row("load it from the disk again", "s", *later, 1)
    yield Row("load it from memory again", "s", *memory, 1)


def http(ours: Side, theirs: Side, rounds: int) -> Iterator[Row]:
    """Raw HTTP from 1, 8 and 32 clients."""
    targets = {1: 60, 8: 100, 32: 150}
    for clients, target in targets.items():
        rate, cpu = _medians(ours, theirs, rounds, lambda side, clients=clients: _metrics(side, clients))  # type: ignore[misc]
        yield Row(f"log-metric over HTTP, {clients} clients", "/s", *rate, target, more_is_better=True)
        yield Row(f"log-metric over HTTP, {clients} clients, server CPU a request", "ms", *cpu, 1)
    for clients in targets:
        (rate,) = _medians(ours, theirs, rounds, lambda side, clients=clients: _batches(side, clients))  # type: ignore[misc]
        yield Row(f"log-batch of 100 over HTTP, {clients} clients", "/s", *rate, 50, more_is_better=True)
    (rate,) = _medians(ours, theirs, rounds, _reads)
    yield Row("runs/get over HTTP, 8 clients", "/s", *rate, 150, more_is_better=True)


def _metrics(side: Side, clients: int) -> list[float]:
    with empty_folder() as folder, server(side, folder) as running:
        runs = [new_run(running.address) for _ in range(clients)]

        def make(number: int) -> bytes:
            run_id = runs[number % clients]
            body = (
                f'{{"run_id": "{run_id}", "run_uuid": "{run_id}", "key": "loss", "value": 0.5, '
                f'"timestamp": {1_700_000_000_000 + number}, "step": {number}}}'
            )
            return request_bytes(running.address, "POST", "/api/2.0/mlflow/runs/log-metric", body.encode())

        drive(running.address, clients, 1, make)
        pids = family(running.pid)
        before = cpu_seconds(pids)
        load = drive(running.address, clients, 4, lambda number: make(number + 10_000_000))
        return [load.per_second, (cpu_seconds(pids) - before) / max(load.requests, 1) * 1000]


def _batches(side: Side, clients: int) -> list[float]:
    with empty_folder() as folder, server(side, folder) as running:
        runs = [new_run(running.address) for _ in range(clients)]

        def make(number: int) -> bytes:
            metrics = [
                {"key": f"m{i}", "value": 0.5, "timestamp": 1_700_000_000_000 + number, "step": number}
                for i in range(100)
            ]
            body = json.dumps({"run_id": runs[number % clients], "metrics": metrics})
            return request_bytes(running.address, "POST", "/api/2.0/mlflow/runs/log-batch", body.encode())

        prepared = [make(number) for number in range(3000)]
        load = drive(running.address, clients, 4, lambda number: prepared[number % 3000])
        return [load.per_second]


def _reads(side: Side) -> list[float]:
    with empty_folder() as folder, server(side, folder) as running:
        run_id = new_run(running.address)
        metrics = [{"key": f"m{i}", "value": i, "timestamp": 1, "step": 1} for i in range(10)]
        params = [{"key": f"p{i}", "value": str(i)} for i in range(10)]
        post(running.address, "/runs/log-batch", {"run_id": run_id, "metrics": metrics, "params": params})
        post(running.address, "/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": 2})
        request = request_bytes(running.address, "GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}")
        return [drive(running.address, 8, 4, lambda _: request).per_second]


def _start(side: Side, folder: Path, script: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [side.python, "-c", script, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _result(process: subprocess.Popen[bytes]) -> dict[str, float]:
    out, errors = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(errors.decode()[-2000:])
    figures: dict[str, float] = json.loads(out.splitlines()[-1])
    return figures


def _script(side: Side, folder: Path, script: str, *arguments: str) -> dict[str, float]:
    return _result(_start(side, folder, script, *arguments))


MEASURES: dict[str, Measure] = {
    "imports": imports,
    "commands": commands,
    "install": install,
    "server_start": server_start,
    "local_logging": local_logging,
    "shared_file": shared_file,
    "first_run": first_run,
    "own_client": own_client,
    "journal": journal,
    "models": models,
    "http": http,
}
