"""Models that are logged to a server and loaded from it."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

import mlflow
from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import DataLoss
from mlflow.pyfunc.model import PythonModel
from tests.live_server import LiveServer


class Reader(PythonModel):
    """Reads its artifact whenever it is asked."""

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return Path(context.artifacts["answer"]).read_text()


@pytest.fixture
def temporary(
    live_server: LiveServer, served_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Logs to the server; gives the folder for temporary files, in which nothing else is."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with live_server.serving(served_store) as address:
        mlflow.set_tracking_uri(address)
        yield folder
        mlflow.set_tracking_uri(None)


@pytest.fixture
def uri(temporary: Path, tmp_path: Path) -> str:
    """A model of one's own with an artifact."""
    (tmp_path / "answer.txt").write_text("42")
    artifacts = {"answer": str(tmp_path / "answer.txt")}
    info = mlflow.pyfunc.log_model(name="reader", python_model=Reader(), artifacts=artifacts)
    assert list(temporary.iterdir()) == []
    return str(info.model_uri)


def test_what_was_fetched_is_there_as_long_as_the_model(uri: str, temporary: Path) -> None:
    model = mlflow.pyfunc.load_model(uri)
    assert model.predict(None) == "42"
    inside = model.unwrap_python_model()
    del model
    gc.collect()
    assert len(list(temporary.iterdir())) == 1
    del inside
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_native_model_leaves_nothing_when_it_is_gone(temporary: Path) -> None:
    info = mlflow.sklearn.log_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), name="line")
    model = mlflow.sklearn.load_model(info.model_uri)
    assert list(model.predict([[0.0], [1.0]])) == [0, 1]
    del model
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_a_file_that_was_changed_on_the_server_is_named_and_nothing_is_left(
    uri: str, temporary: Path, tmp_path: Path
) -> None:
    (stored,) = (tmp_path / "mlartifacts").rglob("answer.txt")
    stored.write_text("43")
    with pytest.raises(DataLoss, match=r"'artifacts/answer.txt' has changed"):
        mlflow.pyfunc.load_model(uri)
    assert list(temporary.iterdir()) == []
