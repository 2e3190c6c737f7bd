"""Tables as artifacts: JSON in pandas' `split` form, or Parquet."""

from __future__ import annotations

import posixpath
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.tables import (
    LOGGED_ARTIFACTS,
    SUFFIXES,
    bytes_from_frame,
    extended,
    frame_from_bytes,
    is_tagged_with_table,
    pandas_for,
    tag_with_table,
)
from mlflow._session.stores import journaled
from mlflow._storage.interface.store import Store
from mlflow.entities.tag import RunTag
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking.artifacts import run_root
from mlflow.tracking.frames import runs_frame
from mlflow.tracking.multimedia import Image, compressed, image_bytes
from mlflow.tracking.runs import search_all_runs

if TYPE_CHECKING:
    import pandas


def log_run_table(store: Store, run_id: str, data: Any, artifact_file: str) -> None:
    """Adds rows to a table of a run, which is made where there is none, and the table to the run's tag.

    Args:
        store: Where the run is.
        run_id: The run.
        data: A DataFrame, or a dictionary of columns (lists, or single values for one row).
        artifact_file: Name that ends with `.json` or `.parquet`.

    Raises:
        ValueError: The name has another ending.
        InvalidParameterValue: The data is neither.
        MissingExtra: pandas is not installed.
    """
    if not artifact_file.endswith(SUFFIXES):
        raise ValueError(
            f"Invalid artifact file path '{artifact_file}'. Please ensure the file you are trying to log as a table has "
            "a file name with either '.json' or '.parquet' extension."
        )
    pandas_for(artifact_file)
    root = run_root(store, run_id)
    rows = bytes_from_frame(_with_pictures_apart(root, _as_frame(data), artifact_file), artifact_file)
    journal = journaled(store)
    if journal is not None:  # the server has the rows that are there: they come together when these are sent
        journal.extend_table(run_id, artifact_file, rows)
        return
    try:
        with root.read(artifact_file) as pieces:
            rows = extended(b"".join(pieces), rows, artifact_file)
    except ResourceDoesNotExist:
        pass  # these are the first
    root.write(artifact_file, [rows])
    tag = store.runs.get(run_id).data.tags.get(LOGGED_ARTIFACTS)
    store.tags.set(run_id, RunTag(LOGGED_ARTIFACTS, tag_with_table(tag, artifact_file)))


def load_tables(
    store: Store,
    experiment_id: str,
    artifact_file: str,
    run_ids: Sequence[str] | None = None,
    extra_columns: Sequence[str] | None = None,
) -> pandas.DataFrame:
    """A table of several runs as one DataFrame.

    Args:
        store: Where the runs are.
        experiment_id: Experiment whose runs are looked at.
        artifact_file: Name of the table.
        run_ids: Runs to take; all that have the table by default.
        extra_columns: Columns of `search_runs` to add to each row, such as `run_id`.

    Raises:
        ResourceDoesNotExist: No run has such a table.
        InvalidParameterValue: Runs have no such column.
    """
    wanted = None if run_ids is None else set(run_ids)
    frames = []
    for run in search_all_runs(
        store, [experiment_id], f"tags.`{LOGGED_ARTIFACTS}` LIKE '%{_quoted(artifact_file)}%'"
    ):
        if wanted is not None and run.info.run_id not in wanted:
            continue
        if not is_tagged_with_table(run.data.tags.get(LOGGED_ARTIFACTS), artifact_file):
            continue
        with run_root(store, run.info.run_id).read(artifact_file) as pieces:
            frame = frame_from_bytes(b"".join(pieces), artifact_file)
        facts = runs_frame([run])
        for column in extra_columns or ():
            if column not in facts.columns:
                raise InvalidParameterValue(
                    f"Run {run.info.run_id} has no column {column!r}; it has {list(facts.columns)}"
                )
            frame[column] = facts[column].iloc[0]
        frames.append(frame)
    if not frames:
        raise ResourceDoesNotExist(f"No runs found with the corresponding table artifact {artifact_file!r}.")
    joined: pandas.DataFrame = pandas_for(artifact_file).concat(frames, ignore_index=True)
    return joined


def _quoted(text: str) -> str:
    return text.replace("'", "_")


def _as_frame(data: Any) -> pandas.DataFrame:
    pd = pandas_for("")
    frame: pandas.DataFrame
    if isinstance(data, pd.DataFrame):
        frame = data
        return frame
    if not isinstance(data, dict):
        raise InvalidParameterValue("data must be a pandas.DataFrame or a dictionary")
    columns = {name: _plain(value) for name, value in data.items()}
    lengths = {len(value) for value in columns.values() if isinstance(value, (list, tuple))}
    is_one_row = len(lengths) > 1 or not lengths
    frame = pd.DataFrame([columns]) if is_one_row else pd.DataFrame(columns)
    return frame


def _plain(value: Any) -> Any:
    """Arrays and Series as lists, so that their length counts."""
    to_list = getattr(value, "tolist", None)
    return to_list() if to_list is not None else value


def _with_pictures_apart(
    root: ArtifactStore, frame: pandas.DataFrame, artifact_file: str
) -> pandas.DataFrame:
    for column in frame.columns:
        if frame[column].map(lambda value: isinstance(value, Image)).any():
            frame = frame.assign(
                **{column: [_image_reference(root, artifact_file, value) for value in frame[column]]}
            )
    return frame


def _image_reference(root: ArtifactStore, artifact_file: str, value: Any) -> Any:
    """Stores a picture beside its table, and what the table says of it."""
    if not isinstance(value, Image):
        return value
    stem = posixpath.join("table_images", posixpath.splitext(artifact_file)[0], str(uuid.uuid4()))
    large, small = f"{stem}.png", f"{stem}.webp"
    root.write(large, [image_bytes(value.to_pil(), large)])
    root.write(small, [image_bytes(compressed(value.to_pil()), small)])
    return {"type": "image", "filepath": large, "compressed_filepath": small}
