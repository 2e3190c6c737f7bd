"""Folders of models on this machine: used where they lie, or fetched for a time and removed again."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow.exceptions import MlflowException, ResourceDoesNotExist


class _Process:
    """Lives until the process ends."""


_PROCESS = _Process()


class ModelFolder:
    """The folder of a model.

    Attributes:
        path: The folder.
        fetched: Temporary folder that it was fetched into; `None` where it lies on this machine anyway.
    """

    def __init__(self, path: Path, fetched: Path | None = None) -> None:
        self.path = path
        self.fetched = fetched
        self._is_kept = False

    def keep_with(self, owner: object) -> None:
        """Keeps the files as long as an object lives that may read them again, and no longer.

        They are kept until the process ends for an object that cannot be watched (a list, say).
        """
        if self.fetched is None or self._is_kept:
            return
        self._is_kept = True
        try:
            weakref.finalize(owner, _remove, self.fetched, os.getpid())
        except TypeError:
            self._keep_with_process()

    def keep(self) -> None:
        """Keeps the files until the process ends."""
        if self.fetched is not None and not self._is_kept:
            self._is_kept = True
            self._keep_with_process()

    def _keep_with_process(self) -> None:
        assert self.fetched is not None
        weakref.finalize(_PROCESS, _remove, self.fetched, os.getpid())

    def close(self) -> None:
        """Removes what was fetched and is not kept."""
        if self.fetched is not None and not self._is_kept:
            _remove(self.fetched, os.getpid())


def new_folder() -> Path:
    """A new temporary folder that only its owner may open."""
    return Path(tempfile.mkdtemp(prefix="model-"))


def payload_path(folder: Path, relative: str) -> Path:
    """Path of a file that an MLmodel file names.

    Raises:
        MlflowException: It is missing, or outside the model's folder: an MLmodel file is input like any other.
    """
    if not isinstance(relative, str):
        raise MlflowException(
            f"The MLmodel file in {str(folder)!r} has {relative!r} in the place of a file's name"
        )
    path = (folder / relative).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise MlflowException(f"The MLmodel file in {str(folder)!r} names {relative!r}, outside its folder")
    if not path.exists():
        raise ResourceDoesNotExist(f"The model in {str(folder)!r} lacks its file {relative!r}")
    return path


@contextmanager
def closing(folder: ModelFolder) -> Iterator[ModelFolder]:
    """The folder; at the end what was fetched is removed, unless it is kept."""
    try:
        yield folder
    finally:
        folder.close()


def _remove(folder: Path, pid: int) -> None:
    # A forked child ends too, and its parent still needs the files.
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
