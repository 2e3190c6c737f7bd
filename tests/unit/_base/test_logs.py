from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from mlflow._base.logs import get_logger


@pytest.fixture(autouse=True)
def _unconfigured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger("mlflow")
    state = (root.handlers, root.level, root.propagate)
    root.handlers, root.propagate = [], True
    monkeypatch.delenv("MLFLOW_LOGGING_LEVEL", raising=False)
    yield
    root.handlers, root.level, root.propagate = state


def test_messages_go_to_the_error_output_with_time_level_and_name(capsys: pytest.CaptureFixture[str]) -> None:
    get_logger("mlflow.tracking.fluent").info("hello %s", "you")
    get_logger("mlflow.tracking.fluent").debug("too much")
    text = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d INFO mlflow.tracking.fluent: hello you\n", text)


def test_the_level_is_a_setting(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "error")
    get_logger("mlflow.a").warning("not this")
    get_logger("mlflow.a").error("this")
    assert capsys.readouterr().err.endswith("ERROR mlflow.a: this\n")


def test_a_program_may_keep_its_own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    own = logging.NullHandler()
    logging.getLogger("mlflow").addHandler(own)
    get_logger("mlflow.a")
    assert logging.getLogger("mlflow").handlers == [own]


def test_output_can_be_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_CONFIGURE_LOGGING", "false")
    get_logger("mlflow.a")
    assert logging.getLogger("mlflow").handlers == []
