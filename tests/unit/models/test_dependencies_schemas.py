from __future__ import annotations

from pathlib import Path

import pytest

from mlflow.models.dependencies_schemas import set_retriever_schema
from mlflow.models.model import Model
from mlflow.pyfunc.loading import load_model
from mlflow.pyfunc.saving import save_model

CODE = """
import mlflow
mlflow.models.set_retriever_schema(primary_key="p", text_column="t", doc_uri="d", other_columns=["o"])
mlflow.models.set_model(len)
"""


def metadata_of(folder: Path, model: object = len) -> object:
    save_model(folder, python_model=model, pip_requirements=["mlflow"])
    return Model.load(folder).metadata


def test_the_next_model_keeps_what_its_retrievers_give(tmp_path: Path) -> None:
    set_retriever_schema(primary_key="p", text_column="t")
    set_retriever_schema(primary_key="p2", text_column="t2", name="second")
    first: dict[str, object] = {
        "name": "retriever",
        "primary_key": "p",
        "text_column": "t",
        "doc_uri": None,
        "other_columns": [],
    }
    second = {**first, "name": "second", "primary_key": "p2", "text_column": "t2"}
    assert metadata_of(tmp_path / "a") == {"dependencies_schemas": {"retrievers": [first, second]}}
    assert metadata_of(tmp_path / "b") is None


def test_what_is_said_again_replaces(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for key in ("p", "p", "q"):
        set_retriever_schema(primary_key=key, text_column="t")
    assert caplog.text.count("is replaced") == 1
    found = metadata_of(tmp_path / "a")
    assert isinstance(found, dict)
    assert [item["primary_key"] for item in found["dependencies_schemas"]["retrievers"]] == ["q"]


def test_code_of_a_model_says_it_for_that_model_alone(tmp_path: Path) -> None:
    script = tmp_path / "agent.py"
    script.write_text(CODE)
    found = metadata_of(tmp_path / "a", str(script))
    assert isinstance(found, dict)
    assert found["dependencies_schemas"]["retrievers"][0]["doc_uri"] == "d"
    load_model(tmp_path / "a")
    assert metadata_of(tmp_path / "b") is None
