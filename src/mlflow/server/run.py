"""Starting a server: options, port, signals."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlflow._base.project import find_project
from mlflow._base.uri import uri_scheme
from mlflow._storage.open import LOCAL_ARTIFACTS, absolute_uri, open_sql_store
from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import InvalidParameterValue, MlflowException, StorageUnavailable
from mlflow.server.access_log import AccessLog
from mlflow.server.context import Context, ServerSettings

if TYPE_CHECKING:
    from mlflow.server.monitor import Place

SERVED_ARTIFACTS = "mlartifacts"
"""Folder of artifacts beside a database that a server made."""
DRAIN_SECONDS = 1
"""How long requests that are under way may take once the server is told to stop."""
TICKS_OF_A_SWEEP = 50
"""How often slow clients are looked for; a tick is a tenth of a second."""
TURN_SECONDS = 0.0005
"""How long a thread may keep the interpreter from another one that wants it. The writer's thread gives it up at every
statement; with the 5 ms that are usual it would wait for as long to go on with its transaction."""


@dataclass(frozen=True)
class ServerOptions:
    """What a server is started with.

    Attributes:
        backend_store_uri: Database.
        default_artifact_root: Where new experiments keep artifacts, as clients reach it.
        artifacts_destination: Where the artifacts that pass through the server are kept.
        host: Address to listen on.
        port: Port to listen on.
        workers: Processes; more than one only where the database takes it.
        settings: How the application behaves.
    """

    backend_store_uri: str
    default_artifact_root: str | None = None
    artifacts_destination: str | None = None
    host: str = "127.0.0.1"
    port: int = 5000
    workers: int | None = None
    settings: ServerSettings = ServerSettings()  # noqa: RUF009 - it is frozen


def open_store(options: ServerOptions) -> SqlStore:
    """The store that a server stands on, with its artifact root as the options say.

    A root that is given becomes the root of new experiments; experiments that exist keep their place.
    """
    serve_artifacts = options.settings.serve_artifacts
    default_root = options.default_artifact_root
    if default_root and default_root.startswith("mlflow-artifacts:"):
        default_root = None  # that is what clients are told anyway
    # An object store that is named as the default root is reached by clients themselves, with their own keys.
    direct = bool(default_root and _is_remote(default_root))
    chosen = default_root if direct or not serve_artifacts else options.artifacts_destination or default_root
    if chosen and not _is_remote(chosen):
        chosen = str(Path(chosen.removeprefix("file://")).expanduser().absolute())
        _check_writable(Path(chosen))
    folder = SERVED_ARTIFACTS if serve_artifacts else LOCAL_ARTIFACTS
    store = open_sql_store(options.backend_store_uri, chosen, proxied=serve_artifacts, folder=folder)
    if chosen and direct:
        store.settings.give_out_directly(chosen)
    if chosen and not store.is_new:
        store.settings.use_root(chosen)
    _check_database_is_apart(store)
    return store


def _check_database_is_apart(store: SqlStore) -> None:
    """Refuses a root that the database lies in: who may write artifacts could overwrite the database."""
    root, folder = store.settings.artifact_root(), store.engine.dialect.folder
    if store.settings.proxied and folder and not _is_remote(root) and Path(folder).is_relative_to(root):
        store.close()
        raise InvalidParameterValue(
            f"The folder {root} for artifacts holds the database {store.engine.dialect.uri}, which clients could then "
            f"read and overwrite. Choose a folder of its own: --artifacts-destination {Path(root, SERVED_ARTIFACTS)}"
        )


def serve(options: ServerOptions) -> int:
    """Runs a server until it is told to stop.

    Returns:
        Exit code: 0 after a stop, 1 when it could not start; the reason is printed.
    """
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        return _fail(_port_problem(error, options.host, options.port))
    try:
        if options.settings.access_log:
            AccessLog(options.settings.access_log).close()
        store = open_store(options)
    except MlflowException as error:
        listener.close()
        return _fail(error.message)
    workers = options.workers or 1
    if workers > 1 and not store.engine.dialect.many_processes:
        print(
            f"One process serves a SQLite database faster than {workers} would; --workers is ignored.",
            file=sys.stderr,
        )
        workers = 1
    _announce(options, store, listener, workers)
    if workers > 1:
        store.close()
        return _serve_many(options, listener, workers)
    _serve_one(options, store, listener)
    return 0


def _serve_one(
    options: ServerOptions, store: SqlStore, listener: socket.socket, place: Place | None = None
) -> None:
    """Serves in this process, which is one of several if it has a place among them."""
    import uvicorn

    from mlflow.server.app import create_app
    from mlflow.server.artifacts import ServerArtifacts
    from mlflow.server.protocol import HttpProtocol, Patience, drop_overdue

    parent = os.getppid()
    _allow_many_files()
    sys.setswitchinterval(TURN_SECONDS)

    settings = ServerSettings(**{**vars(options.settings), "fast_reads": store.engine.dialect.fast_reads})
    artifacts = ServerArtifacts(store, enabled=settings.serve_artifacts)
    app = create_app(Context(store, artifacts, settings), place)
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=2048,
    )

    class Server(uvicorn.Server):
        """Stops quietly, as being told to stop is no failure, and parts with clients that take too long.

        One of several processes also stops when the one that started it is gone: nobody else would stop it.
        """

        async def on_tick(self, counter: int) -> bool:
            if place is not None and os.getppid() != parent:
                self.should_exit = True
            if counter % TICKS_OF_A_SWEEP == 0:
                drop_overdue(self.server_state.connections, time.monotonic(), Patience())
            return await super().on_tick(counter)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            stopping = (signal.SIGTERM, signal.SIGINT)
            before = [signal.signal(number, self.handle_exit) for number in stopping]
            try:
                yield
            finally:
                for number, handler in zip(stopping, before, strict=True):
                    signal.signal(number, handler)

    Server(config).run(sockets=[listener])


def _serve_many(options: ServerOptions, listener: socket.socket, workers: int) -> int:
    """Several processes on one listening socket; one that dies is replaced."""
    from mlflow.server.monitor import Board, Place

    children: dict[int, int] = {}
    stopping = False
    board = Board(workers)

    def start(number: int) -> None:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _serve_one(options, open_store(options), listener, Place(board, number))
            os._exit(0)
        children[pid] = number

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        del number, frame
        stopping = True
        for pid in children:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for number in range(workers):
        start(number)
    while children:
        pid, _ = os.wait()
        number = children.pop(pid)
        if not stopping:
            time.sleep(0.2)  # a process that dies at once must not be replaced in a tight loop
            start(number)
    return 0


def _allow_many_files() -> None:
    """Raises the number of files, and so of connections, that this process may have open to what the system allows."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def _port_problem(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        with socket.socket() as free:
            free.bind((host if ":" not in host else "127.0.0.1", 0))
            other = free.getsockname()[1]
        owner = _owner_of_port(port)
        held = f" by {owner}" if owner else ""
        return f"Port {port} on {host} is in use{held}. Stop that program, or choose another port: --port {other}"
    if error.errno == errno.EACCES:
        return (
            f"Port {port} on {host} needs more rights than this user has. Choose one above 1023: --port 5000"
        )
    return f"Cannot listen on {host}:{port}: {error.strerror or error}"


def _owner_of_port(port: int) -> str | None:
    """Name and number of the process that listens on a port, where the system says so."""
    wanted = f"{port:04X}"
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[1].rpartition(":")[2] == wanted and fields[3] == "0A":
                inodes.add(f"socket:[{fields[9]}]")
    if not inodes:
        return None
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            for handle in (process / "fd").iterdir():
                if str(handle.readlink()) in inodes:
                    return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return None


def _announce(options: ServerOptions, store: SqlStore, listener: socket.socket, workers: int) -> None:
    """Says what the server runs on."""
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host == "0.0.0.0" else (f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
    lines = [
        f"Headrace is listening on http://{shown}:{port}{options.settings.static_prefix}",
        f"  database   {store.engine.dialect.uri}",
        f"  artifacts  {store.settings.artifact_root()}"
        + ("" if options.settings.serve_artifacts else " (clients reach it themselves)"),
    ]
    if workers > 1:
        lines.append(f"  processes  {workers}")
    print("\n".join(lines), flush=True)


def near_misses(environment: Sequence[str]) -> list[str]:
    """Warnings for variables that look like settings of ours but are none."""
    known = {"BACKEND_STORE_URI", "DEFAULT_ARTIFACT_ROOT", "ARTIFACTS_DESTINATION", "REGISTRY_STORE_URI"}
    found = []
    for name in environment:
        plain = re.sub(r"^(MLFLOW|MLFLW|ML_FLOW|HEADRACE)_", "", name)
        if plain in known and name not in {plain, f"MLFLOW_{plain}"}:
            found.append(f"The environment variable {name} is not a setting; did you mean MLFLOW_{plain}?")
    return found


def _check_writable(folder: Path) -> None:
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise StorageUnavailable(f"The folder {folder} for artifacts cannot be written to; check its rights")


def _is_remote(uri: str) -> bool:
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:", uri)) and not uri.startswith("file:")


def _fail(message: str) -> int:
    print(f"Error: {message}", file=sys.stderr)
    return 1


def default_store_uri() -> str:
    """Database of a server that was told nothing: that of the project, else the one in the current folder.

    Raises:
        InvalidParameterValue: The project's file is broken.
    """
    found = find_project(Path.cwd())
    if found is not None and found.tracking_uri and uri_scheme(found.tracking_uri) not in ("http", "https"):
        return absolute_uri(found.tracking_uri, found.file.parent)
    return absolute_uri("sqlite:///mlflow.db")
