"""Artifacts of the active run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO

from mlflow.tracking import artifacts, documents
from mlflow.tracking.fluent.experiments import _get_experiment_id
from mlflow.tracking.fluent.runs import target_of

if TYPE_CHECKING:
    import pandas


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Stores a local file, or a folder under its name; starts a run when none is active.

    Args:
        local_path: The file or folder.
        artifact_path: Folder of the run to put it in.
        run_id: The run; the active one by default.

    Raises:
        FileNotFoundError: There is no such file.
    """
    artifacts.log_file(artifacts.run_root(*target_of(run_id)), local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Stores the files of a local folder; starts a run when none is active.

    Args:
        local_dir: The folder; a missing one is warned about.
        artifact_path: Folder of the run to put them in.
        run_id: The run; the active one by default.
    """
    artifacts.log_folder(artifacts.run_root(*target_of(run_id)), local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Stores text as a file in UTF-8.

    Args:
        text: The text.
        artifact_file: Path of the file among the artifacts, such as `"notes/first.txt"`.
        run_id: The run; the active one by default.
    """
    content = documents.text_bytes(text)
    artifacts.log_bytes(artifacts.run_root(*target_of(run_id)), content, artifact_file)


def log_dict(dictionary: dict[str, Any], artifact_file: str, run_id: str | None = None) -> None:
    """Stores a dictionary as YAML (`.yaml`, `.yml`) or JSON (any other name).

    Args:
        dictionary: The dictionary; what JSON has no form for becomes text.
        artifact_file: Path of the file among the artifacts.
        run_id: The run; the active one by default.
    """
    content = documents.dictionary_bytes(dictionary, artifact_file)
    artifacts.log_bytes(artifacts.run_root(*target_of(run_id)), content, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None) -> None:
    """Stores a figure of matplotlib or plotly.

    Args:
        figure: The figure.
        artifact_file: Path; its ending says in which form, such as `.png` (`.html` for plotly).
        save_kwargs: Further arguments of the library's own function for saving.
    """
    content = documents.figure_bytes(figure, artifact_file, save_kwargs)
    artifacts.log_bytes(artifacts.run_root(*target_of()), content, artifact_file)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Stores a picture (numpy array, PIL image or `mlflow.Image`), alone or as one of a series.

    Args:
        image: The picture.
        artifact_file: Path of a single picture.
        key: Name of a series; with `step` and `timestamp`.
        step: Place in the series; 0 by default.
        timestamp: Milliseconds since the epoch; now by default.
        synchronous: Whether to wait until a picture of a series is stored.
    """
    from mlflow.tracking.pictures import log_image as log_picture

    store, run_id = target_of()
    log_picture(store, run_id, image, artifact_file, key, step, timestamp, synchronous)


def log_table(data: dict[str, Any] | pandas.DataFrame, artifact_file: str, run_id: str | None = None) -> None:
    """Adds rows to a table (`.json` or `.parquet`), which is made where there is none.

    Args:
        data: A DataFrame, or a dictionary of columns.
        artifact_file: Path of the table among the artifacts.
        run_id: The run; the active one by default.
    """
    from mlflow.tracking.tables import log_run_table

    store, run_id = target_of(run_id)
    log_run_table(store, run_id, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: list[str] | None = None, extra_columns: list[str] | None = None
) -> pandas.DataFrame:
    """A table of runs of the active experiment as one DataFrame.

    Args:
        artifact_file: Path of the table.
        run_ids: Runs to take; all of the experiment that have the table by default.
        extra_columns: Columns of `mlflow.search_runs` to add to each row, such as `run_id`.
    """
    from mlflow._session.stores import open_session_store
    from mlflow.tracking.tables import load_tables

    return load_tables(open_session_store(), _get_experiment_id(), artifact_file, run_ids, extra_columns)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Stores what a file object of bytes gives, piece by piece.

    Args:
        stream: The file object, opened for bytes.
        artifact_file: Path of the file among the artifacts.
        run_id: The run; the active one by default.
    """
    artifacts.log_stream(artifacts.run_root(*target_of(run_id)), stream, artifact_file)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """URI of the artifacts of the active run, or of a file, folder or logged model among them."""
    store, run_id = target_of()
    return artifacts.run_artifact_uri(store, run_id, artifact_path)
