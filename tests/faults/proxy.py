"""A TCP proxy that cuts connections, holds them up, and tears what passes into small pieces."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time


class Proxy:
    """A port of this machine that leads to another one.

    Args:
        target: Where it leads: a port of this machine, or the path of a socket.
        seed: What pieces and pauses follow from.

    Attributes:
        delay: Longest pause before each piece, in seconds; 0 passes everything on as it comes.
        cut_after: Bytes after which the next connection that carries them is cut; `None` for never.
        cuts: How often that has happened.
        cut_at: Text after which the next connection that carries it is cut, before the answer comes back.
    """

    def __init__(self, target: int | str, seed: int) -> None:
        self._target = target
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self.delay = 0.0
        self.cut_after: int | None = None
        self.cut_at: bytes | None = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends all connections, some of them without a farewell."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair, abruptly=self._random.random() < 0.5)

    def close(self) -> None:
        """Ends everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = self._connected()
            except OSError:
                near.close()
                continue
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            for source, target in (pair, pair[::-1]):
                threading.Thread(target=self._pass_on, args=(pair, source, target), daemon=True).start()

    def _connected(self) -> socket.socket:
        if isinstance(self._target, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            return far
        far = socket.create_connection(("127.0.0.1", self._target))
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return far

    def _pass_on(
        self, pair: tuple[socket.socket, socket.socket], source: socket.socket, target: socket.socket
    ) -> None:
        try:
            while data := source.recv(65536):
                if self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after <= 0:
                        target.sendall(data[: self.cut_after] if self.cut_after else data)
                        self.cut_after = None
                        break
                if self.cut_at is not None and self.cut_at in data:
                    self.cut_at = None
                    self.cuts += 1
                    source.shutdown(socket.SHUT_WR)  # first, or the answer may be faster
                    target.sendall(data)
                    break
                while self.delay and len(data) > 1:
                    size = self._random.randint(1, len(data))
                    time.sleep(self._random.random() * self.delay)
                    target.sendall(data[:size])
                    data = data[size:]
                target.sendall(data)
        except OSError:
            pass
        self._end(pair, abruptly=False)

    def _end(self, pair: tuple[socket.socket, socket.socket], *, abruptly: bool) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for each in pair:
            with contextlib.suppress(OSError):
                if abruptly:  # a reset instead of an orderly end
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.shutdown(socket.SHUT_RDWR)
            each.close()
