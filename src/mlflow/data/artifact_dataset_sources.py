"""Data in files: of this machine, or of an object store."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from mlflow._base.uri import is_local_uri, path_from_uri, uri_scheme
from mlflow.data.dataset_source import DatasetSource
from mlflow.exceptions import ResourceDoesNotExist


class ArtifactDatasetSource(DatasetSource):
    """Data in a file or folder.

    Args:
        uri: Its path or URI.

    Attributes:
        schemes: Schemes of URIs that are of this kind.
    """

    schemes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, uri: str) -> None:
        self._uri = str(uri)

    @property
    def uri(self) -> str:
        """Its path or URI."""
        return self._uri

    def load(self, dst_path: str | None = None) -> str:
        """Fetches the data.

        Args:
            dst_path: Existing folder to put it into. By default a local file stays where it is, and others go to a
                new temporary folder.

        Returns:
            Local path of the file or folder.

        Raises:
            MlflowException: `RESOURCE_DOES_NOT_EXIST`: it is gone.
        """
        if is_local_uri(self._uri) and dst_path is None:
            path = path_from_uri(self._uri)
            if not path.exists():
                raise ResourceDoesNotExist(f"The dataset {self._uri!r} is not there any more")
            return str(path)
        from mlflow._artifacts.open import open_artifacts
        from mlflow._artifacts.transfer import download_tree

        folder, _, name = self._uri.rstrip("/").rpartition("/")
        target = Path(dst_path or mkdtemp(prefix="dataset-"))
        return str(download_tree(open_artifacts(folder), name, target))

    @classmethod
    def _can_resolve(cls, raw_source: Any) -> bool:
        return isinstance(raw_source, str | Path) and uri_scheme(str(raw_source)) in cls.schemes

    @classmethod
    def _resolve(cls, raw_source: Any) -> ArtifactDatasetSource:
        return cls(str(raw_source))

    def to_dict(self) -> dict[str, Any]:
        return {"uri": self._uri}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> ArtifactDatasetSource:
        return cls(source_dict["uri"])


class LocalArtifactDatasetSource(ArtifactDatasetSource):
    """Data in a file or folder of this machine."""

    schemes: ClassVar[tuple[str, ...]] = ("", "file")

    @staticmethod
    def _get_source_type() -> str:
        return "local"


class S3ArtifactDatasetSource(ArtifactDatasetSource):
    """Data in an S3 bucket."""

    schemes: ClassVar[tuple[str, ...]] = ("s3",)

    @staticmethod
    def _get_source_type() -> str:
        return "s3"


class GCSArtifactDatasetSource(ArtifactDatasetSource):
    """Data in a bucket of Google Cloud Storage."""

    schemes: ClassVar[tuple[str, ...]] = ("gs",)

    @staticmethod
    def _get_source_type() -> str:
        return "gs"


class AzureBlobArtifactDatasetSource(ArtifactDatasetSource):
    """Data in a container of Azure Blob Storage."""

    schemes: ClassVar[tuple[str, ...]] = ("wasbs",)

    @staticmethod
    def _get_source_type() -> str:
        return "wasbs"


class AzureDataLakeArtifactDatasetSource(ArtifactDatasetSource):
    """Data in Azure Data Lake Storage."""

    schemes: ClassVar[tuple[str, ...]] = ("abfss",)

    @staticmethod
    def _get_source_type() -> str:
        return "abfss"
