"""Prints, as JSON, what the importable `mlflow` records of each of many datasets.

Run by `test_data_peer.py` once with the original and once with ours; it uses public names only.
Its first argument is a CSV file that both runs read.
"""

import json
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mlflow.data
from mlflow.exceptions import MlflowException

NAN = float("nan")
FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [1.5, NAN, 3.5], "c": ["x", "y", None]})
LONG = pd.DataFrame({"a": np.arange(25_000), "b": np.arange(25_000) / 7})


def cases(csv: Path) -> dict[str, Callable[[], Any]]:
    data = mlflow.data
    return {
        "frame": lambda: data.from_pandas(FRAME),
        "frame_named": lambda: data.from_pandas(FRAME, name="iris", targets="a"),
        "frame_predictions": lambda: data.from_pandas(FRAME, targets="a", predictions="b"),
        "frame_digest": lambda: data.from_pandas(FRAME, digest="abc"),
        "frame_local": lambda: data.from_pandas(pd.read_csv(csv), source=str(csv)),
        "frame_http": lambda: data.from_pandas(FRAME, source="https://example.org/iris.csv"),
        "frame_s3": lambda: data.from_pandas(FRAME, source="s3://bucket/key.csv"),
        "frame_missing_target": lambda: data.from_pandas(FRAME, targets="zzz"),
        "frame_long": lambda: data.from_pandas(LONG),
        "frame_unicode": lambda: data.from_pandas(pd.DataFrame({"é": ["ü"]})),
        "frame_int_columns": lambda: data.from_pandas(pd.DataFrame([[1, 2], [3, 4]])),
        "frame_index": lambda: data.from_pandas(FRAME.set_index("c")),
        "frame_lists": lambda: data.from_pandas(pd.DataFrame({"a": [[1], [2]]})),
        "frame_dates": lambda: data.from_pandas(pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])})),
        "frame_bool": lambda: data.from_pandas(pd.DataFrame({"a": [True, False]})),
        "frame_category": lambda: data.from_pandas(pd.DataFrame({"a": pd.Categorical(["x", "y"])})),
        "frame_order": lambda: data.from_pandas(
            pd.DataFrame({"c": ["x", "y"], "b": [1, 2], "a": ["u", "v"]})
        ),
        "frame_many": lambda: data.from_pandas(pd.DataFrame([range(12)], columns=range(11, -1, -1))),
        "frame_many_text": lambda: data.from_pandas(
            pd.DataFrame([list("abcdefghijkl")], columns=range(11, -1, -1))
        ),
        "frame_mixed_names": lambda: data.from_pandas(pd.DataFrame([[1, "x", 2.5]], columns=["b", 3, "a"])),
        "frame_numbers_only": lambda: data.from_pandas(pd.DataFrame({"c": [1], "b": [2], "a": [3]})),
        "frame_text_only": lambda: data.from_pandas(pd.DataFrame({"c": ["x"], "b": ["y"], "a": ["z"]})),
        "frame_empty": lambda: data.from_pandas(pd.DataFrame({"a": pd.Series(dtype="int64")})),
        "array": lambda: data.from_numpy(np.arange(6.0).reshape(3, 2)),
        "array_1d": lambda: data.from_numpy(np.arange(6)),
        "array_targets": lambda: data.from_numpy(np.arange(6.0).reshape(3, 2), targets=np.arange(3)),
        "array_dict": lambda: data.from_numpy({"x": np.ones((2, 2)), "y": np.ones(2, dtype=np.int32)}),
        "array_dict_targets": lambda: data.from_numpy({"x": np.ones((2, 2))}, targets={"t": np.ones(2)}),
        "array_dict_targets_array": lambda: data.from_numpy({"x": np.ones((2, 2))}, targets=np.ones(2)),
        "array_3d": lambda: data.from_numpy(np.arange(24.0).reshape(2, 3, 4)),
        "array_long": lambda: data.from_numpy(np.arange(30_000.0).reshape(15_000, 2)),
        "array_strings": lambda: data.from_numpy(np.array(["x", "yy"])),
        "array_named": lambda: data.from_numpy(np.ones(2), name="n", digest="d"),
        "array_source": lambda: data.from_numpy(np.ones(2), source=str(csv)),
    }


def outcome(make: Callable[[], Any]) -> Any:
    try:
        dataset = make()
        entity = dataset._to_mlflow_entity()
        source = json.loads(entity.source)
        return {
            "class": type(dataset).__name__,
            "name": entity.name,
            "digest": entity.digest,
            "source_type": entity.source_type,
            "source": source if entity.source_type != "code" else sorted(source),
            "schema": json.loads(entity.schema) if entity.schema else entity.schema,
            "profile": json.loads(entity.profile) if entity.profile else entity.profile,
            "dict": sorted(dataset.to_dict()),
        }
    except Exception as error:  # noqa: BLE001 - the kind of the error is the observation
        known = isinstance(error, MlflowException)
        return {"error": "MlflowException" if known else type(error).__name__, "message": str(error)}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found = {name: outcome(make) for name, make in cases(Path(sys.argv[1])).items()}
    json.dump(found, sys.stdout, indent=1, default=str)


if __name__ == "__main__":
    main()
