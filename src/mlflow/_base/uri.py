"""URIs and paths: which is which, and going from one to the other."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from mlflow.exceptions import InvalidParameterValue

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_WINDOWS_DRIVE = re.compile(r"/[A-Za-z]:(?:/|$)")
_SECRET_NAMES = re.compile(r"password|passwd|pwd|secret|token|key|sig(?:nature)?|credential", re.IGNORECASE)


def uri_scheme(uri: str) -> str:
    """Scheme of a URI in lower case; empty for a plain path, one with a drive letter included."""
    match = _SCHEME.match(uri)
    return match[1].lower() if match else ""


def is_local_uri(uri: str) -> bool:
    """Whether a URI is a plain path, or a `file:` URI of this machine."""
    scheme = uri_scheme(uri)
    if scheme == "file":
        return _file_host(uri) == ""
    return scheme == ""


def path_from_uri(uri: str) -> Path:
    """Absolute local path that a plain path or a `file:` URI stands for.

    A relative path is taken from the current folder, `~` is the home folder. Every form that people write
    is understood: `./mlruns`, `file:mlruns`, `file:/data`, `file:///data`, `file://localhost/data`,
    `file:///C:/data`.

    Raises:
        InvalidParameterValue: The URI names another scheme or another machine.
    """
    scheme = uri_scheme(uri)
    if scheme == "":
        # Not resolve(): a symbolic link stays the link that the user chose.
        return Path(os.path.abspath(Path(uri).expanduser()))  # noqa: PTH100 - without following links
    if scheme != "file":
        raise InvalidParameterValue(f"{redact_uri(uri)!r} is not a local path or file: URI")
    host = _file_host(uri)
    if host:
        raise InvalidParameterValue(
            f"{uri!r} names a file of another machine ({host}); mount it and give its local path"
        )
    path = unquote(re.sub(r"^//(?:localhost)?(?=/|\.)", "", uri[len("file:") :]))
    if _WINDOWS_DRIVE.match(path) and sys.platform == "win32":
        path = path[1:]
    return Path(os.path.abspath(path))  # noqa: PTH100 - without following links


def uri_from_path(path: str | os.PathLike[str]) -> str:
    """`file:` URI of a local path; a relative path is taken from the current folder."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - without following links


def join_uri(uri: str, *parts: str) -> str:
    """A URI or local path with further parts behind its path.

    In `http:` and `file:` URIs the parts are quoted, and a query stays at the end. Elsewhere (object stores,
    `runs:`, `models:`, `mlflow-artifacts:`) a path is taken as it is written.
    """
    joined = "/".join(part.strip("/") for part in parts if part.strip("/"))
    if not joined:
        return uri
    scheme = uri_scheme(uri)
    if scheme == "":
        return str(Path(uri, *joined.split("/")))
    if scheme == "file":
        return f"{uri.rstrip('/')}/{quote(joined)}"
    if scheme in {"http", "https"}:
        split = urlsplit(uri)
        return urlunsplit(split._replace(path=f"{split.path.rstrip('/')}/{quote(joined)}"))
    return f"{uri.rstrip('/')}/{joined}"


def split_uri(uri: str) -> tuple[str, str]:
    """The URI of the folder around, and the name in it; the name is empty for a root.

    The opposite of `join_uri`: in `http:` and `file:` URIs the name is unquoted, and a query stays with the
    folder.
    """
    scheme = uri_scheme(uri)
    if scheme == "":
        path = path_from_uri(uri)
        return str(path.parent), path.name
    if scheme in {"http", "https"}:
        split = urlsplit(uri)
        folder, _, name = split.path.rstrip("/").rpartition("/")
        return urlunsplit(split._replace(path=folder)), unquote(name)
    parent, slash, name = uri.rstrip("/").rpartition("/")
    if not slash or not name or parent.endswith("/"):
        return uri, ""
    return f"{parent}/" if parent.endswith(":") else parent, unquote(name) if scheme == "file" else name


def redact_uri(uri: str) -> str:
    """A URI fit to be shown: a password and the values of secret-looking query fields become `***`."""
    if uri_scheme(uri) == "":
        return uri
    try:
        parts = urlsplit(uri)
    except ValueError:
        return uri_scheme(uri) + ":***"
    netloc = parts.netloc
    if "@" in netloc:
        user, _, host = netloc.rpartition("@")
        if ":" in user:
            netloc = f"{user.partition(':')[0]}:***@{host}"
    query = "&".join(_redact_field(field) for field in parts.query.split("&")) if parts.query else ""
    if netloc == parts.netloc and query == parts.query:
        return uri
    return urlunsplit((parts.scheme, netloc, parts.path, query, parts.fragment))


def _redact_field(field: str) -> str:
    name, equals, _ = field.partition("=")
    return f"{name}=***" if equals and _SECRET_NAMES.search(name) else field


def _file_host(uri: str) -> str:
    """The machine that a `file:` URI names; empty for this one."""
    rest = uri[len("file:") :]
    if not rest.startswith("//"):
        return ""
    host = rest[2:].split("/", 1)[0]
    return "" if host in {"", "localhost", ".", ".."} else host
