"""A file or folder among artifacts."""

from __future__ import annotations

from dataclasses import dataclass

from mlflow.entities._base import _MlflowObject


@dataclass(frozen=True)
class FileInfo(_MlflowObject):
    """A file or folder among artifacts.

    Attributes:
        path: Path relative to the root of the run or model.
        is_dir: Whether it is a folder.
        file_size: Size in bytes; `None` for folders.
    """

    path: str
    is_dir: bool
    file_size: int | None
