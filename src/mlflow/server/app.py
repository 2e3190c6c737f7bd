"""The ASGI application: finds the route, decodes, runs the handler where it belongs, encodes.

Paths are fixed for nearly all endpoints, so that one dictionary look-up finds them. Reads by key run in the event
loop where the database answers in microseconds; other reads run in a small pool of threads. Writes go to the
store's writer, which commits many at once; the results of one commit wake the loop once. Writes that answer nothing
but that they are done, which are nearly all requests of a training, take no task: the writer's word ends them.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import random
import re
import time
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

from mlflow._base.attribution import attributed
from mlflow._wire.decoding import decode_body, decode_query
from mlflow._wire.errors import error_to_wire
from mlflow._wire.routes import ROUTES, Route, paths_of
from mlflow._wire.shapes import Empty
from mlflow.exceptions import (
    BadRequest,
    EndpointNotFound,
    InvalidParameterValue,
    MlflowException,
    OutcomeUnknown,
    StorageUnavailable,
)
from mlflow.server.access_log import AccessLog
from mlflow.server.admission import RETRY_AFTER_SECONDS, Admission
from mlflow.server.attribution import attribution_of
from mlflow.server.context import Context
from mlflow.server.deliveries import Deliveries
from mlflow.server.exchange import Exchange, Headers
from mlflow.server.middleware.security import SecurityMiddleware
from mlflow.server.monitor import CONTENT_TYPE, Monitor, Place
from mlflow.server.routes import (
    FollowUp,
    Handler,
    artifacts,
    comments,
    decisions,
    experiments,
    leases,
    logged_models,
    metrics,
    model_versions,
    policies,
    registered_models,
    runs,
    segments,
    service,
    tables,
    transition_requests,
    version_pages,
    webhooks,
)
from mlflow.server.routes.transfers import TRANSFERS, Pools, Transfer
from mlflow.server.static import UiFiles
from mlflow.version import VERSION

FOLLOW_UPS = model_versions.FOLLOW_UPS
FOLLOW_UP_SECONDS = 10.0
"""How long a reply waits for its follow-up, which goes on after that."""
HANDLERS: dict[str, Handler] = {
    **experiments.HANDLERS,
    **runs.HANDLERS,
    **leases.HANDLERS,
    **segments.HANDLERS,
    **metrics.HANDLERS,
    **logged_models.HANDLERS,
    **registered_models.HANDLERS,
    **model_versions.HANDLERS,
    **decisions.HANDLERS,
    **policies.HANDLERS,
    **transition_requests.HANDLERS,
    **comments.HANDLERS,
    **webhooks.HANDLERS,
    **version_pages.HANDLERS,
    **artifacts.HANDLERS,
    **tables.HANDLERS,
    **service.HANDLERS,
}
_TRANSFERS: dict[str, Transfer] = {**TRANSFERS, **tables.TRANSFERS, **decisions.TRANSFERS}
MAX_BODY_BYTES = 64 * 1024 * 1024
"""Largest JSON body."""
POOL_THREADS = 8
"""Threads that read. Each has a connection to the database; the writer has one more, and so has /health."""
UPLOAD_THREADS = 64
"""Threads that take artifacts in. Each waits for its client, so that they are apart from those that read."""
HEALTH_SECONDS = 5.0
"""Within which the database has to answer."""
WATCH_SECONDS = 1.0
"""How often the processes of one server tell each other their counts, and look for reads that take too long."""
READ_SECONDS = 60.0
"""How long one read may use the database."""
FETCHED_FROM = 256 * 1024
"""Bytes from which an answer counts as held until its client has fetched it."""
DELIVERY_SECONDS = 1.0
"""How often deliveries to webhooks are looked for."""
SWEEP_SECONDS = 5.0
"""How often runs are looked for whose client is gone."""
COMPRESSED_FROM = 1024
"""Bytes from which answers to browsers are packed."""

_log = logging.getLogger("mlflow.server")
_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")
_JSON_ONLY: Headers = (_JSON,)
_ABOUT_ITSELF = frozenset({"/health", "/version", "/metrics"})
CUT_OFF = 499
"""Status in the counts of a request whose client or source went away."""
_HOLE = re.compile(r"\{(\w+)(:path)?\}")
Done = Callable[[Any, Exception | None], None]
"""Gets the result of a write, or its error."""


class Endpoint(NamedTuple):
    """A route with what answers it.

    Attributes:
        route: The route.
        handler: What answers it, if it does not stream.
        transfer: What answers it, if it does.
        taken: Whether it answers nothing but that it is done, once the writer has done it.
    """

    route: Route
    handler: Handler | None
    transfer: Transfer | None
    taken: bool


class WholeAnswer(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    headers: Headers


class Application:
    """The ASGI application.

    Args:
        context: What handlers work with.
        monitor: What counts requests.
        admission: What refuses too many of them.
    """

    def __init__(self, context: Context, monitor: Monitor, admission: Admission) -> None:
        self._context = context
        self._monitor = monitor
        self._admission = admission
        self._prefix = context.settings.static_prefix.rstrip("/")
        self._fixed: dict[tuple[str, str], Endpoint] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Endpoint]] = []
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="headrace-read")
        self._uploads = ThreadPoolExecutor(UPLOAD_THREADS, thread_name_prefix="headrace-upload")
        self._pools = Pools(self._pool, self._uploads)
        self._health = ThreadPoolExecutor(1, thread_name_prefix="headrace-health")
        self._inline = context.settings.fast_reads
        self._delivery: _Delivery | None = None
        self._webhooks = Deliveries(context.store.webhooks)
        self._ui = UiFiles()
        for route in ROUTES:
            if context.settings.artifacts_only and not _is_artifact(route):
                continue
            taken = (
                route.kind == "write"
                and route.response is Empty
                and not route.decides
                and route.name not in FOLLOW_UPS
            )
            endpoint = Endpoint(route, HANDLERS.get(route.name), _TRANSFERS.get(route.name), taken)
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

    def take(self, exchange: Exchange) -> bool:
        """Answers a request that has come whole without a task, if all that it does is done by the writer.

        Returns:
            Whether it does; otherwise nothing has happened.
        """
        scope = exchange.scope
        endpoint = self._fixed.get((scope["method"], self._path(scope)))
        if endpoint is None or not endpoint.taken or endpoint.handler is None:
            return False
        started = time.perf_counter()
        route = endpoint.route
        scope["route"] = route.name

        def done(result: Any, error: Exception | None) -> None:
            answer = (
                WholeAnswer(200, _encode(result), _JSON_ONLY)
                if error is None
                else _error_answer(error, scope)
            )
            self._monitor.observe(scope, answer.status, time.perf_counter() - started)
            exchange.answer(*answer)

        try:
            body = exchange.body
            _check_type(scope)
            self._submit(route, endpoint.handler, decode_body(route.request, body), len(body), done)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            done(None, error)
        return True

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = CUT_OFF
        try:
            status = await self._route_or_refuse(scope, receive, send)
        finally:
            self._monitor.observe(scope, status, time.perf_counter() - started)

    async def _route_or_refuse(self, scope: Scope, receive: Receive, send: Send) -> int:
        try:
            return await self._route(scope, receive, send)
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence
            return await _send(send, *_error_answer(error, scope))

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Answers a request; returns the status."""
        method, path, prefix = scope["method"], self._path(scope), self._prefix
        endpoint = self._fixed.get((method, path))
        if endpoint is not None:
            return await self._run(endpoint, {}, scope, receive, send)
        if method == "HEAD":
            method = "GET"
        if path in _ABOUT_ITSELF:
            return await self._answer_for_itself(method, path, scope, send)
        found = self._find(method, path)
        if found is not None:
            return await self._run(*found, scope, receive, send)
        if path.startswith(("/api/", "/ajax-api/")) or path == "/get-artifact":
            return await self._refuse(scope["method"], path, send)
        if method != "GET":
            raise EndpointNotFound(f"There is no endpoint {scope['method']} {path}")
        response = self._ui.respond(scope["path"], HttpRequest(scope).headers, static_prefix=prefix)
        if response is None:
            raise EndpointNotFound(f"There is no page {scope['path']}; the web interface starts at {prefix}/")
        scope["route"] = "page"
        await response(scope, receive, send)
        return response.status_code

    def _path(self, scope: Scope) -> str:
        """The path of a request, without what all paths are put under."""
        path: str = scope["path"]
        prefix = self._prefix
        if prefix and path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("/", ""):
            return path[len(prefix) :] or "/"
        return path

    def _find(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        endpoint = self._fixed.get((method, path))
        if endpoint is not None:
            return endpoint, {}
        for wanted, pattern, candidate in self._patterns:
            if wanted == method and (match := pattern.fullmatch(path)):
                return candidate, match.groupdict()
        return None

    async def _refuse(self, method: str, path: str, send: Send) -> int:
        allowed = sorted(
            {m for m, p in self._fixed if p == path}
            | {m for m, pattern, _ in self._patterns if pattern.fullmatch(path)}
        )
        if allowed and method == "OPTIONS":
            return await _send(send, 204, b"", ((b"allow", ", ".join(allowed).encode()),))
        if allowed:
            error = BadRequest(f"The endpoint {path} takes {' or '.join(allowed)}, not {method}")
            _, body = error_to_wire(error)
            return await _send(send, 405, body, (_JSON, (b"allow", ", ".join(allowed).encode())))
        if self._context.settings.artifacts_only and "mlflow-artifacts" not in path:
            unserved = MlflowException(
                f"Endpoint {path} is not served: this server was started with --artifacts-only",
                error_code="TEMPORARILY_UNAVAILABLE",
            )
            raise unserved
        raise EndpointNotFound(f"There is no endpoint {method} {path}")

    async def _run(
        self, endpoint: Endpoint, parameters: Mapping[str, str], scope: Scope, receive: Receive, send: Send
    ) -> int:
        route = endpoint.route
        scope["route"] = route.name
        if endpoint.transfer is not None:
            request = decode_query(route.request, _query(scope), parameters)
            http = HttpRequest(scope, receive)
            with self._admission.transferring():
                response: HttpResponse = await endpoint.transfer(self._context, request, http, self._pools)
                await _send_bytes(response, scope, receive, send)
            return response.status_code
        handler = endpoint.handler
        assert handler is not None  # a route has one or the other
        if route.decides:
            handler = _on_behalf(handler, scope)
        size = 0
        if route.method == "GET":
            request = decode_query(route.request, _query(scope), parameters)
        else:
            body = await self._body(scope, receive, needs_type=route.method in ("POST", "PUT"))
            size = len(body)
            if route.query_too and not body:
                request = decode_query(route.request, _query(scope), parameters)
            else:
                request = decode_body(route.request, body, parameters)
        if route.kind == "write":
            reply = await self._write(route, handler, request, size)
            if route.name in FOLLOW_UPS:
                await self._follow_up(FOLLOW_UPS[route.name], reply, scope)
        elif route.kind == "point" and self._inline:
            reply = handler(self._context, request)
        else:
            with self._admission.reading():
                loop = asyncio.get_running_loop()
                reply = await loop.run_in_executor(self._pool, handler, self._context, request)
        answer = _encode(reply)
        headers = _JSON_ONLY
        if (
            len(answer) > COMPRESSED_FROM
            and _is_for_browsers(scope["path"], self._prefix)
            and _takes_gzip(scope)
        ):
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, _gzip, answer)
            headers = (_JSON, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
        if len(answer) < FETCHED_FROM:
            return await _send(send, 200, answer, headers)
        with self._admission.holding(len(answer)):
            return await _send(send, 200, answer, headers, until_fetched=True)

    async def _write(self, route: Route, handler: Handler, request: Any, size: int) -> Any:
        """What a write answers."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def done(result: Any, error: Exception | None) -> None:
            if future.done():  # the client has gone
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        self._submit(route, handler, request, size, done)
        return await future

    def _submit(self, route: Route, handler: Handler, request: Any, size: int, done: Done) -> None:
        """Hands a write to the writer, whose body has so many bytes; `done` gets its result or its error."""
        context = self._context
        deliver = self._deliveries(asyncio.get_running_loop())

        def finish(operation: Any) -> None:
            self._admission.leave_write(size)
            error = operation.error
            if isinstance(error, OutcomeUnknown) and not route.idempotent:
                # Clients send again what is answered with 503 or 500; this would then be done twice.
                error = MlflowException(error.message, error_code="ABORTED")
            done(operation.result, error)

        self._admission.enter_write(size)
        run_id = getattr(request, "run_id", "") or getattr(request, "run_uuid", "")
        context.store.write(
            lambda: handler(context, request), lambda operation: deliver(finish, operation), run_id
        )

    async def _follow_up(self, follow_up: FollowUp, reply: Any, scope: Scope) -> None:
        """Does what a reply leaves to do; its failure is not that of the request."""
        acting = _on_behalf(follow_up, scope)

        def work() -> None:
            try:
                acting(self._context, reply)
            except MlflowException as error:
                _log.warning("After %s: %s", scope["path"], error.message)

        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        await asyncio.wait([done], timeout=FOLLOW_UP_SECONDS)

    def _deliveries(self, loop: asyncio.AbstractEventLoop) -> Callable[[Callable[[Any], None], Any], None]:
        if self._delivery is None or self._delivery.loop is not loop:
            self._delivery = _Delivery(loop)
        return self._delivery.add

    async def _answer_for_itself(self, method: str, path: str, scope: Scope, send: Send) -> int:
        scope["route"] = path[1:]
        if method != "GET":
            error = BadRequest(f"The endpoint {path} takes GET, not {method}")
            return await _send(send, 405, error_to_wire(error)[1], (_JSON, (b"allow", b"GET")))
        if path == "/metrics":
            return await _send(send, 200, self._monitor.shown(), ((b"content-type", CONTENT_TYPE),))
        if path == "/health":
            await self._check_database()
        text = "OK" if path == "/health" else VERSION.partition("+")[0]
        return await _send(send, 200, text.encode(), ((b"content-type", b"text/plain; charset=utf-8"),))

    async def _check_database(self) -> None:
        loop = asyncio.get_running_loop()
        ping = loop.run_in_executor(self._health, self._context.store.settings.ping)
        try:
            await asyncio.wait_for(ping, HEALTH_SECONDS)
        except TimeoutError:
            raise StorageUnavailable(
                f"The database did not answer within {HEALTH_SECONDS:.0f} s; look at its load and its locks"
            ) from None

    async def _body(self, scope: Scope, receive: Receive, *, needs_type: bool) -> bytes:
        if needs_type:
            _check_type(scope)
        message = await receive()
        body: bytes = message.get("body", b"")
        if not message.get("more_body"):
            return body
        parts = [body]
        size = len(body)
        while message.get("more_body"):
            self._admission.check_body(size)
            with self._admission.holding(size):
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

    async def _watch(self) -> None:
        """Publishes the counts, and ends reads that take too long, for as long as the server lives."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self._monitor.publish()
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._health, self._context.store.interrupt_reads, READ_SECONDS
                )
            except Exception:  # noqa: BLE001 - a connection that just broke must not end the watch
                _log.exception("Reads that take too long could not be ended")

    async def _live(self, receive: Receive, send: Send) -> None:
        background: list[asyncio.Task[None]] = []
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                tasks = (self._sweep(), self._watch(), self._tell())
                background = [asyncio.create_task(task) for task in tasks]
                await send({"type": "lifespan.startup.complete"})
            else:
                for task in background:
                    task.cancel()
                self._webhooks.close()
                for pool in (self._pool, self._uploads, self._health):
                    pool.shutdown(wait=False)
                await asyncio.get_running_loop().run_in_executor(None, self._context.store.close)
                self._monitor.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _tell(self) -> None:
        """Makes the deliveries that webhooks wait for, for as long as the server lives."""
        while True:
            await asyncio.sleep(DELIVERY_SECONDS)
            try:
                await asyncio.get_running_loop().run_in_executor(self._pool, self._webhooks.start_due)
            except MlflowException as error:
                _log.warning("Deliveries to webhooks could not be looked for: %s", error.message)

    async def _sweep(self) -> None:
        """Ends runs whose client is gone, for as long as the server lives."""
        leases, started_ms = self._context.store.leases, self._context.started_ms
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                lost = await asyncio.get_running_loop().run_in_executor(self._pool, leases.expire, started_ms)
            except MlflowException as error:
                _log.warning("Lost runs could not be looked for: %s", error.message)
            else:
                for run_id in lost:
                    _log.warning("Run %s is lost: its client gives no sign any more", run_id)


def _on_behalf(handler: Handler, scope: Scope) -> Handler:
    """A handler that acts for the sender of a request."""
    attribution = attribution_of(scope)

    def acting(context: Context, request: Any) -> Any:
        with attributed(attribution):
            return handler(context, request)

    return acting


def _is_for_browsers(path: str, prefix: str) -> bool:
    """Whether browsers use a path. Programs are usually near, where packing costs more than sending."""
    start = len(prefix) if prefix and path.startswith(prefix) else 0
    return path.startswith(("/ajax-api/", "/api/1.0/headrace/"), start)


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)


class _Delivery:
    """Brings results from the writer's thread to the event loop, all of one commit with one wake-up."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: deque[tuple[Callable[[Any], None], Any]] = deque()
        self._scheduled = False

    def add(self, finish: Callable[[Any], None], operation: Any) -> None:
        self._waiting.append((finish, operation))
        if not self._scheduled:
            self._scheduled = True
            self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._scheduled = False
        while self._waiting:
            finish, operation = self._waiting.popleft()
            try:
                finish(operation)
            except Exception:  # noqa: BLE001 - one receiver that fails must not keep the others waiting
                _log.exception("The result of a write could not be delivered")


def create_app(context: Context, place: Place | None = None) -> ASGIApp:
    """The application with everything that requests pass through.

    Args:
        context: What handlers work with.
        place: Where this process puts its counts, if it is one of several.
    """
    settings = context.settings
    admission = Admission(settings.limits)
    log = AccessLog(settings.access_log) if settings.access_log else None
    monitor = Monitor(context.store.figures, admission, log, place)
    return SecurityMiddleware(
        Application(context, monitor, admission),
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        frame_options=settings.frame_options,
        check=settings.check_requests,
        observe=monitor.observe,
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


def _check_type(scope: Scope) -> None:
    kind = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
            break
    if kind.partition(b";")[0].strip().lower() != b"application/json":
        shown = kind.decode("latin-1") or "absent"
        raise InvalidParameterValue(
            f"Bad Request. Content-Type should be 'application/json'; it is {shown!r}. Set the header and try again."
        )


async def _send_bytes(response: HttpResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends an answer that may break off: once it has begun there is no other answer to give."""
    try:
        await response(scope, receive, send)
    except ClientDisconnect:
        return
    except MlflowException as error:
        _log.warning("%s %s was cut off: %s", scope["method"], scope["path"], error.message)
        raise ConnectionAbortedError(error.message) from error


def _is_first_client(scope: Scope) -> bool:
    """Whether a request comes from the client of MLflow 1.x."""
    return any(
        name == b"user-agent" and value.startswith(b"mlflow-python-client/1.")
        for name, value in scope["headers"]
    )


def _error_answer(error: Exception, scope: Scope) -> WholeAnswer:
    """What a request is answered that failed."""
    if not isinstance(error, MlflowException):
        number = uuid.uuid4().hex[:12]
        _log.error("Request %s %s failed (%s)", scope["method"], scope["path"], number, exc_info=error)
        error = MlflowException(
            f"The server met an error that it did not expect; its log has the details under {number}"
        )
    status, body = error_to_wire(error, to_first=_is_first_client(scope))
    if status != 429:
        return WholeAnswer(status, body, _JSON_ONLY)
    wait = random.choice(RETRY_AFTER_SECONDS)  # noqa: S311 - it spreads clients
    return WholeAnswer(status, body, (_JSON, (b"retry-after", str(wait).encode())))


async def _send(
    send: Send,
    status: int,
    body: bytes,
    headers: Headers,
    *,
    until_fetched: bool = False,
) -> int:
    """Sends an answer; returns its status.

    Args:
        send: Where to.
        status: HTTP status.
        body: All of the body.
        headers: Headers; the length is added.
        until_fetched: Whether to wait until the client has fetched nearly all of the body.
    """
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    if until_fetched:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        body = b""  # the last message waits for the ones before
    await send({"type": "http.response.body", "body": body})
    return status
