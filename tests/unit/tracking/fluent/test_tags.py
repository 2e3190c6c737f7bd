from __future__ import annotations

import pytest

import mlflow
from mlflow.exceptions import ResourceDoesNotExist


def test_tags_are_set_replaced_and_deleted() -> None:
    with mlflow.start_run() as run:
        assert mlflow.set_tag("a", 1) is None
        assert mlflow.set_tags({"a": 2, "b": None}) is None
        mlflow.set_tag("c", "x")
        mlflow.delete_tag("c")
        with pytest.raises(ResourceDoesNotExist):
            mlflow.delete_tag("c")
        tags = mlflow.get_run(run.info.run_id).data.tags
    assert tags.items() >= {("a", "2"), ("b", "None")}
    assert "c" not in tags


def test_the_tag_of_the_name_renames_the_run() -> None:
    with mlflow.start_run(run_name="one") as run:
        mlflow.set_tag("mlflow.runName", "two")
        assert mlflow.get_run(run.info.run_id).info.run_name == "two"
