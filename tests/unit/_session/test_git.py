from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlflow._session.git import git_state


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=n@x", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(session: Path) -> Path:
    """A repository with one commit on the branch `topic/one`."""
    folder = session / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "topic/one")
    (folder / "train.py").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_commit_and_branch_are_read(repository: Path) -> None:
    state = git_state(repository)
    assert state is not None
    assert state.commit == git(repository, "rev-parse", "HEAD")
    assert state.branch == "topic/one"


def test_a_folder_inside_of_the_repository_has_its_state(repository: Path) -> None:
    (repository / "src").mkdir()
    assert git_state(repository / "src") == git_state(repository)


def test_packed_refs_are_read(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    state = git_state(repository)
    assert state is not None
    assert (state.commit, state.branch) == (git(repository, "rev-parse", "HEAD"), "topic/one")


def test_a_commit_that_is_checked_out_itself_has_no_branch(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    state = git_state(repository)
    assert state is not None
    assert (state.commit, state.branch) == (git(repository, "rev-parse", "HEAD"), None)


def test_a_further_work_tree_has_its_own_branch(repository: Path, session: Path) -> None:
    git(repository, "remote", "add", "origin", "https://example.org/o/r.git")
    git(repository, "worktree", "add", "-q", "-b", "second", str(session / "second"))
    state = git_state(session / "second")
    assert state is not None
    assert (state.commit, state.branch) == (git(repository, "rev-parse", "HEAD"), "second")
    assert state.repository_uri == "https://example.org/o/r.git"


def test_a_repository_is_clean_until_a_tracked_file_changes(repository: Path) -> None:
    (repository / "untracked").write_text("x")
    state = git_state(repository)
    assert state is not None
    assert state.dirty is False
    git_state.cache_clear()
    (repository / "train.py").write_text("2")
    state = git_state(repository)
    assert state is not None
    assert state.dirty is True


@pytest.mark.parametrize(
    ("configured", "answered"),
    [
        ("https://user:secret@example.org/o/r.git", "https://example.org/o/r.git"),
        ("git@example.org:o/r.git", "git@example.org:o/r.git"),
        ("/srv/r.git", "/srv/r.git"),
    ],
)
def test_the_remote_is_named_without_credentials(repository: Path, configured: str, answered: str) -> None:
    git(repository, "remote", "add", "other", "/elsewhere")
    git(repository, "remote", "add", "origin", configured)
    state = git_state(repository)
    assert state is not None
    assert state.repository_uri == answered


def test_a_repository_without_a_commit_has_no_state(session: Path) -> None:
    git(session, "init", "-q")
    assert git_state(session) is None


def test_there_is_no_state_outside_of_a_repository(session: Path) -> None:
    assert git_state(session) is None


@pytest.mark.parametrize("name", ["HEAD", "config"])
def test_a_damaged_repository_has_no_state(repository: Path, name: str) -> None:
    (repository / ".git" / name).write_bytes(b"\xff\xfe\x00")
    assert git_state(repository) is None


def test_without_git_itself_only_the_flag_is_missing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "")
    state = git_state(repository)
    assert state is not None
    assert (state.commit, state.dirty) == (commit, None)
