from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlflow
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.dataset_source_registry import get_source
from mlflow.data.numpy_dataset import NumpyDataset, from_numpy
from mlflow.data.pandas_dataset import PandasDataset, from_pandas
from mlflow.exceptions import InvalidParameterValue
from mlflow.types.schema import ColSpec, Schema

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [1.5, None, 3.5], "c": ["x", "y", None]})


# The digests below were computed by MLflow 3.17.2.
@pytest.mark.parametrize(
    ("frame", "digest"),
    [
        (FRAME, "15a2a510"),
        (pd.DataFrame({"a": np.arange(25_000), "b": np.arange(25_000) / 7}), "ebf81fbb"),
        (pd.DataFrame({"é": ["ü"]}), "dedb4515"),
        (pd.DataFrame([[1, 2], [3, 4]]), "c9931463"),
        (pd.DataFrame({"a": [True, False]}), "defee322"),
        (pd.DataFrame({"c": ["x", "y"], "b": [1, 2], "a": ["u", "v"]}), "f3150642"),
        (pd.DataFrame({"a": pd.Series(dtype="int64")}), "c90e33b7"),
    ],
)
def test_frames_have_the_digests_of_mlflow(frame: pd.DataFrame, digest: str) -> None:
    assert from_pandas(frame).digest == digest


@pytest.mark.parametrize(
    ("features", "targets", "digest"),
    [
        (np.arange(6.0).reshape(3, 2), None, "3efaaf32"),
        (np.arange(6.0).reshape(3, 2), np.arange(3), "e7204b1e"),
        (np.arange(30_000.0).reshape(15_000, 2), None, "fbabc241"),
        ({"x": np.ones((2, 2)), "y": np.ones(2, dtype=np.int32)}, None, "735d58ed"),
        (np.array(["x", "yy"]), None, "2bad2a8e"),
    ],
)
def test_arrays_have_the_digests_of_mlflow(features: Any, targets: Any, digest: str) -> None:
    assert from_numpy(features, targets=targets).digest == digest


def test_a_frame_is_recorded_with_its_columns_and_size() -> None:
    dataset = from_pandas(FRAME, source="s3://bucket/iris.csv", targets="a", predictions="b", name="iris")
    entity = dataset._to_mlflow_entity()
    assert (entity.name, entity.digest, entity.source_type) == ("iris", "15a2a510", "s3")
    assert json.loads(entity.source) == {"uri": "s3://bucket/iris.csv"}
    assert json.loads(entity.schema or "") == {
        "mlflow_colspec": [
            {"type": "long", "name": "a", "required": True},
            {"type": "double", "name": "b", "required": False},
            {"type": "string", "name": "c", "required": False},
        ]
    }
    assert json.loads(entity.profile or "") == {"num_rows": 3, "num_elements": 9}
    assert (dataset.targets, dataset.predictions, dataset.df is FRAME) == ("a", "b", True)
    assert json.loads(dataset.to_json())["name"] == "iris"


def test_arrays_are_recorded_with_their_tensors_and_sizes() -> None:
    dataset = from_numpy(np.arange(6.0).reshape(3, 2), targets={"t": np.arange(3)}, digest="mine")
    assert (dataset.name, dataset.digest) == ("dataset", "mine")
    assert dataset.profile == {
        "features_shape": (3, 2),
        "features_size": 6,
        "features_nbytes": 48,
        "targets_shape": {"t": (3,)},
        "targets_size": {"t": 3},
        "targets_nbytes": {"t": 24},
    }
    described = json.loads(dataset.to_dict()["schema"])["mlflow_tensorspec"]
    assert json.loads(described["features"])[0]["tensor-spec"] == {"dtype": "float64", "shape": [-1, 2]}
    assert json.loads(described["targets"])[0]["name"] == "t"
    assert "features:" in str(dataset.schema)


def test_data_without_a_schema_is_recorded_all_the_same() -> None:
    dataset = from_pandas(pd.DataFrame({"a": [1, "x"]}))
    assert dataset.schema is None
    assert dataset._to_mlflow_entity().schema is None


def test_data_of_a_script_is_recorded_with_the_script() -> None:
    source = from_pandas(FRAME).source
    assert isinstance(source, CodeDatasetSource)
    assert source.to_dict()["tags"]["mlflow.source.type"] == "LOCAL"


def test_wrong_data_is_refused() -> None:
    with pytest.raises(InvalidParameterValue, match="does not contain the specified targets column 'zzz'"):
        from_pandas(FRAME, targets="zzz")
    with pytest.raises(InvalidParameterValue, match="Expected a pandas DataFrame, got list"):
        from_pandas([1])  # type: ignore[arg-type]  # refused
    with pytest.raises(InvalidParameterValue, match="Expected features to be a numpy array"):
        from_numpy([1])  # type: ignore[arg-type]  # refused


def test_a_dataset_is_linked_to_a_run_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    FRAME.to_csv(tmp_path / "data.csv", index=False)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    try:
        with mlflow.start_run() as run:
            mlflow.log_input(from_pandas(FRAME, source=str(tmp_path / "data.csv"), name="iris"), "training")
        (used,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    finally:
        mlflow.set_tracking_uri(None)
    assert used.dataset.name == "iris"
    assert [(tag.key, tag.value) for tag in used.tags] == [("mlflow.data.context", "training")]
    pd.testing.assert_frame_equal(pd.read_csv(get_source(used).load()), FRAME)


def test_public_names_lead_to_the_classes() -> None:
    assert mlflow.data.from_pandas is from_pandas
    assert isinstance(mlflow.data.from_numpy(np.ones(2)), NumpyDataset)
    assert isinstance(mlflow.data.from_pandas(FRAME), PandasDataset)
    assert from_pandas(pd.DataFrame({"a": [1]})).schema == Schema([ColSpec("long", "a")])
