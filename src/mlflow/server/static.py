"""The built web UI: its files with the right types, caching, compression and security headers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.responses import HTMLResponse, Response

UI_FOLDER = Path(__file__).parent / "ui"
"""Where the build hook puts the UI."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
"""What the pages may do: run and load what this server sends, nothing else."""

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

_ASSETS = "/static-files/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# The build puts a hash of the content into the name: `index-DfysT2zz.css`.
_HASHED_NAME = re.compile(r"-[\w-]{8}\.\w+$")
# In the order of preference; the suffix is that of the file the build has compressed beforehand.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

_MISSING_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Headrace</title></head>
<body>
<h1>The server runs, but its web UI is not built</h1>
<p>The API works. To build the pages, run this in the source folder and start the server again:</p>
<pre>make ui</pre>
<p>A package from an index has the pages inside; this one was built with HEADRACE_SKIP_UI=1 or without npm's registry.</p>
</body>
</html>
"""


@dataclass(frozen=True)
class _File:
    """One file in memory, as it is and compressed."""

    body: bytes
    media_type: str
    etag: str
    encoded: Mapping[str, bytes]


@dataclass
class UiFiles:
    """Answers requests for the web UI from a folder that `vite build` has written.

    Files are read once and kept in memory; a new build needs a new instance. Safe to use from many threads.

    Args:
        folder: The built UI; it need not exist, the page then says how to build it.
    """

    folder: Path = UI_FOLDER
    _files: dict[str, _File | None] = field(default_factory=dict, init=False, repr=False)

    def respond(self, path: str, headers: Mapping[str, str], *, static_prefix: str = "") -> Response | None:
        """Answers one GET or HEAD request.

        Args:
            path: Path of the URL, decoded, with the prefix in front.
            headers: Request headers with case-insensitive lookup or lower-case names.
            static_prefix: What `--static-prefix` puts before every path, as `/mlflow`; empty for none.

        Returns:
            The page, a file of it, a redirect from the bare prefix to the page (its addresses are relative), or
            None when the path is not the UI's.
        """
        if static_prefix:
            if path == static_prefix:
                return Response(status_code=308, headers={"Location": f"{static_prefix}/"})
            if not path.startswith(f"{static_prefix}/"):
                return None
            path = path[len(static_prefix) :]
        if path in ("/", "/index.html"):
            return self._page(headers)
        if path.startswith(_ASSETS):
            return self._asset(path, headers)
        return None

    def _page(self, headers: Mapping[str, str]) -> Response:
        page = self._read("index.html")
        if page is None:
            return HTMLResponse(_MISSING_PAGE, headers=dict(PAGE_HEADERS))
        return _response(page, headers, PAGE_HEADERS)

    def _asset(self, path: str, headers: Mapping[str, str]) -> Response | None:
        name = path.lstrip("/")
        # The build writes a flat folder of plain names: anything else cannot be one of its files.
        if not re.fullmatch(r"static-files/[\w.-]+", name) or name.endswith((".br", ".gz")):
            return None
        asset = self._read(name)
        if asset is None:
            return None
        caching = "public, max-age=31536000, immutable" if _HASHED_NAME.search(name) else "no-cache"
        return _response(asset, headers, {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"})

    def _read(self, name: str) -> _File | None:
        if name not in self._files:
            found = _load(self.folder / name)
            if found is None:
                return None  # not remembered: strangers must not fill the memory with names
            self._files[name] = found
        return self._files[name]


def _load(path: Path) -> _File | None:
    media_type = _TYPES.get(path.suffix)
    if media_type is None or not path.is_file():
        return None
    body = path.read_bytes()
    encoded = {}
    for encoding, suffix in _ENCODINGS:
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            encoded[encoding] = compressed.read_bytes()
    return _File(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"', encoded)


def _response(file: _File, request: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    answer = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in _etags(request.get("if-none-match", "")):
        return Response(status_code=304, headers=answer)
    accepted = _accepted_encodings(request.get("accept-encoding", ""))
    for encoding, _ in _ENCODINGS:
        if encoding in accepted and encoding in file.encoded:
            return Response(
                file.encoded[encoding],
                media_type=file.media_type,
                headers={**answer, "Content-Encoding": encoding},
            )
    return Response(file.body, media_type=file.media_type, headers=answer)


def _etags(header: str) -> set[str]:
    """The tags a client has; a proxy may have marked them as weak."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _accepted_encodings(header: str) -> set[str]:
    """The encodings a client takes; one with `q=0` is refused."""
    accepted = set()
    for item in header.lower().split(","):
        name, _, parameters = item.strip().partition(";")
        if re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters) is None:
            accepted.add(name.strip())
    return accepted
