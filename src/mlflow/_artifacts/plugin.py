"""Artifact stores of other packages, found by the entry points that MLflow's plug-ins declare."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from mlflow._artifacts.interface import ArtifactStore, ByteStream, check_range, counted, pieces
from mlflow._artifacts.paths import validate_path
from mlflow._base.uri import redact_uri
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import InvalidParameterValue, MlflowException, ResourceDoesNotExist

ENTRY_POINT_GROUP = "mlflow.artifact_repository"


class ArtifactRepository(Protocol):
    """What a plug-in's class has to offer; it is made with the artifact URI."""

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None: ...
    def list_artifacts(self, path: str | None = None) -> list[Any]: ...
    def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str: ...


def find_plugin(scheme: str, uri: str) -> ArtifactStore | None:
    """The store of the installed package that knows a scheme; `None` when there is none.

    Raises:
        MlflowException: The plug-in cannot be imported or refuses the URI.
    """
    for entry_point in entry_points(group=ENTRY_POINT_GROUP, name=scheme):
        try:
            repository: ArtifactRepository = entry_point.load()(uri)
        except Exception as error:
            raise MlflowException(
                f"The plug-in {entry_point.value!r} for artifacts at {scheme}: could not be used: {error}"
            ) from error
        return PluginArtifactStore(uri, repository)
    return None


class PluginArtifactStore(ArtifactStore):
    """A plug-in's files; each goes through a temporary file, because plug-ins move files and not bytes.

    Args:
        root_uri: The artifact URI.
        repository: The plug-in's object for it.
    """

    def __init__(self, root_uri: str, repository: ArtifactRepository) -> None:
        self.root_uri = redact_uri(root_uri).rstrip("/")
        self._repository = repository

    def list(self, path: str = "") -> list[FileInfo]:
        key = validate_path(path, allow_root=True)
        found = (
            FileInfo(
                validate_path(info.path), bool(info.is_dir), None if info.is_dir else info.file_size or 0
            )
            for info in self._repository.list_artifacts(key or None)
        )
        return sorted((info for info in found if info.path != key), key=lambda info: info.path)

    def stat(self, key: str) -> FileInfo:
        key = validate_path(key, allow_root=True)
        if not key:
            return FileInfo("", is_dir=True, file_size=None)
        for info in self.list(posixpath.dirname(key)):
            if info.path == key:
                return info
        raise ResourceDoesNotExist(f"There is no artifact {key!r} in {self.root_uri}.")

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        key = validate_path(key)
        check_range(key, offset, length)
        if self.stat(key).is_dir:
            raise InvalidParameterValue(f"The artifact {key!r} is a folder, not a file.")
        folder = tempfile.TemporaryDirectory(prefix="mlflow-artifact-")
        try:
            path = Path(self._repository.download_artifacts(key, folder.name))
            file = path.open("rb")
        except BaseException:
            folder.cleanup()
            raise
        file.seek(offset)

        def close() -> None:
            file.close()
            folder.cleanup()

        return ByteStream(pieces(file, length), path.stat().st_size, None, close)

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        key = validate_path(key)
        with tempfile.TemporaryDirectory(prefix="mlflow-artifact-") as folder:
            path = Path(folder, posixpath.basename(key))
            with path.open("wb") as file:
                file.writelines(counted(pieces(chunks), key, size))
            self._repository.log_artifact(str(path), posixpath.dirname(key) or None)

    def delete(self, path: str) -> None:
        key = validate_path(path, allow_root=True)
        delete = getattr(self._repository, "delete_artifacts", None)
        if delete is None:
            raise self._not_supported(f"delete {key!r}")
        delete(key or None)
