"""The writer of a journal."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mlflow._journal.folder import Item, JournalFolder, Position, journals_in
from mlflow._journal.journal import Journal
from mlflow._journal.records import Logged

RUN = "0" * 32


def point(step: int) -> Logged:
    return Logged(RUN, [("m", float(step), 1, step, None, None, None)])


def steps_in(folder: JournalFolder, start: Position | None = None) -> list[int]:
    items = folder.items(start or Position())
    return [
        item.record.metrics[0][3]
        for item in items
        if isinstance(item, Item) and isinstance(item.record, Logged)
    ]


def new_journal(root: Path) -> Journal:
    return Journal(root, "http://127.0.0.1:9", threading.Event())


def test_nothing_is_made_before_the_first_call(tmp_path: Path) -> None:
    new_journal(tmp_path / "journals").close()
    assert not (tmp_path / "journals").exists()


def test_calls_are_read_in_order_over_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow._journal.journal.SEGMENT_BYTES", 600)
    journal = new_journal(tmp_path)
    for step in range(50):
        journal.append(point(step))
    journal.close()
    (folder,) = journals_in(tmp_path)
    assert len(folder.segments()) > 3
    assert steps_in(folder) == list(range(50))
    assert folder.backlog().calls == 50
    assert folder.facts()["server"] == "http://127.0.0.1:9"


def test_what_is_acknowledged_is_read_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow._journal.journal.SEGMENT_BYTES", 600)
    journal = new_journal(tmp_path)
    for step in range(50):
        journal.append(point(step))
    before = len(journal.folder.segments())
    items = [item for item in journal.folder.items(Position()) if isinstance(item, Item)]
    journal.folder.acknowledge(items[30].end)
    assert steps_in(journal.folder, journal.folder.position()) == list(range(31, 50))
    assert len(journal.folder.segments()) < before
    journal.close()


def test_threads_do_not_mix_their_calls(tmp_path: Path) -> None:
    journal = new_journal(tmp_path)

    def log(first: int) -> None:
        for step in range(first, first + 500):
            journal.append(point(step))

    threads = [threading.Thread(target=log, args=(first,)) for first in (0, 500, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert sorted(steps_in(journal.folder)) == list(range(1500))


def test_a_forked_process_has_a_journal_of_its_own(tmp_path: Path) -> None:
    journal = new_journal(tmp_path)
    journal.append(point(0))
    pid = os.fork()
    if pid == 0:
        journal.append(point(1))
        journal.close()
        os._exit(0)
    os.waitpid(pid, 0)
    journal.append(point(2))
    journal.close()
    own, other = sorted(journals_in(tmp_path), key=steps_in)
    assert (steps_in(own), steps_in(other)) == ([0, 2], [1])
    assert not JournalFolder(own.path).hold()  # the parent still does
    assert JournalFolder(other.path).hold()


def test_one_process_at_a_time_holds_a_journal(tmp_path: Path) -> None:
    journal = new_journal(tmp_path)
    journal.append(point(0))
    other = JournalFolder(journal.folder.path)
    assert not other.hold()
    journal.folder.let_go()
    assert other.hold()
    other.let_go()
    journal.close()


FULL_DISK = """
import logging, resource, signal, sys, threading
from pathlib import Path
from mlflow._journal.folder import JournalFolder
from mlflow._journal.journal import Journal
from tests.unit._journal.test_journal import point, steps_in
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]), "http://127.0.0.1:9", threading.Event())
journal.append(point(0))
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.end.offset + 10, hard))
for step in range(1, 100):
    journal.append(point(step))
assert journal.disk_error is not None
held, place = journal.held()
assert len(held) == 99
journal.release_held(40)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal._retry_at = 0
journal.append(point(100))
assert journal.disk_error is None
journal.close()
assert steps_in(journal.folder) == [0, *range(41, 101)], steps_in(journal.folder)
assert journal.lost == 0
"""


def test_a_full_disk_is_told_once_and_nothing_is_lost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be written to") == 1


def test_a_folder_that_cannot_be_made_is_no_end_of_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = new_journal(tmp_path / "file" / "journals")
    journal.append(point(0))
    assert journal.disk_error is not None
    assert len(journal.held()[0]) == 1
    journal.close()


def test_what_no_memory_takes_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("mlflow._journal.journal.HELD_BYTES", 200)
    journal = new_journal(tmp_path / "file")
    for step in range(10):
        journal.append(point(step))
    assert journal.lost == 10 - len(journal.held()[0]) > 0
