"""Moving files and whole folders between this machine and an artifact store: in parallel, with retries."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import BinaryIO, TypeVar

from mlflow._artifacts.interface import PARTIAL_SUFFIX, ArtifactStore, ByteStream
from mlflow._artifacts.paths import join_path, validate_path
from mlflow.entities.file_info import FileInfo
from mlflow.environment_variables import MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR
from mlflow.exceptions import MlflowException, ResourceConflict, StorageUnavailable

T = TypeVar("T")

ATTEMPTS = 5
"""How often a transfer is tried before its error is final."""

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_TRANSIENT_CODES = frozenset(
    {"TEMPORARILY_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}
)
_RANGES_FROM_BYTES = 32 * 1024 * 1024
_RANGE_BYTES = 8 * 1024 * 1024
_PROGRESS_FROM_BYTES = 100 * 1024 * 1024


def upload_file(store: ArtifactStore, local_path: str | os.PathLike[str], key: str) -> None:
    """Store a local file under a key; transient errors are tried again.

    Raises:
        FileNotFoundError: There is no such local file.
    """
    _retried(lambda: store.upload(local_path, key))


def upload_tree(store: ArtifactStore, local_dir: str | os.PathLike[str], path: str = "") -> int:
    """Store all files of a local folder, with its subfolders, below a path of the store.

    Symbolic links are followed, except back into a folder that is being read. Empty folders are not stored.

    Args:
        store: Where to.
        local_dir: Local folder.
        path: Path in the store that the folder's files come to lie under; the root by default.

    Returns:
        How many files were stored.

    Raises:
        NotADirectoryError: `local_dir` is a file.
        FileNotFoundError: There is no such local folder.
    """
    prefix = validate_path(path, allow_root=True)
    root = Path(local_dir)
    files = [
        (file, validate_path(join_path(prefix, file.relative_to(root).as_posix())), file.stat().st_size)
        for file in _local_files(root, frozenset())
    ]
    progress = _Progress("Uploading artifacts", sum(size for _, _, size in files))

    def send(entry: tuple[Path, str, int]) -> None:
        file, key, size = entry
        upload_file(store, file, key)
        progress.add(size)

    # The largest first, so that the end does not wait for one of them.
    files.sort(key=lambda entry: entry[2], reverse=True)
    _for_each(send, files, store.max_transfers)
    progress.finish()
    return len(files)


def download_tree(store: ArtifactStore, path: str, local_dir: str | os.PathLike[str]) -> Path:
    """Fetch a file or folder into a local folder, below which it keeps its path.

    What is there already under the same names is replaced, other files stay. Every file appears under its
    name when it is complete.

    Args:
        store: Where from.
        path: File or folder in the store; `""` is all of it.
        local_dir: Local folder; made if it is missing.

    Returns:
        The local path of the file or folder.

    Raises:
        ResourceDoesNotExist: The store has nothing under the path.
    """
    key = validate_path(path, allow_root=True)
    root = Path(local_dir)
    files = [info for info in _walk(store, _retried(lambda: store.stat(key))) if not info.is_dir]
    progress = _Progress("Downloading artifacts", sum(info.file_size or 0 for info in files))

    def fetch(info: FileInfo) -> None:
        # Checked again: a name from a store must never lead out of the folder.
        target = root.joinpath(*validate_path(info.path).split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        download_file(store, info.path, target, on_bytes=progress.add)

    (root / key).parent.mkdir(parents=True, exist_ok=True)
    if not files:
        (root / key).mkdir(exist_ok=True)
    files.sort(key=lambda info: info.file_size or 0, reverse=True)
    _for_each(fetch, files, store.max_transfers)
    progress.finish()
    return root / key


def download_file(
    store: ArtifactStore,
    key: str,
    local_path: str | os.PathLike[str],
    on_bytes: Callable[[int], object] = lambda _: None,
) -> None:
    """Fetch a file to a local path whose folder exists.

    After a transient error it goes on where it stopped, if the store says that the file is still the same,
    and from the start otherwise. Nothing is left behind when it fails.

    Args:
        store: Where from.
        key: The file in the store.
        local_path: The local file, replaced when the last byte is there.
        on_bytes: Told of every piece: how many bytes came; a negative number when it starts again.
    """
    target = Path(local_path)
    partial = target.with_name(f".{os.urandom(8).hex()}{PARTIAL_SUFFIX}")
    try:
        with partial.open("xb") as file:
            _fetch(store, key, file, on_bytes)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _fetch(store: ArtifactStore, key: str, file: BinaryIO, on_bytes: Callable[[int], object]) -> None:
    version: str | None = None

    def go_on() -> None:
        nonlocal version
        stream = store.read(key, file.tell())
        if file.tell() and (version is None or stream.version != version):
            stream.close()
            on_bytes(-file.tell())
            file.seek(0)
            file.truncate()
            stream = store.read(key)
        version = stream.version
        with stream:
            if store.ranges_at_once > 1 and version is not None and stream.size >= _RANGES_FROM_BYTES:
                stream.close()
                _fetch_ranges(store, key, file, stream, on_bytes)
                return
            for chunk in stream:
                file.write(chunk)
                on_bytes(len(chunk))

    _retried(go_on)


def _fetch_ranges(
    store: ArtifactStore, key: str, file: BinaryIO, whole: ByteStream, on_bytes: Callable[[int], object]
) -> None:
    """Reads a large file by several ranges at once, all of the version that was opened."""
    lock = threading.Lock()

    def fetch(first: int) -> None:
        place = first

        def go_on() -> None:
            nonlocal place
            with store.read(key, place, first + _RANGE_BYTES - place) as stream:
                if stream.version != whole.version:
                    raise ResourceConflict(
                        f"The artifact {key!r} was replaced while it was read; read it again."
                    )
                for chunk in stream:
                    with lock:
                        file.seek(place)
                        file.write(chunk)
                    place += len(chunk)
                    on_bytes(len(chunk))

        _retried(go_on)

    _for_each(fetch, range(0, whole.size, _RANGE_BYTES), store.ranges_at_once)


def _retried(call: Callable[[], T]) -> T:
    """What a call returns; transient errors are tried again with growing pauses."""
    for attempt in range(1, ATTEMPTS):
        try:
            return call()
        except MlflowException as error:
            # A full disk stays full for longer than we would wait.
            if error.error_code not in _TRANSIENT_CODES or isinstance(error, StorageUnavailable):
                raise
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (attempt - 1))
        # Not all clients at once; nothing secret about it.
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
    return call()


def _for_each(function: Callable[[T], object], items: Sequence[T], max_workers: int) -> None:
    """Calls a function with all items, some at once; the first error stops what has not begun, and is raised."""
    if len(items) <= 1:
        for item in items:
            function(item)
        return
    with ThreadPoolExecutor(min(max_workers, len(items)), "mlflow-artifacts") as pool:
        futures = [pool.submit(function, item) for item in items]
        done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
    for future in done:
        future.result()


def _walk(store: ArtifactStore, info: FileInfo) -> Iterator[FileInfo]:
    if not info.is_dir:
        yield info
        return
    for child in _retried(lambda: store.list(info.path)):
        yield from _walk(store, child)


def _local_files(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            yield from _local_files(entry, above | {real})
        else:
            yield entry


class _Progress:
    """A line on a terminal for transfers that take a while; silent otherwise."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._done = 0
        self._next_s = 0.0
        self._lock = threading.Lock()
        self._is_shown = (
            total >= _PROGRESS_FROM_BYTES
            and sys.stderr.isatty()
            and MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR.get()
        )

    def add(self, num_bytes: int) -> None:
        """Bytes that were moved."""
        if not self._is_shown:
            return
        with self._lock:
            self._done += num_bytes
            now = time.monotonic()
            if now >= self._next_s:
                self._next_s = now + 0.2
                self._show()

    def finish(self) -> None:
        """The last line stays."""
        if self._is_shown:
            self._show()
            sys.stderr.write("\n")

    def _show(self) -> None:
        share = 100 * self._done // self._total
        sys.stderr.write(f"\r{self._title}: {share} % of {self._total / 1e6:.0f} MB")
        sys.stderr.flush()
