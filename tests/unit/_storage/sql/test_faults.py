"""Files that cannot be used: one clear error, nothing half-stored, the process lives on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mlflow._storage.open import open_sql_store
from mlflow._storage.sql.folding import settle
from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.exceptions import InvalidParameterValue, StorageUnavailable

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_a_file_that_is_no_database_is_told(sqlite_file: Path) -> None:
    sqlite_file.write_bytes(b"this is a letter, not a database" * 100)
    before = sqlite_file.read_bytes()
    with pytest.raises(StorageUnavailable, match="is not a SQLite database"):
        open_sql_store(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_bytes() == before


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="is a folder"):
        open_sql_store(f"sqlite:///{tmp_path}")


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(StorageUnavailable, match="folder"):
        open_sql_store(f"sqlite:///{tmp_path / 'a' / 'b.db'}")


def test_a_damaged_file_is_told_and_what_is_whole_can_be_read(sqlite_file: Path) -> None:
    store = open_sql_store(f"sqlite:///{sqlite_file}")
    run_id = store.runs.create("0").info.run_id
    for start in range(0, 3000, 1000):
        store.runs.log_batch(run_id, [Metric("m", float(i) / 7, i, i) for i in range(start, start + 1000)])
    settle(store.engine)
    with store.engine.reading() as cx:
        page = cx.one("SELECT rootpage FROM sqlite_master WHERE name = 'metric_block'")
        size = cx.one("PRAGMA page_size")
    assert page
    assert size
    store.close()
    with sqlite_file.open("r+b") as file:
        file.seek((page[0] - 1) * size[0])
        file.write(b"\xff" * size[0])
    store = open_sql_store(f"sqlite:///{sqlite_file}")
    with pytest.raises(StorageUnavailable, match=r"damaged.*backup"):
        store.metrics.history(run_id, "m")
    assert store.runs.get(run_id).info.run_id == run_id
    store.close()


_AS_NOBODY = """
import os, sys
from mlflow._storage.open import open_sql_store
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.exceptions import StorageUnavailable
if len(sys.argv) > 3:
    import mlflow._storage.sql.store, mlflow._storage.sql.dialects.sqlite
    os.setuid(65534)
try:
    store = open_sql_store(sys.argv[1])
except StorageUnavailable as error:
    print("open:", error)
    sys.exit()
print("read:", len(store.runs.search(["0"])))
for call in (lambda: store.params.log(sys.argv[2], Param("p", "1")), lambda: store.experiments.create("x")):
    try:
        call()
    except StorageUnavailable as error:
        print("write:", error)
"""


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_database_that_may_not_be_written_is_told(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "store"
    store = open_sql_store(f"sqlite:///{folder / 'a.db'}")
    run_id = store.runs.create("0").info.run_id
    store.close()
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.geteuid() and path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(path.stat().st_mode | 0o755)
    (folder / "a.db").chmod(0o444 if what in ("file", "both") else 0o666)
    folder.chmod(0o555 if what in ("folder", "both") else 0o777)
    arguments = [sys.executable, "-c", _AS_NOBODY, f"sqlite:///{folder / 'a.db'}", run_id]
    found = subprocess.run(arguments + ["as nobody"] * AS_ROOT, capture_output=True, text=True, check=False)
    folder.chmod(0o755)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    refused = [line for line in lines if line.startswith(("open:", "write:"))]
    assert refused
    for line in refused:
        assert "read-only" in line or "cannot be opened" in line or "cannot be written" in line
        assert str(folder) in line
    assert "Traceback" not in found.stderr
    if what == "file":
        assert lines[0] == "read: 1"
    again = open_sql_store(f"sqlite:///{folder / 'a.db'}")
    assert again.runs.get(run_id).data.params == {}
    assert again.experiments.find("x") is None
    again.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="Cannot make the folder"):
        open_sql_store(
            "sqlite:////proc/nowhere/a.db" if Path("/proc").exists() else f"sqlite:///{tmp_path}/\x00/a.db"
        )


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode:
        pytest.skip("only root may make a small disk")
    return place


def test_a_full_disk_is_told_and_space_helps(small_disk: Path) -> None:
    try:
        store = open_sql_store(f"sqlite:///{small_disk / 'a.db'}")
        run_id = store.runs.create("0").info.run_id
        filler = small_disk / "filler"
        filler.write_bytes(b"x" * 1_200_000)
        written = 0
        with pytest.raises(StorageUnavailable, match=r"full disk.*nothing was stored"):  # noqa: PT012 - the disk fills at any of them
            for _ in range(100):
                store.runs.log_batch(
                    run_id, [Metric("m", i / 7, i, i) for i in range(written, written + 1000)]
                )
                written += 1000
        assert written
        assert len(store.metrics.history(run_id, "m")) == written
        outcomes: list[str] = []

        def log(number: int) -> None:
            try:
                store.params.log(run_id, Param(f"p{number}", "x" * 6000))
            except StorageUnavailable as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=log, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        assert all("full disk" in outcome for outcome in outcomes)
        filler.unlink()
        store.params.log(run_id, Param("after", "1"))
        data = store.runs.get(run_id).data
        assert data.params["after"] == "1"
        assert len(data.params) == 1 + 20 - len(outcomes)
        store.close()
    finally:
        subprocess.run(["umount", "-l", str(small_disk)], check=False)


def test_a_file_that_another_process_holds_is_waited_for(sqlite_store: SqlStore, sqlite_file: Path) -> None:
    import sqlite3

    other = sqlite3.connect(sqlite_file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    assert sqlite_store.runs.search(["0"]) == []
    assert sqlite_store.runs.create("0").info.run_id
    other.close()


_LOG = """
import sys, time
from mlflow._storage.open import open_sql_store
from mlflow.entities.metric import Metric
store = open_sql_store(sys.argv[1])
run_id = store.runs.create("0").info.run_id
slowest = 0.0
for step in range(200):
    before = time.perf_counter()
    store.metrics.log(run_id, Metric("m", 1.0, step, step))
    slowest = max(slowest, time.perf_counter() - before)
assert len(store.metrics.history(run_id, "m")) == 200
store.close()
"""


def test_several_processes_write_into_one_file(sqlite_file: Path) -> None:
    uri = f"sqlite:///{sqlite_file}"
    open_sql_store(uri).close()
    processes = [
        subprocess.Popen([sys.executable, "-c", _LOG, uri], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 4
    store = open_sql_store(uri)
    assert [run.data.metrics for run in store.runs.search(["0"])] == [{"m": 1.0}] * 4
    store.close()


def test_a_process_that_is_killed_loses_nothing_that_was_acknowledged(sqlite_file: Path) -> None:
    code = (
        "import sys\nfrom mlflow._storage.open import open_sql_store\nfrom mlflow.entities.metric import Metric\n"
        "store = open_sql_store(sys.argv[1])\nrun_id = store.runs.create('0').info.run_id\n"
        "print(run_id, flush=True)\nstep = 0\n"
        "while True:\n    store.metrics.log(run_id, Metric('m', 1.0, step, step))\n    print(step, flush=True)\n    step += 1\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, f"sqlite:///{sqlite_file}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    run_id = process.stdout.readline().strip()
    lines = [process.stdout.readline() for _ in range(100)]
    process.kill()
    rest = process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    acknowledged = int((rest or lines)[-1] or lines[-1])
    store = open_sql_store(f"sqlite:///{sqlite_file}")
    steps = [metric.step for metric in store.metrics.history(run_id, "m")]
    assert steps == list(range(len(steps)))
    assert len(steps) >= acknowledged
    store.close()
