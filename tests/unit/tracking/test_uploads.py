from __future__ import annotations

import threading

import pytest

from mlflow.tracking.uploads import flush_uploads, send_later


def test_flushing_waits_for_what_is_sent() -> None:
    gate, sent = threading.Event(), list[int]()

    def send() -> None:
        gate.wait(10)
        sent.append(1)

    send_later("a", send)
    assert sent == []
    gate.set()
    flush_uploads()
    assert sent == [1]


def test_one_that_fails_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    def send() -> None:
        raise OSError("disk full")

    send_later("The picture 'a'", send)
    flush_uploads()
    assert "The picture 'a' could not be logged in the background: disk full" in capsys.readouterr().err
