"""The git repository that a script lies in, read from its files.

Starting `git` takes longer than all else that a run start does, so only the state of the work tree, which
takes git's own comparison, asks the program; everything else is a few small files.
"""

from __future__ import annotations

import configparser
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_STATUS_TIMEOUT_S = 1.0
_REF_DEPTH = 5


class GitState(NamedTuple):
    """State of a repository.

    Attributes:
        commit: Commit that is checked out.
        branch: Branch that is checked out; `None` when the commit itself is.
        repository_uri: URI of the remote `origin`, or of the only remote, without credentials.
        dirty: Whether tracked files differ from the commit; `None` when git could not say so in time.
    """

    commit: str
    branch: str | None
    repository_uri: str | None
    dirty: bool | None


@lru_cache
def git_state(path: Path) -> GitState | None:
    """State of the repository around a file or folder as it was when the process first asked.

    `None` outside of a repository, before the first commit, and when its files cannot be read.
    """
    try:
        work_tree, git_dir = _find(path.absolute())
        head = (git_dir / "HEAD").read_text().strip()
        common = _common_dir(git_dir)
        branch = head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else None
        commit = _commit_of(head, git_dir, common)
        if commit is None:
            return None
        return GitState(commit, branch, _remote_uri(common), _is_dirty(work_tree))
    except (OSError, ValueError, LookupError):
        return None


def work_tree(path: Path) -> Path | None:
    """The work tree around a file or folder; `None` outside of a repository."""
    try:
        return _find(path.absolute())[0]
    except (OSError, LookupError):
        return None


def _find(path: Path) -> tuple[Path, Path]:
    """The work tree around a path, and its folder of git files."""
    for folder in (path, *path.parents):
        marker = folder / ".git"
        if marker.is_dir():
            return folder, marker
        if marker.is_file():  # a further work tree, or a submodule
            return folder, folder / marker.read_text().strip().removeprefix("gitdir: ")
    raise LookupError(path)


def _common_dir(git_dir: Path) -> Path:
    """The folder that holds what all work trees share."""
    pointer = git_dir / "commondir"
    return git_dir / pointer.read_text().strip() if pointer.is_file() else git_dir


def _commit_of(ref: str, git_dir: Path, common: Path) -> str | None:
    for _ in range(_REF_DEPTH):
        if _COMMIT.fullmatch(ref):
            return ref
        name = ref.removeprefix("ref: ")
        loose = next((path for path in (git_dir / name, common / name) if path.is_file()), None)
        if loose is None:
            return _packed_refs(common).get(name)
        ref = loose.read_text().strip()
    return None


def _packed_refs(common: Path) -> dict[str, str]:
    packed = common / "packed-refs"
    if not packed.is_file():
        return {}
    lines = (line.split(" ", 1) for line in packed.read_text().splitlines() if line[:1] not in {"#", "^", ""})
    return {parts[1].strip(): parts[0] for parts in lines if len(parts) == 2}


def _remote_uri(common: Path) -> str | None:
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    # git indents its settings, which would make them continuations of the line before
    text = "\n".join(line.strip() for line in (common / "config").read_text().splitlines())
    try:
        config.read_string(text)
    except configparser.Error:
        return None
    remotes = [section for section in config.sections() if section.startswith('remote "')]
    chosen = 'remote "origin"' if 'remote "origin"' in remotes else next(iter(remotes), None)
    uri = config.get(chosen, "url", fallback=None) if chosen else None
    return _without_credentials(uri) if uri else None


def _without_credentials(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or "@" not in parts.netloc:
        return uri
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _is_dirty(work_tree: Path) -> bool | None:
    command = ["git", "--no-optional-locks", "-C", str(work_tree), "status", "--porcelain", "-uno"]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_STATUS_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(done.stdout.strip())
