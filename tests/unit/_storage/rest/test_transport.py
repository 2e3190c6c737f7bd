"""Answers that are cut off: never taken for whole ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from mlflow._storage.rest.transport import HttpTransport
from mlflow.exceptions import TemporarilyUnavailable

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def answering() -> Iterator[Callable[..., str]]:
    """Starts a server that gives some answers, one to a connection, and ends each connection after it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(*answers: bytes) -> str:
        def work() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                connection.recv(65536)
                connection.sendall(answer)
                connection.close()

        threading.Thread(target=work, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    listener.close()


@pytest.mark.parametrize("length", [10, 17, 30, 50, len(WHOLE) - 5, len(WHOLE) - 1])
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_is_cut_anywhere_is_none(
    answering: Callable[..., str], monkeypatch: pytest.MonkeyPatch, length: int, stream: bool
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    transport = HttpTransport(answering(WHOLE[:length]))

    with pytest.raises(TemporarilyUnavailable):
        b"".join(transport.request("GET", "/x", stream=stream).stream(10))
    transport.close()


def test_what_may_be_repeated_is_asked_again(
    answering: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
    transport = HttpTransport(answering(WHOLE[:40], WHOLE))

    assert transport.request("GET", "/x").read() == b"{}"
    transport.close()
