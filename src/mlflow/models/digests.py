"""Digests of a model's files: written into its MLmodel file, compared before anything is read."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from mlflow.environment_variables import MLFLOW_VERIFY_MODEL_FILES
from mlflow.exceptions import DataLoss

_MLMODEL = "MLmodel"
_READERS = 4
_WORTH_THREADS = 16 * 1024 * 1024
_SETTLED_S = 2.0


def file_digests(folder: Path) -> dict[str, str]:
    """`sha256:<hexadecimal>` of every file in a model folder but the MLmodel file, by its path in the folder."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    names = [file.relative_to(folder).as_posix() for file in files]
    found = dict(zip(names, _digests(files), strict=True))
    found.pop(_MLMODEL, None)
    return found


def verify_files(folder: Path, digests: dict[str, str] | None) -> None:
    """Compares the files of a model folder with the digests in its MLmodel file.

    Files that have none (a folder that MLflow saved, or a file put in later) are not looked at.

    Args:
        folder: The model folder.
        digests: What `file_digests` gave when the model was saved.

    Raises:
        MlflowException: `DATA_LOSS`: files differ or are missing; the message names them.
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
    if wrong:
        raise DataLoss(
            f"The model in {str(folder)!r} is not as it was saved, so it is not loaded: {', '.join(wrong)}. Fetch "
            "or save it again. If you changed it on purpose, set MLFLOW_VERIFY_MODEL_FILES=false to load it."
        )


def _digests(files: list[Path]) -> list[str]:
    if sum(file.stat().st_size for file in files) < _WORTH_THREADS:
        return [_digest(file) for file in files]
    # hashlib lets other threads run while it works, so several files are read at a time.
    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(_digest, files))


def _digest(file: Path) -> str:
    """The digest of a file; of one that was read before and is still the same, without reading it."""
    status = file.stat()
    # A change right after the last one may not show in the times, which are only so fine.
    if time.time() - status.st_ctime < _SETTLED_S:
        return _read_digest(str(file))
    return _known_digest(
        str(file), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


@lru_cache(maxsize=4096)
def _known_digest(file: str, *_status: int) -> str:
    return _read_digest(file)


def _read_digest(file: str) -> str:
    with open(file, "rb") as stream:  # noqa: PTH123 - the key of the cache is text
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
