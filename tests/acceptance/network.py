"""A loopback network of its own, in which port 5000 is free whatever else runs on the machine."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_HOLD = """
import fcntl, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x49))  # SIOCSIFFLAGS: the loopback is up
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def own_network() -> Iterator[list[str]]:
    """What a command must begin with, to run in a network where only the loopback is.

    Where the system offers no such networks, it is nothing: commands run in the network of the machine.
    """
    holder = _hold()
    if holder is None:
        yield []
        return
    try:
        yield ["nsenter", "--preserve-credentials", "--user", "--net", "--target", str(holder.pid)]
    finally:
        holder.communicate(b"")


def _hold() -> subprocess.Popen[bytes] | None:
    command = ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", sys.executable, "-c", _HOLD]
    try:
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError:
        return None
    assert holder.stdout is not None
    if holder.stdout.readline() == b"ready\n":
        return holder
    holder.communicate(b"")
    return None


def assert_free(port: int, prefix: Sequence[str]) -> None:
    """Fails if something listens on a port of the network that commands with the prefix run in."""
    if prefix:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise AssertionError(
                f"Another program listens on port {port}, which the guides' scripts name: stop it and try again"
            ) from None
