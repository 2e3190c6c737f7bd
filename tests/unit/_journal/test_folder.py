"""A journal on disk while it is being made."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlflow._journal.folder import JournalFolder, journals_in, sweep

NAME = "20261122T002514-26157-04882a"


def unborn(root: Path, name: str = NAME) -> JournalFolder:
    """What is there before a journal has its name."""
    folder = JournalFolder(root / f".{name}")
    folder.spool.mkdir(parents=True)
    return folder


def test_what_was_left_of_a_journal_that_nobody_goes_on_making_is_swept_away(tmp_path: Path) -> None:
    unborn(tmp_path)
    locked_once = unborn(tmp_path, f"{NAME}b")
    locked_once.hold()
    locked_once.let_go()
    unborn(tmp_path, f"{NAME}.gone")

    sweep(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_is_no_unfinished_journal_is_left_alone(tmp_path: Path) -> None:
    held = unborn(tmp_path)
    held.hold()
    filled = unborn(tmp_path, f"{NAME}b")
    (filled.spool / "artifact").write_text("x")
    foreign = tmp_path / ".git"
    foreign.mkdir()
    made = JournalFolder(tmp_path / f"{NAME}c")
    made.make()
    made.let_go()

    sweep(tmp_path)

    assert held.spool.is_dir()
    assert (held.path / "lock").exists()
    assert [path.read_text() for path in tmp_path.rglob("artifact")] == ["x"]
    assert foreign.is_dir()
    assert [journal.name for journal in journals_in(tmp_path)] == [made.name]
    held.let_go()


def test_a_journal_that_is_swept_away_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = JournalFolder.hold
    sweeping = [tmp_path]

    def after_a_sweep(folder: JournalFolder) -> bool:
        if sweeping and folder.path.name.startswith("."):
            sweep(sweeping.pop())
        return hold(folder)

    monkeypatch.setattr(JournalFolder, "hold", after_a_sweep)
    journal = JournalFolder(tmp_path / NAME)
    journal.make()

    assert sweeping == []
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert not JournalFolder(journal.path).hold()
    journal.let_go()


def test_a_journal_is_made_where_files_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlflow._journal.folder._try_lock", lambda _: False)
    journal = JournalFolder(tmp_path / NAME)
    journal.make()

    assert [found.name for found in journals_in(tmp_path)] == [NAME]
