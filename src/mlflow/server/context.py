"""What handlers work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from mlflow._base.clock import now_ms
from mlflow._storage.interface.store import Store
from mlflow._storage.sql.figures import Figures
from mlflow._storage.sql.webhooks import SqlWebhooks
from mlflow.server.admission import Limits
from mlflow.server.artifacts import ServerArtifacts


class ServerStore(Store, Protocol):
    """A store that a server can stand on."""

    def write(self, work: Callable[[], Any], delivered: Callable[[Any], None], run_id: str = "") -> None:
        """Queues calls that write.

        Args:
            work: May be run more than once, so it has no effects but those on the store.
            delivered: Called in another thread once it is durable or has failed.
            run_id: The run that it writes to; writes are put in an order in which processes do not deadlock.
        """
        ...

    @property
    def webhooks(self) -> SqlWebhooks:
        """Webhooks, with what is to be delivered to them."""
        ...

    def check_deletable(self, uri: str) -> None:
        """Refuses to have artifacts deleted that a protected version stands on, with `ResourceConflict`."""
        ...

    def interrupt_reads(self, seconds: float) -> int:
        """Ends reads of other threads that have taken longer; they fail. Returns how many there were."""
        ...

    def figures(self) -> Figures:
        """What this process has done with the database so far."""
        ...


@dataclass(frozen=True)
class ServerSettings:
    """How a server behaves.

    Attributes:
        serve_artifacts: Whether artifacts pass through the server.
        artifacts_only: Whether it answers for artifacts alone.
        static_prefix: Path that all paths are put under, such as `/mlflow`; empty for none.
        allowed_hosts: Hosts that requests may name beside the private ones; `*` allows all.
        allowed_origins: Origins that may write from a browser beside local ones; `*` allows all.
        check_requests: Whether Host and Origin are checked at all.
        frame_options: Value of the X-Frame-Options header; `NONE` leaves it out.
        fast_reads: Whether a read by key costs less than handing it to another thread.
        limits: The most that one process has under way.
        access_log: Path of a file that every request is noted in, `-` for the standard error output; empty for none.
    """

    serve_artifacts: bool = True
    artifacts_only: bool = False
    static_prefix: str = ""
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    check_requests: bool = True
    frame_options: str = "SAMEORIGIN"
    fast_reads: bool = True
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    access_log: str = ""


@dataclass(frozen=True)
class Context:
    """What handlers work with.

    Attributes:
        store: The store that the server stands on.
        artifacts: The artifacts that pass through the server.
        settings: How the server behaves.
        started_ms: When the server began to take requests.
    """

    store: ServerStore
    artifacts: ServerArtifacts
    settings: ServerSettings = field(default_factory=ServerSettings)
    started_ms: int = field(default_factory=now_ms)
