"""Uploads of large files that go on where a process left them, in stores that take files in parts."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec

from mlflow._artifacts.interface import ArtifactStore, UploadedPart, UploadPart
from mlflow._artifacts.web import send
from mlflow._base.clock import now_ms
from mlflow.environment_variables import MLFLOW_S3_IGNORE_TLS
from mlflow.exceptions import MlflowException, TemporarilyUnavailable

FROM_BYTES = 64 * 1024 * 1024
"""Smaller files are sent again as a whole."""
PART_BYTES = 16 * 1024 * 1024
_MOST_PARTS = 10_000
_PARTS_AT_ONCE = 4
_SIGNED_S = 24 * 3600


class _Progress(msgspec.Struct):
    """What is on record of an upload.

    Attributes:
        upload_id: Names it.
        part_bytes: Size of its parts but the last.
        until_ms: When its URLs expire, in milliseconds since the epoch.
        parts: Where the parts are put.
        etags: What the store answered to those that it has, by number.
    """

    upload_id: str
    part_bytes: int
    until_ms: int
    parts: list[UploadPart]
    etags: dict[int, str]


def can_resume(store: ArtifactStore, size: int) -> bool:
    """Whether an upload of so many bytes is worth going on with."""
    return store.can_multipart and size >= FROM_BYTES


def upload_resumably(store: ArtifactStore, local_path: Path, key: str, record: Path) -> None:
    """Stores a local file in parts; called again, sends only those that are missing.

    Args:
        store: A store that takes parts.
        local_path: The file, which does not change.
        key: Where it comes to lie.
        record: File that remembers what was sent, for this user alone; deleted at the end.

    Raises:
        TemporarilyUnavailable: It broke off, and is to be called again.
    """
    size = local_path.stat().st_size
    progress = _read(record)
    if progress is None:
        progress = _begin(store, key, size)
        _write(record, progress)
    try:
        _send_parts(progress, local_path, size, record)
        done = [UploadedPart(number, etag) for number, etag in sorted(progress.etags.items())]
        store.complete_multipart(key, progress.upload_id, done)
    except TemporarilyUnavailable:
        raise
    except MlflowException as error:
        # The store does not know it any more, has another idea of its parts, or the URLs do not hold: from the start.
        record.unlink(missing_ok=True)
        with suppress(MlflowException):
            store.abort_multipart(key, progress.upload_id)
        raise TemporarilyUnavailable(f"The upload of {key!r} begins anew: {error.message}") from error
    record.unlink(missing_ok=True)


def _begin(store: ArtifactStore, key: str, size: int) -> _Progress:
    part_bytes = max(PART_BYTES, -(-size // _MOST_PARTS))
    upload = store.create_multipart(key, max(-(-size // part_bytes), 1), _SIGNED_S)
    until_ms = now_ms() + _SIGNED_S * 1000
    return _Progress(upload.upload_id, part_bytes, until_ms, upload.parts, {})


def _send_parts(progress: _Progress, path: Path, size: int, record: Path) -> None:
    guard = threading.Lock()

    def send_part(part: UploadPart) -> None:
        first = (part.part_number - 1) * progress.part_bytes
        with path.open("rb") as file:
            file.seek(first)
            content = file.read(min(progress.part_bytes, size - first))
        with send(
            "PUT", part.url, body=content, headers=part.headers, ignore_tls=MLFLOW_S3_IGNORE_TLS.get()
        ) as answer:
            said = answer.read()
            if answer.status >= 500 or answer.status == 429:
                raise TemporarilyUnavailable(
                    f"The object store answered {answer.status} to a part of {path.name}"
                )
            if answer.status >= 300:
                reason = said[:200].decode("utf-8", "replace")
                raise MlflowException(f"the object store answered {answer.status}: {reason}")
            etag = answer.headers.get("ETag", "")
        with guard:
            progress.etags[part.part_number] = etag
            _write(record, progress)

    missing = [part for part in progress.parts if part.part_number not in progress.etags]
    with ThreadPoolExecutor(_PARTS_AT_ONCE, "mlflow-artifacts") as pool:
        for done in [pool.submit(send_part, part) for part in missing]:
            done.result()


def _read(record: Path) -> _Progress | None:
    """What is on record, if it can be gone on with."""
    try:
        progress = msgspec.json.decode(record.read_bytes(), type=_Progress)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return progress if progress.until_ms > now_ms() else None


def _write(record: Path, progress: _Progress) -> None:
    partial = record.with_name(f"{record.name}.new")
    # Its URLs are signed: whoever reads them can write the file.
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(progress))
    partial.replace(record)
