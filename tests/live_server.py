"""The real server on a loopback port, in a thread of the test's process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from mlflow._storage.sql.store import SqlStore
from mlflow.server.app import create_app
from mlflow.server.artifacts import ServerArtifacts
from mlflow.server.context import Context, ServerSettings
from mlflow.server.exchange import Exchange, take_of
from mlflow.server.protocol import HttpProtocol, Patience, drop_overdue


class _Exchangeable:
    """An application that stands for another one, which changes."""

    current: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.current is not None, "no application is being served now"
        await self.current(scope, receive, send)

    def take(self, exchange: Exchange) -> bool:
        return take_of(self.current)(exchange)


class LiveServer:
    """A listening server whose application is exchanged from test to test; starting one takes a while."""

    def __init__(self) -> None:
        self._app = _Exchangeable()
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            proxy_headers=False,
            http=HttpProtocol,
            port=0,
            log_level="warning",
            lifespan="off",
            ws="none",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    @contextmanager
    def serving(self, store: SqlStore, settings: ServerSettings | None = None) -> Iterator[str]:
        """Serves a store; gives the server's address."""
        settings = settings or ServerSettings(fast_reads=store.engine.dialect.fast_reads)
        artifacts = ServerArtifacts(store, enabled=settings.serve_artifacts)
        before, self._app.current = self._app.current, create_app(Context(store, artifacts, settings))
        try:
            yield self.address
        finally:
            self._app.current = before

    def drop_overdue(self, now: float, patience: Patience) -> int:
        """Parts with slow clients, as a server does every few seconds; returns with how many."""

        async def drop() -> int:
            return drop_overdue(self._server.server_state.connections, now, patience)

        return asyncio.run_coroutine_threadsafe(drop(), self._server.servers[0].get_loop()).result(10)

    def stop(self) -> None:
        """Stops listening."""
        self._server.should_exit = True
        self._thread.join(10)
