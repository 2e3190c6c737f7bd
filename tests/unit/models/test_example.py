from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse  # type: ignore[import-untyped]  # without types

from mlflow.exceptions import InvalidParameterValue
from mlflow.models.example import (
    convert_input_example_to_serving_input,
    read_example,
    read_serving_input,
    split_example,
    write_example,
)

FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", None]})


def written(example: Any, folder: Path) -> tuple[Any, Any, dict[str, Any]]:
    info = write_example(split_example(example), folder)
    return (
        json.loads((folder / "input_example.json").read_text()),
        json.loads((folder / "serving_input_example.json").read_text()),
        info,
    )


@pytest.mark.parametrize(
    ("example", "content", "serving", "kind"),
    [
        (
            FRAME,
            {"columns": ["a", "b"], "data": [[1, "x"], [2, None]]},
            {"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"], [2, None]]}},
            {"type": "dataframe", "pandas_orient": "split"},
        ),
        (
            pd.DataFrame([[1, 2]]),
            {"data": [[1, 2]]},
            {"dataframe_split": {"data": [[1, 2]]}},
            {"type": "dataframe", "pandas_orient": "values"},
        ),
        (np.array([[1.0, 2.5]]), [[1.0, 2.5]], {"inputs": [[1.0, 2.5]]}, {"type": "ndarray"}),
        ({"a": np.array([1])}, {"a": [1]}, {"inputs": {"a": [1]}}, {"type": "ndarray"}),
        ([{"a": 1}], [{"a": 1}], {"inputs": [{"a": 1}]}, {"type": "json_object"}),
        ("text", "text", {"inputs": "text"}, {"type": "json_object"}),
        (b"ab", "YWI=\n", {"inputs": "YWI=\n"}, {"type": "json_object"}),
        (
            sparse.csr_matrix([[1.0, 0.0]]),
            {"data": [1.0], "indices": [0], "indptr": [0, 1], "shape": [1, 2]},
            {"inputs": [[1.0, 0.0]]},
            {"type": "sparse_matrix_csr"},
        ),
    ],
)
def test_examples_are_written_as_mlflow_does(
    example: Any, content: Any, serving: Any, kind: dict[str, str], tmp_path: Path
) -> None:
    assert written(example, tmp_path) == (
        content,
        serving,
        {"artifact_path": "input_example.json", "serving_input_path": "serving_input_example.json", **kind},
    )
    assert json.loads(convert_input_example_to_serving_input(example) or "") == serving


def test_parameters_go_with_the_input(tmp_path: Path) -> None:
    content, serving, info = written((FRAME.head(1), {"top": 3}), tmp_path)
    assert content == {"inputs": {"columns": ["a", "b"], "data": [[1, "x"]]}, "params": {"top": 3}}
    assert serving["params"] == {"top": 3}
    assert info["params"] == "true"
    example = read_example(info, tmp_path)
    assert example is not None
    assert example.params == {"top": 3}
    pd.testing.assert_frame_equal(example.data, FRAME.head(1))


def test_frames_arrays_and_matrices_are_read_back(tmp_path: Path) -> None:
    for example in (FRAME, np.array([[1.0, 2.5]]), {"a": np.array([1])}, sparse.csc_matrix([[1.0, 0.0]])):
        info = write_example(split_example(example), tmp_path)
        found = read_example(info, tmp_path)
        assert found is not None
        assert type(found.data) is type(example)
    assert read_example(None, tmp_path) is None
    assert read_serving_input(None, tmp_path) is None
    assert json.loads(read_serving_input(info, tmp_path) or "") == {"inputs": [[1.0, 0.0]]}


def test_moments_and_gaps_are_written_as_json(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"t": [pd.Timestamp("2020-01-01"), pd.NaT], "n": pd.array([1, None], dtype="Int64"), "f": [1.5, None]}
    )
    content = written(frame, tmp_path)[0]
    assert content["data"] == [["2020-01-01T00:00:00", 1, 1.5], [None, None, None]]
    assert written(datetime.date(2020, 1, 2), tmp_path)[0] == "2020-01-02"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(PLAIN)
def test_plain_values_survive(value: Any) -> None:
    serving = convert_input_example_to_serving_input(value)
    assert (None if serving is None else json.loads(serving)["inputs"]) == value


@pytest.mark.parametrize("example", [pd.Series([1]), object(), {1: 2}, {1, 2}])
def test_what_is_no_example_is_refused(example: Any) -> None:
    with pytest.raises(InvalidParameterValue, match="An input example is a DataFrame"):
        convert_input_example_to_serving_input(example)
