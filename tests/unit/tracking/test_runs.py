from __future__ import annotations

import io
import sys

import pytest

from mlflow._session.stores import open_session_store
from mlflow._storage.interface.store import Store
from mlflow.exceptions import InvalidParameterValue
from mlflow.tracking.runs import create_run, end_run, texts_of


class OnServer:
    """A store as it looks when it is on a server."""

    uri = "http://127.0.0.1:5000"

    def __init__(self, store: Store) -> None:
        self.runs = store.runs


@pytest.fixture
def store(session: object) -> Store:
    del session
    return OnServer(open_session_store())  # type: ignore[return-value]  # has what is called


def test_the_end_of_a_run_on_a_server_tells_where_to_see_it(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = create_run(store, "0", run_name="first")
    end_run(store, run.info.run_id)
    assert capsys.readouterr().out == (
        f"🏃 View run first at: http://127.0.0.1:5000/#/experiments/0/runs/{run.info.run_id}\n"
        "🧪 View experiment at: http://127.0.0.1:5000/#/experiments/0\n"
    )


def test_the_links_can_be_left_out(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    end_run(store, create_run(store, "0").info.run_id)
    assert capsys.readouterr().out == ""


def test_an_output_that_knows_no_pictographs_does_not_fail_the_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    end_run(store, create_run(store, "0", run_name="first").info.run_id)
    out.seek(0)
    assert out.read().startswith("? View run first at: http://127.0.0.1:5000/#/")


def test_a_program_without_an_output_ends_its_runs_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert end_run(store, create_run(store, "0").info.run_id).status == "FINISHED"


def test_ids_are_a_list() -> None:
    with pytest.raises(InvalidParameterValue, match="a list of texts"):
        texts_of(None)
