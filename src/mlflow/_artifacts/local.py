"""Artifacts as plain files below a folder of this machine."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mlflow._artifacts.interface import (
    PARTIAL_SUFFIX,
    ArtifactStore,
    ByteStream,
    check_range,
    check_size,
    pieces,
)
from mlflow._artifacts.paths import validate_path
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import (
    InvalidParameterValue,
    MlflowException,
    ResourceDoesNotExist,
    StorageUnavailable,
)

_CREATE_ATTEMPTS = 10
_PARTIAL_LIFE_S = 86_400
_WINDOWS_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)),
}


class LocalArtifactStore(ArtifactStore):
    """Plain files below a folder.

    The folder is made by the first write. Nothing outside of it is ever read, written, listed or deleted:
    a symbolic link is followed only to a place inside. An unfinished file lies in the folder itself under a
    name that is never listed, and takes its place by a rename.

    Args:
        root: The folder; need not exist.
        root_uri: How the root is named in messages and answers; the folder's path by default.
    """

    def __init__(self, root: str | os.PathLike[str], root_uri: str | None = None) -> None:
        # Not resolve(): a symbolic link that the user chose stays the root.
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 - without following links
        self.root_uri = (root_uri or str(self.root)).rstrip("/")
        self._is_swept = False

    def list(self, path: str = "") -> list[FileInfo]:
        key = validate_path(path, allow_root=True)
        folder = self._place(key)
        prefix = f"{key}/" if key else ""
        with _translated(key):
            try:
                with os.scandir(folder) as entries:
                    files = [
                        _info(prefix + entry.name, Path(entry.path))
                        for entry in entries
                        if self._is_listed(entry, at_root=not key)
                    ]
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted((info for info in files if info), key=lambda info: info.path)

    def stat(self, key: str) -> FileInfo:
        key = validate_path(key, allow_root=True)
        if not key:
            return FileInfo("", is_dir=True, file_size=None)
        with _translated(key):
            info = _info(key, self._place(key))
        if info is None:
            raise self._missing(key)
        return info

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        key = validate_path(key)
        check_range(key, offset, length)
        if self.stat(key).is_dir:
            raise InvalidParameterValue(f"The artifact {key!r} is a folder, not a file.")
        with _translated(key):
            file = self._place(key).open("rb")
        status = os.fstat(file.fileno())
        file.seek(offset)
        version = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        return ByteStream(pieces(file, length), status.st_size, version, file.close)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        key = validate_path(key)
        place = self._place(key)
        partial = self.root / f".{os.urandom(12).hex()}{PARTIAL_SUFFIX}"
        with _translated(key):
            self._check_place(key, place)
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            # Unbuffered, so that nothing is left to be written when the file is closed after an error.
            file = partial.open("xb", buffering=0)
        try:
            with file:
                written = 0
                for chunk in pieces(chunks):
                    with _translated(key):
                        _write_all(file, chunk)
                    written += len(chunk)
                check_size(key, size, written)
                with _translated(key):
                    os.fsync(file.fileno())
            with _translated(key):
                self._publish(partial, place)
        finally:
            partial.unlink(missing_ok=True)

    def delete(self, path: str) -> None:
        key = validate_path(path, allow_root=True)
        place = self._place(key, follow_last=False)
        with _translated(key):
            try:
                # The root itself stays: it may be a link or a mounted disk.
                for target in [place] if key else list(place.iterdir()):
                    if target.is_dir() and not target.is_symlink():
                        shutil.rmtree(target)
                    else:
                        target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
        self._remove_empty_folders(place.parent)

    def local_path(self, path: str) -> Path | None:
        return self._place(validate_path(path, allow_root=True))

    def _place(self, key: str, *, follow_last: bool = True) -> Path:
        """Where a valid key lies, after its symbolic links; never outside of the root."""
        names = key.split("/") if key else []
        if names and _is_partial(names[0]):
            raise InvalidParameterValue(
                f"Invalid artifact path {key!r}: names that end in {PARTIAL_SUFFIX!r} are unfinished files."
            )
        if sys.platform == "win32":
            _check_windows_names(key, names)
        root = os.path.realpath(self.root)
        if follow_last or not names:
            place = os.path.realpath(os.path.join(root, *names))  # noqa: PTH118 - called for every file
        else:
            place = os.path.join(os.path.realpath(os.path.join(root, *names[:-1])), names[-1])  # noqa: PTH118 - called for every file
        if place != root and not place.startswith(root.rstrip(os.sep) + os.sep):
            raise InvalidParameterValue(
                f"Invalid artifact path {key!r}: it is a symbolic link that leads out of the artifact root."
            )
        return Path(place)

    def _is_listed(self, entry: os.DirEntry[str], *, at_root: bool) -> bool:
        if at_root and _is_partial(entry.name):
            return False
        if not entry.is_symlink():
            return True
        root = os.path.realpath(self.root)
        return os.path.realpath(entry.path).startswith(root.rstrip(os.sep) + os.sep)

    def _check_place(self, key: str, place: Path) -> None:
        if place.is_dir():
            raise InvalidParameterValue(f"The artifact {key!r} is a folder; a file needs another path.")
        for parent in place.parents:
            try:
                # One look only: another writer may be making the folder just now.
                mode = parent.stat().st_mode
            except (FileNotFoundError, NotADirectoryError):
                continue
            if not stat.S_ISDIR(mode):
                raise InvalidParameterValue(
                    f"The artifact {key!r} would lie below {parent.name!r}, which is a file."
                )
            return

    def _publish(self, partial: Path, place: Path) -> None:
        # A delete may take away a folder that just became empty between these two steps.
        for attempt in range(_CREATE_ATTEMPTS):
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                partial.replace(place)
            except FileNotFoundError:
                if attempt == _CREATE_ATTEMPTS - 1:
                    raise
            else:
                break
        _sync_folder(place.parent)

    def _sweep(self) -> None:
        """Once per store, removes what processes left behind that were killed while they wrote."""
        if self._is_swept:
            return
        self._is_swept = True
        oldest = time.time() - _PARTIAL_LIFE_S
        with os.scandir(self.root) as entries:
            for entry in entries:
                if _is_partial(entry.name):
                    with suppress(FileNotFoundError):
                        if entry.stat(follow_symlinks=False).st_mtime < oldest:
                            Path(entry.path).unlink()

    def _remove_empty_folders(self, folder: Path) -> None:
        root = Path(os.path.realpath(self.root))
        while folder != root and root in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _missing(self, key: str) -> ResourceDoesNotExist:
        return ResourceDoesNotExist(f"There is no artifact {key!r} in {self.root_uri}.")


def _info(key: str, path: Path) -> FileInfo | None:
    """A regular file or a folder; anything else (a pipe, a device) is no artifact."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISDIR(status.st_mode):
        return FileInfo(key, is_dir=True, file_size=None)
    return FileInfo(key, is_dir=False, file_size=status.st_size) if stat.S_ISREG(status.st_mode) else None


def _is_partial(name: str) -> bool:
    return name.startswith(".") and name.endswith(PARTIAL_SUFFIX)


def _sync_folder(folder: Path) -> None:
    """Makes a rename durable; Windows has no handle of a folder to do it with."""
    if sys.platform == "win32":
        return
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_all(file: io.FileIO, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[file.write(left) :]


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Errors of the operating system become ours: what is wrong with the path, or with the disk."""
    try:
        yield
    except OSError as error:
        raise _explained(key, error) from error


def _explained(key: str, error: OSError) -> MlflowException:
    if isinstance(error, FileNotFoundError):
        return ResourceDoesNotExist(f"There is no artifact {key!r}; it was deleted just now.")
    if error.errno == errno.ENAMETOOLONG:
        return InvalidParameterValue(
            f"Invalid artifact path {key!r}: the file system has no names that long."
        )
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return StorageUnavailable(
            f"The artifact {key!r} could not be stored: the disk is full. Free some space."
        )
    reason = error.strerror or type(error).__name__
    return StorageUnavailable(f"The artifact {key!r} could not be read or written: {reason}.")


def _check_windows_names(key: str, names: list[str]) -> None:
    for name in names:
        device = name.partition(".")[0].rstrip(" ").upper() in _WINDOWS_DEVICES
        if device or set(name) & set('<>:"|?*') or name[-1] in ". ":
            raise InvalidParameterValue(
                f"Invalid artifact path {key!r}: Windows has no files called {name!r}."
            )
