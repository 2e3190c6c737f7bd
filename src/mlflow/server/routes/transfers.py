"""Handlers: bytes of artifacts, streamed both ways with flat memory."""

from __future__ import annotations

import asyncio
import mimetypes
import posixpath
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from mlflow._artifacts.interface import ByteStream
from mlflow._wire import artifacts as wire
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist
from mlflow.server.artifacts import Located
from mlflow.server.context import Context
from mlflow.server.routes import run_id_of


class Pools(NamedTuple):
    """Threads of a server.

    Attributes:
        reads: For what takes a moment; each has a connection to the database.
        uploads: For what waits for a client.
    """

    reads: Executor
    uploads: Executor


Transfer = Callable[[Context, Any, Request, Pools], Awaitable[Response]]

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
"""Largest body of the upload endpoint for browsers."""
_TEXT = frozenset(
    [
        "txt",
        "log",
        "err",
        "cfg",
        "conf",
        "cnf",
        "cf",
        "ini",
        "properties",
        "prop",
        "hocon",
        "toml",
        "yaml",
        "yml",
        "xml",
        "json",
        "js",
        "py",
        "py3",
        "csv",
        "tsv",
        "md",
        "rst",
        "ipynb",
    ]
)
_TEXT_NAMES = frozenset({"MLmodel", "MLproject"})
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CSP = "sandbox; default-src 'none'"
_CSP_OF_A_PAGE = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_CSP_WITH_SCRIPTS = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; "
    "img-src data: blob:; style-src 'unsafe-inline'; form-action 'none'"
)


async def download_proxied_artifact(
    context: Context, request: wire.ProxiedArtifact, http: Request, pools: Pools
) -> Response:
    return await _download(lambda: context.artifacts.proxied(request.path), http, pools.reads)


async def get_artifact(context: Context, request: wire.GetArtifact, http: Request, pools: Pools) -> Response:
    run_id = run_id_of(request)
    return await _download(lambda: _file_of_run(context, run_id, request.path), http, pools.reads)


async def get_raw_artifact(
    context: Context, request: wire.GetRawArtifact, http: Request, pools: Pools
) -> Response:
    name = posixpath.basename(request.path)
    if not name.lower().endswith((".html", ".htm")):
        raise InvalidParameterValue(f"Only HTML is shown in a frame; download {name!r} with /get-artifact")
    response = await _download(lambda: _file_of_run(context, request.run_id, request.path), http, pools.reads)
    if response.status_code < 400:
        # The page gets an origin of its own: no cookies, no API, no way out of its frame.
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers["Content-Disposition"] = "inline"
        response.headers["Content-Security-Policy"] = _CSP_WITH_SCRIPTS if request.scripts else _CSP_OF_A_PAGE
    return response


def _file_of_run(context: Context, run_id: str, path: str) -> Located:
    located, _ = context.artifacts.of_run(run_id, path)
    try:
        located.store.stat(located.key)
    except ResourceDoesNotExist:
        model = context.artifacts.model_of_run(run_id, path)
        if model is None:
            raise
        return model[0]
    return located


async def get_logged_model_artifact(
    context: Context, request: wire.GetModelArtifact, http: Request, pools: Pools
) -> Response:
    return await _download(
        lambda: context.artifacts.of_model(request.model_id, request.artifact_file_path)[0], http, pools.reads
    )


async def upload_proxied_artifact(
    context: Context, request: wire.ProxiedArtifact, http: Request, pools: Pools
) -> Response:
    size = _content_length(http)
    await _upload(lambda: context.artifacts.proxied(request.path), http, pools, size, None)
    return Response(status_code=200)


async def upload_artifact(
    context: Context, request: wire.UploadArtifact, http: Request, pools: Pools
) -> Response:
    run_id = run_id_of(request)
    size = _content_length(http)
    if size == 0:
        raise InvalidParameterValue("The request has no body: send the bytes of the file")
    if size is not None and size > MAX_UPLOAD_BYTES:
        raise InvalidParameterValue(
            f"The file has {size} bytes; this endpoint takes at most {MAX_UPLOAD_BYTES}. Use "
            "/api/2.0/mlflow-artifacts/artifacts/ for larger ones."
        )
    await _upload(
        lambda: context.artifacts.of_run(run_id, request.path)[0], http, pools, size, MAX_UPLOAD_BYTES
    )
    return Response(status_code=200, media_type="application/json")


async def _download(locate: Callable[[], Located], http: Request, pool: Executor) -> Response:
    loop = asyncio.get_running_loop()
    asked = _RANGE.fullmatch(http.headers.get("range", ""))

    condition = http.headers.get("if-range")

    def open_stream() -> tuple[ByteStream, str, int, int, bool]:
        located = locate()
        file = located.store.stat(located.key)
        if file.is_dir:
            raise InvalidParameterValue(f"The artifact {located.key!r} is a folder: name a file in it")
        whole = file.file_size or 0
        start, end = _span(asked, whole)
        stream = located.store.read(located.key, start, end - start)
        if condition and stream.size != end - start and condition != _etag(stream):
            stream.close()  # the file has changed since the part that the client has
            start, end = 0, whole
            stream = located.store.read(located.key)
        return stream, posixpath.basename(located.key), start, end, stream.size != end - start

    try:
        stream, name, start, end, is_part = await loop.run_in_executor(pool, open_stream)
    except _Unsatisfiable as error:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{error.size}"})
    headers = {
        "Content-Length": str(end - start),
        "Content-Disposition": _disposition(name),
        "Content-Type": _media_type(name),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _CSP,
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
    }
    if etag := _etag(stream):
        headers["ETag"] = etag
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stream.size}"
    if http.method == "HEAD":
        await loop.run_in_executor(pool, stream.close)
        return Response(status_code=206 if is_part else 200, headers=headers)
    return StreamingResponse(_pieces(stream, pool), status_code=206 if is_part else 200, headers=headers)


async def _pieces(stream: ByteStream, pool: Executor) -> AsyncIterator[bytes]:
    piece = pool.submit(next, stream, b"")
    try:
        while chunk := await asyncio.wrap_future(piece):
            yield chunk
            piece = pool.submit(next, stream, b"")
    finally:
        # A client that leaves cancels this; the file is closed once nobody reads it any more.
        piece.add_done_callback(lambda _: stream.close())


def _etag(stream: ByteStream) -> str | None:
    return f'"{stream.version}"' if stream.version else None


async def _upload(
    locate: Callable[[], Located], http: Request, pools: Pools, size: int | None, limit: int | None
) -> None:
    loop = asyncio.get_running_loop()
    arriving = http.stream()

    async def next_chunk() -> bytes:
        async for chunk in arriving:
            if chunk:
                return chunk
        return b""

    def chunks() -> Iterator[bytes]:
        # Runs in a thread for uploads and pulls one piece at a time, so that memory stays flat.
        total = 0
        while chunk := asyncio.run_coroutine_threadsafe(next_chunk(), loop).result():
            total += len(chunk)
            if limit is not None and total > limit:
                raise InvalidParameterValue(
                    f"The file is larger than the {limit} bytes that this endpoint takes"
                )
            yield chunk

    def write(located: Located) -> None:
        located.store.write(located.key, chunks(), size)

    try:
        located = await loop.run_in_executor(pools.reads, locate)
        await loop.run_in_executor(pools.uploads, write, located)
    except ClientDisconnect:
        raise MlflowException("The upload was cut off; nothing was stored", error_code="CANCELLED") from None


class _Unsatisfiable(Exception):
    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def _span(asked: re.Match[str] | None, size: int) -> tuple[int, int]:
    """First byte and the byte after the last one; a range that makes no sense is ignored (RFC 9110, 14.2)."""
    if asked is None or (not asked[1] and not asked[2]):
        return 0, size
    if not asked[1]:
        return max(size - int(asked[2]), 0), size
    start = int(asked[1])
    end = min(int(asked[2]) + 1, size) if asked[2] else size
    if start >= size:
        raise _Unsatisfiable(size)
    return (start, end) if start < end else (0, size)


def _content_length(http: Request) -> int | None:
    text = http.headers.get("content-length")
    return int(text) if text and text.isdecimal() else None


def _disposition(name: str) -> str:
    if name.isascii() and name.isprintable() and not set(name) & {'"', "\\"}:
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _media_type(name: str) -> str:
    if name in _TEXT_NAMES or name.rpartition(".")[2].lower() in _TEXT:
        return "text/plain; charset=utf-8"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


TRANSFERS: dict[str, Transfer] = {
    "download_proxied_artifact": download_proxied_artifact,
    "upload_proxied_artifact": upload_proxied_artifact,
    "get_artifact": get_artifact,
    "get_raw_artifact": get_raw_artifact,
    "upload_artifact": upload_artifact,
    "get_logged_model_artifact": get_logged_model_artifact,
}
