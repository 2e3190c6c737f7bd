from __future__ import annotations

import threading

import pytest

from mlflow._session.models import active_model_id, choose_model, last_model_id, note_model


def test_the_environment_names_the_active_model_until_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ACTIVE_MODEL_ID", "m-outside")
    assert active_model_id() == "m-outside"
    assert choose_model("m-inside") is None
    assert active_model_id() == "m-inside"
    assert choose_model(None) == "m-inside"


def test_the_active_model_is_that_of_a_thread() -> None:
    choose_model("m-main")
    answers: list[str | None] = []
    thread = threading.Thread(target=lambda: answers.append(active_model_id()))
    thread.start()
    thread.join()
    assert answers == [None]


def test_the_last_model_is_that_of_the_thread_or_else_of_any() -> None:
    answers: list[str | None] = []

    def work() -> None:
        answers.append(last_model_id())
        note_model("m-thread")
        answers.append(last_model_id())

    note_model("m-main")
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == ["m-main", "m-thread"]
    assert last_model_id() == "m-main"
