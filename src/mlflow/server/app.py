"""The ASGI application: finds the route, decodes, runs the handler where it belongs, encodes.

Paths are fixed for nearly all endpoints, so that one dictionary look-up finds them. Reads by key run in the event
loop where the database answers in microseconds; other reads run in a small pool of threads. Writes go to the
store's writer, which commits many at once; the results of one commit wake the loop once.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mlflow._wire.decoding import decode_body, decode_query
from mlflow._wire.errors import error_to_wire
from mlflow._wire.routes import ROUTES, Route, paths_of
from mlflow.exceptions import BadRequest, EndpointNotFound, InvalidParameterValue, MlflowException
from mlflow.server.context import Context
from mlflow.server.middleware.security import SecurityMiddleware
from mlflow.server.routes import Handler, artifacts, experiments, logged_models, metrics, runs, service
from mlflow.server.routes.transfers import TRANSFERS, Transfer
from mlflow.server.static import UiFiles
from mlflow.version import VERSION

HANDLERS: dict[str, Handler] = {
    **experiments.HANDLERS,
    **runs.HANDLERS,
    **metrics.HANDLERS,
    **logged_models.HANDLERS,
    **artifacts.HANDLERS,
    **service.HANDLERS,
}
MAX_BODY_BYTES = 64 * 1024 * 1024
"""Largest JSON body."""
POOL_THREADS = 8
COMPRESSED_FROM = 1024
"""Bytes from which answers to browsers are packed."""

_log = logging.getLogger("mlflow.server")
_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")
_HOLE = re.compile(r"\{(\w+)(:path)?\}")


class Endpoint(NamedTuple):
    """A route with what answers it."""

    route: Route
    handler: Handler | None
    transfer: Transfer | None


class Application:
    """The ASGI application.

    Args:
        context: What handlers work with.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._prefix = context.settings.static_prefix.rstrip("/")
        self._fixed: dict[tuple[str, str], Endpoint] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Endpoint]] = []
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="headrace-read")
        self._inline = context.settings.fast_reads
        self._delivery: _Delivery | None = None
        self._ui = UiFiles()
        for route in ROUTES:
            if context.settings.artifacts_only and not _is_artifact(route):
                continue
            endpoint = Endpoint(route, HANDLERS.get(route.name), TRANSFERS.get(route.name))
            for path in paths_of(route):
                if "{" in path:
                    self._patterns.append((route.method, _pattern(path), endpoint))
                else:
                    self._fixed[route.method, path] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._answer(scope, receive, send)
        elif kind == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._route(scope, receive, send)
        except MlflowException as error:
            await _send_error(send, error)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - the last line of defence
            number = uuid.uuid4().hex[:12]
            _log.exception("Request %s %s failed (%s)", scope["method"], scope["path"], number)
            unexpected = MlflowException(
                f"The server met an error that it did not expect; its log has the details under {number}"
            )
            await _send_error(send, unexpected)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        prefix = self._prefix
        if prefix and path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("/", ""):
            path = path[len(prefix) :] or "/"
        endpoint = self._fixed.get((method, path))
        if endpoint is not None:
            await self._run(endpoint, {}, scope, receive, send)
            return
        if method == "HEAD":
            method = "GET"
        if path in ("/health", "/version"):
            await self._answer_for_itself(method, path, send)
            return
        found = self._find(method, path)
        if found is not None:
            await self._run(*found, scope, receive, send)
            return
        if path.startswith(("/api/", "/ajax-api/")) or path == "/get-artifact":
            await self._refuse(scope["method"], path, send)
            return
        if method != "GET":
            raise EndpointNotFound(f"There is no endpoint {scope['method']} {path}")
        response = self._ui.respond(scope["path"], HttpRequest(scope).headers, static_prefix=prefix)
        if response is None:
            raise EndpointNotFound(f"There is no page {scope['path']}; the web interface starts at {prefix}/")
        await response(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        endpoint = self._fixed.get((method, path))
        if endpoint is not None:
            return endpoint, {}
        for wanted, pattern, candidate in self._patterns:
            if wanted == method and (match := pattern.fullmatch(path)):
                return candidate, match.groupdict()
        return None

    async def _refuse(self, method: str, path: str, send: Send) -> None:
        allowed = sorted(
            {m for m, p in self._fixed if p == path}
            | {m for m, pattern, _ in self._patterns if pattern.fullmatch(path)}
        )
        if allowed and method == "OPTIONS":
            await _send(send, 204, b"", ((b"allow", ", ".join(allowed).encode()),))
        elif allowed:
            error = BadRequest(f"The endpoint {path} takes {' or '.join(allowed)}, not {method}")
            _, body = error_to_wire(error)
            await _send(send, 405, body, (_JSON, (b"allow", ", ".join(allowed).encode())))
        elif self._context.settings.artifacts_only and "mlflow-artifacts" not in path:
            unserved = MlflowException(
                f"Endpoint {path} is not served: this server was started with --artifacts-only",
                error_code="TEMPORARILY_UNAVAILABLE",
            )
            await _send_error(send, unserved)
        else:
            raise EndpointNotFound(f"There is no endpoint {method} {path}")

    async def _run(
        self, endpoint: Endpoint, parameters: Mapping[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        route = endpoint.route
        if endpoint.transfer is not None:
            request = decode_query(route.request, _query(scope), parameters)
            http = HttpRequest(scope, receive)
            response: HttpResponse = await endpoint.transfer(self._context, request, http, self._pool)
            await _send_bytes(response, scope, receive, send)
            return
        handler = endpoint.handler
        assert handler is not None  # a route has one or the other
        if route.method == "GET":
            request = decode_query(route.request, _query(scope), parameters)
        else:
            body = await _body(scope, receive, needs_type=route.method in ("POST", "PUT"))
            request = decode_body(route.request, body, parameters)
        if route.kind == "write":
            reply = await self._write(handler, request)
        elif route.kind == "point" and self._inline:
            reply = handler(self._context, request)
        else:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._pool, handler, self._context, request)
        body = _encode(reply)
        if (
            len(body) > COMPRESSED_FROM
            and _is_for_browsers(scope["path"], self._prefix)
            and _takes_gzip(scope)
        ):
            packed = await asyncio.get_running_loop().run_in_executor(self._pool, _gzip, body)
            await _send(
                send, 200, packed, (_JSON, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
            )
        else:
            await _send(send, 200, body, (_JSON,))

    async def _write(self, handler: Handler, request: Any) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        context = self._context
        deliver = self._deliveries(loop)
        run_id = getattr(request, "run_id", "") or getattr(request, "run_uuid", "")
        context.store.write(
            lambda: handler(context, request), lambda operation: deliver(future, operation), run_id
        )
        return await future

    def _deliveries(self, loop: asyncio.AbstractEventLoop) -> Callable[[asyncio.Future[Any], Any], None]:
        if self._delivery is None or self._delivery.loop is not loop:
            self._delivery = _Delivery(loop)
        return self._delivery.add

    async def _answer_for_itself(self, method: str, path: str, send: Send) -> None:
        if method != "GET":
            error = BadRequest(f"The endpoint {path} takes GET, not {method}")
            await _send(send, 405, error_to_wire(error)[1], (_JSON, (b"allow", b"GET")))
            return
        if path == "/health":
            await asyncio.get_running_loop().run_in_executor(self._pool, self._context.store.settings.ping)
        text = "OK" if path == "/health" else VERSION.partition("+")[0]
        await _send(send, 200, text.encode(), ((b"content-type", b"text/plain; charset=utf-8"),))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                self._pool.shutdown(wait=False)
                await asyncio.get_running_loop().run_in_executor(None, self._context.store.close)
                await send({"type": "lifespan.shutdown.complete"})
                return


def _is_for_browsers(path: str, prefix: str) -> bool:
    """Whether a path is a twin for browsers. Programs are usually near, where packing costs more than sending."""
    return path.startswith("/ajax-api/", len(prefix) if prefix and path.startswith(prefix) else 0)


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


class _Delivery:
    """Brings results from the writer's thread to the event loop, all of one commit with one wake-up."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: deque[tuple[asyncio.Future[Any], Any]] = deque()
        self._scheduled = False

    def add(self, future: asyncio.Future[Any], operation: Any) -> None:
        self._waiting.append((future, operation))
        if not self._scheduled:
            self._scheduled = True
            self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._scheduled = False
        while self._waiting:
            future, operation = self._waiting.popleft()
            if future.done():
                continue
            if operation.error is not None:
                future.set_exception(operation.error)
            else:
                future.set_result(operation.result)


def create_app(context: Context) -> ASGIApp:
    """The application with everything that requests pass through."""
    settings = context.settings
    return SecurityMiddleware(
        Application(context),
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        frame_options=settings.frame_options,
        check=settings.check_requests,
    )


def _is_artifact(route: Route) -> bool:
    return "/mlflow-artifacts/" in route.path or route.name == "get_server_info"


def _pattern(path: str) -> re.Pattern[str]:
    parts = _HOLE.split(path)
    text = "".join(
        re.escape(part)
        if i % 3 == 0
        else (f"(?P<{part}>{'.*' if parts[i + 1] else '[^/]+'})" if i % 3 == 1 else "")
        for i, part in enumerate(parts)
    )
    return re.compile(text, re.DOTALL)


def _query(scope: Scope) -> list[tuple[str, str]]:
    text = scope["query_string"]
    if not text:
        return []
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise InvalidParameterValue("The query of the request is not valid UTF-8") from None


async def _body(scope: Scope, receive: Receive, *, needs_type: bool) -> bytes:
    kind = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
            break
    if needs_type and kind.partition(b";")[0].strip().lower() != b"application/json":
        shown = kind.decode("latin-1") or "absent"
        raise InvalidParameterValue(
            f"Bad Request. Content-Type should be 'application/json'; it is {shown!r}. Set the header and try again."
        )
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The request was cut off")
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise InvalidParameterValue(
                f"The request body is larger than {MAX_BODY_BYTES} bytes; send it in parts"
            )
        parts.append(part)
    return b"".join(parts)


async def _send_bytes(response: HttpResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends an answer that may break off: once it has begun there is no other answer to give."""
    try:
        await response(scope, receive, send)
    except ClientDisconnect:
        return
    except MlflowException as error:
        _log.warning("%s %s was cut off: %s", scope["method"], scope["path"], error.message)
        raise ConnectionAbortedError(error.message) from error


async def _send_error(send: Send, error: MlflowException) -> None:
    status, body = error_to_wire(error)
    await _send(send, status, body, (_JSON,))


async def _send(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
