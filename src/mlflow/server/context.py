"""What handlers work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from mlflow._storage.interface.store import Store
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
    """

    serve_artifacts: bool = True
    artifacts_only: bool = False
    static_prefix: str = ""
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    check_requests: bool = True
    frame_options: str = "SAMEORIGIN"
    fast_reads: bool = True


@dataclass(frozen=True)
class Context:
    """What handlers work with."""

    store: ServerStore
    artifacts: ServerArtifacts
    settings: ServerSettings = field(default_factory=ServerSettings)
