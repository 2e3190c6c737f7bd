"""Sends one request to two servers and says where their answers differ.

What must differ is made equal first: ids by the order in which they appear, times that lie close to now, names that
were drawn. Lists that have no order are sorted. Nothing is left out, except that the words of error messages are
not compared.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from string import Template
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import urllib3

PREFIX = "/api/2.0/mlflow/"
_HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_LOCATION = re.compile(r"(mlflow-artifacts:/)(\d+)(?=/|$)")
_DRAWN = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")
_UNORDERED = (
    "tags",
    "params",
    "dataset_inputs",
    "model_inputs",
    "dataset_summaries",
    "data.metrics",
    "latest_versions",
)
_HEADERS = ("content-type", "content-disposition", "content-range", "x-content-type-options")
_DAY_MS = 86_400_000
_ABSENT = "(absent)"


class Request(NamedTuple):
    """A request of the corpus.

    Attributes:
        name: File and place, or the name that it has there.
        method: HTTP method.
        path: Absolute path; `$name` stands for a value kept before.
        query: Query, in which lists are repeated.
        body: Bytes of the body, as text; `None` if there is none.
        content_type: Header Content-Type; `None` if it is not sent.
        headers: Other headers.
        keep: Values to keep from the answer, as dotted paths by name.
    """

    name: str
    method: str
    path: str
    query: dict[str, Any]
    body: str | None
    content_type: str | None
    headers: dict[str, str]
    keep: dict[str, str]


class Difference(NamedTuple):
    """Something that two answers do not have in common."""

    request: str
    at: str
    theirs: Any
    ours: Any


class Server:
    """A server, and what was learnt from its answers.

    Args:
        uri: Its address.
    """

    def __init__(self, uri: str) -> None:
        self._pool = urllib3.PoolManager(retries=False, timeout=60)
        self._uri = uri
        self.kept: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._experiments: dict[str, str] = {}
        self._file = ""

    def ask(self, request: Request) -> dict[str, Any]:
        """The answer, made comparable: its status, some headers, and a body."""
        if request.name.partition("/")[0] != self._file:
            self._file = request.name.partition("/")[0]
            self._ids, self._experiments = {}, {}
        query = self._filled(request.query)
        path = quote(self._filled(request.path), safe="/%:")
        url = self._uri + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        headers = dict(request.headers)
        if request.content_type is not None:
            headers["Content-Type"] = request.content_type
        body = None if request.body is None else self._filled(request.body).encode()
        response = self._pool.request(request.method, url, body=body, headers=headers, redirect=False)
        return self._comparable(request, response)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return Template(value).safe_substitute(self.kept)
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        return value

    def _comparable(self, request: Request, response: urllib3.BaseHTTPResponse) -> dict[str, Any]:
        kind = response.headers.get("content-type", "").partition(";")[0]
        answer: dict[str, Any] = {"outcome": str(response.status)}
        if kind == "application/json" and response.data:
            content = json.loads(response.data)
            for name, where in request.keep.items():
                self.kept[name] = str(_dig(content, where))
            if isinstance(content, dict) and "error_code" in content:
                content.pop("message")
                return {"outcome": f"{response.status} {content.pop('error_code')}", "error": content}
            return answer | {"body": self._normal(content, "")}
        for name, where in request.keep.items():
            raise AssertionError(
                f"{request.name}: no {where} for {name} in {response.status} {response.data!r}"
            )
        if response.status >= 400:
            return {"outcome": f"{response.status} ({kind or 'nothing'} instead of JSON)"}
        headers = {name: response.headers.get(name, _ABSENT) for name in _HEADERS}
        return answer | {"headers": headers, "body": response.data.decode("latin-1")}

    def _normal(self, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return {key: self._normal(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list):
            items = [self._normal(item, path) for item in value]
            return sorted(items, key=json.dumps) if path.endswith(_UNORDERED) else items
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value - time.time() * 1000) < _DAY_MS:
            return "(now)"
        return self._normal_text(value, path) if isinstance(value, str) else value

    def _normal_text(self, value: str, path: str) -> str:
        if path.endswith("page_token"):
            return "(token)"
        if path.endswith("experiment_id"):
            return self._experiment(value)
        if _DRAWN.fullmatch(value):
            return "(drawn name)"
        value = _LOCATION.sub(lambda found: found[1] + self._experiment(found[2]), value)
        return _HEX.sub(lambda found: self._ids.setdefault(found[0], f"(id {len(self._ids)})"), value)

    def _experiment(self, number: str) -> str:
        return (
            number if number == "0" else self._experiments.setdefault(number, f"({len(self._experiments)})")
        )


def read_requests(name: str, entries: list[dict[str, Any]]) -> Iterator[Request]:
    """The requests of a file of the corpus.

    An entry has `do` (method and path; one that does not begin with a slash is below /api/2.0/mlflow/) and may have
    `name`, `query`, `json` or `body`, `type` (Content-Type), `headers` and `keep`.
    """
    for number, entry in enumerate(entries):
        known = {"do", "name", "query", "json", "body", "type", "headers", "keep"}
        assert entry.keys() <= known, f"{name}: {entry.keys() - known}"
        method, _, path = entry["do"].partition(" ")
        body = json.dumps(entry["json"]) if "json" in entry else entry.get("body")
        if method in ("POST", "PATCH", "DELETE") and body is None and "type" not in entry and path[0] != "/":
            body = "{}"
        yield Request(
            f"{name}/{entry.get('name', f'{number} {path}')}",
            method,
            path if path.startswith("/") else PREFIX + path,
            entry.get("query", {}),
            body,
            entry.get("type", "application/json" if body is not None else None),
            entry.get("headers", {}),
            entry.get("keep", {}),
        )


def differences(request: str, theirs: Any, ours: Any, at: str = "") -> Iterator[Difference]:
    """Where two comparable answers differ; of a success and a failure, that they do."""
    if not at and theirs["outcome"] != ours["outcome"]:
        yield Difference(request, "outcome", theirs["outcome"], ours["outcome"])
    elif isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for key in sorted(theirs.keys() | ours.keys()):
            where = f"{at}.{key}" if at else key
            yield from differences(request, theirs.get(key, _ABSENT), ours.get(key, _ABSENT), where)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, (left, right) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(request, left, right, f"{at}[{number}]")
    elif theirs != ours or type(theirs) is not type(ours):
        yield Difference(request, at, theirs, ours)


def leaves(value: Any) -> int:
    """How many values an answer has."""
    if isinstance(value, Mapping):
        return sum(leaves(item) for item in value.values())
    if isinstance(value, list):
        return sum(leaves(item) for item in value)
    return 1


def _dig(content: Any, where: str) -> Any:
    for part in where.split("."):
        content = content[int(part) if part.isdigit() else part]
    return content
