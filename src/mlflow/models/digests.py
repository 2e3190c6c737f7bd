"""Digests of a model's files: written into its MLmodel file, compared before anything is read."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path

from mlflow._base.cache import cache_folder
from mlflow.environment_variables import MLFLOW_VERIFY_MODEL_FILES
from mlflow.exceptions import DataLoss

_MLMODEL = "MLmodel"
_READERS = 4
_WORTH_THREADS = 16 * 1024 * 1024
_WORTH_KEEPING = 1024 * 1024
_PIECE = 1024 * 1024
_AHEAD = 16 * _PIECE
_KEPT_S = 24 * 60 * 60
_SETTLED_S = 0.1
_SETTLED_COARSE_S = 2.0
_MILLISECOND_NS = 1_000_000


def file_digests(folder: Path) -> dict[str, str]:
    """`sha256:<hexadecimal>` of every file in a model folder but the MLmodel file, by its path in the folder."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    names = [file.relative_to(folder).as_posix() for file in files]
    found = dict(zip(names, _digests(files), strict=True))
    found.pop(_MLMODEL, None)
    return found


def verify_files(folder: Path, digests: dict[str, str] | None) -> None:
    """Compares the files of a model folder with the digests in its MLmodel file.

    A folder that MLflow saved has none and is not looked at. A file that was put beside the model's is not either; one
    that was put into a folder of the model's is refused, because loaders take what is there: a module that was put
    into its code would be imported.

    Args:
        folder: The model folder.
        digests: What `file_digests` gave when the model was saved.

    Raises:
        MlflowException: `DATA_LOSS`: files differ, are missing or were added; the message names them.
    """
    if not digests or not MLFLOW_VERIFY_MODEL_FILES.get():
        return
    names = sorted(digests)
    root = folder.resolve()
    paths = {name: (root / name).resolve() for name in names}
    # A path that leads out of the folder is none of the model's files.
    present = [name for name in names if paths[name].is_relative_to(root) and paths[name].is_file()]
    found = dict(zip(present, _digests([paths[name] for name in present]), strict=True))
    pairs = [(name, found.get(name)) for name in names]
    wrong = [f"{name!r} is missing" for name, digest in pairs if digest is None]
    wrong += [f"{name!r} has changed" for name, digest in pairs if digest not in (None, digests[name])]
    wrong += [f"{name!r} was added" for name in _added(folder, digests)]
    if wrong:
        raise DataLoss(
            f"The model in {str(folder)!r} is not as it was saved, so it is not loaded: {', '.join(wrong)}. Fetch "
            "it again into an empty folder, or save it again. If you changed it on purpose, set "
            "MLFLOW_VERIFY_MODEL_FILES=false to load it."
        )


def _added(folder: Path, digests: dict[str, str]) -> list[str]:
    """Files in the model's folders that it was not saved with."""
    folders = sorted({name.partition("/")[0] for name in digests if "/" in name})
    found = [
        path.relative_to(folder)
        for name in folders
        for path in (folder / name).rglob("*")
        if path.is_symlink() or not path.is_dir()
    ]
    names = [path.as_posix() for path in found if not any(map(_is_by_the_way, path.parts))]
    return sorted(set(names) - set(digests))


def _is_by_the_way(name: str) -> bool:
    """Whether a file or folder is of Python's or of a desktop's making, and nothing that loaders take."""
    return name == "__pycache__" or name.startswith(".")


def _digests(files: list[Path]) -> list[str]:
    if sum(file.stat().st_size for file in files) < _WORTH_THREADS:
        return [_digest(file) for file in files]
    # hashlib lets other threads run while it works, so several files are read at a time.
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(_digest, files))


def _digest(file: Path) -> str:
    """The digest of a file; of a large one that was read before and is still the same, without reading it."""
    status = file.stat()
    if status.st_size < _WORTH_KEEPING:
        return _read_digest(file)
    kept = cache_folder("digests") / _identity(status)
    digest = _recalled(kept)
    if digest is None:
        was_settled = _is_settled(status)
        digest = _read_digest(file)
        if was_settled and _identity(file.stat()) == kept.name:
            _keep(kept, digest)
    return digest


def _identity(status: os.stat_result) -> str:
    """What changes when the content of a file does: nobody can write to it and leave the time of its change."""
    known = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _is_settled(status: os.stat_result) -> bool:
    """Whether a change from now on shows in the file's times, which are only so fine.

    Some file systems know seconds alone, the others follow the clock of the kernel, which ticks every few
    milliseconds.
    """
    is_coarse = status.st_ctime_ns % _MILLISECOND_NS == 0
    return time.time() - status.st_ctime >= (_SETTLED_COARSE_S if is_coarse else _SETTLED_S)


def _recalled(kept: Path) -> str | None:
    try:
        return None if _is_outdated(kept) else kept.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


def _is_outdated(kept: Path) -> bool:
    return time.time() - kept.stat().st_mtime > _KEPT_S


def _keep(kept: Path, digest: str) -> None:
    """Remembers a digest for this and other processes, for a day: a disk that forgets bits changes no times."""
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in kept.parent.iterdir():
            if _is_outdated(old):
                old.unlink(missing_ok=True)
        new = kept.with_name(f"{kept.name}.{os.urandom(4).hex()}")
        new.write_text(digest, encoding="ascii")
        new.replace(kept)
    except OSError:
        return  # A home that cannot be written to only costs time.


def _read_digest(file: Path) -> str:
    digest = hashlib.sha256()
    piece = memoryview(bytearray(min(_PIECE, file.stat().st_size + 1)))
    with file.open("rb", buffering=0) as stream:
        done = 0
        while count := stream.readinto(piece):
            if done % _AHEAD == 0:
                _read_ahead(stream, done)
            digest.update(piece[:count])
            done += count
    return f"sha256:{digest.hexdigest()}"


def _read_ahead(stream: FileIO, place: int) -> None:
    """Has the disk bring what comes next while the digest of this is computed."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(stream.fileno(), place, 2 * _AHEAD, os.POSIX_FADV_WILLNEED)
