"""Data from a web address."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import unquote, urlparse

from mlflow.data.dataset_source import DatasetSource
from mlflow.exceptions import MlflowException


class HTTPDatasetSource(DatasetSource):
    """Data from a web address.

    Args:
        url: The address, `http` or `https`.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """The address."""
        return self._url

    @staticmethod
    def _get_source_type() -> str:
        return "http"

    def load(self, dst_path: str | None = None) -> str:
        """Fetches the file.

        Args:
            dst_path: Existing folder to put it into; a new temporary one by default.

        Returns:
            Path of the file.

        Raises:
            MlflowException: The address does not answer with a file.
        """
        from urllib.error import URLError
        from urllib.request import urlopen

        folder = Path(dst_path or mkdtemp(prefix="dataset-"))
        try:
            with urlopen(self._url, timeout=60) as response:  # noqa: S310 - `_can_resolve` lets only http(s) in
                target = folder / self._file_name(response.headers.get("Content-Disposition", ""))
                with target.open("wb") as stream:
                    while piece := response.read(1 << 20):
                        stream.write(piece)
        except URLError as error:
            raise MlflowException(
                f"The dataset at {self._url!r} cannot be fetched: {error.reason}"
            ) from error
        return str(target)

    def _file_name(self, disposition: str) -> str:
        """What the answer calls the file, else the end of the address; never a path."""
        named = re.search(r'filename="?([^";]+)', disposition)
        name = named[1] if named else unquote(urlparse(self._url).path)
        return posixpath.basename(name.replace("\\", "/").rstrip("/")).strip(". ") or "dataset_source"

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return isinstance(raw_source, str) and urlparse(raw_source).scheme in ("http", "https")

    @classmethod
    def _resolve(cls, raw_source: Any) -> HTTPDatasetSource:
        return cls(raw_source)

    def to_dict(self) -> dict[str, Any]:
        return {"url": self._url}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> HTTPDatasetSource:
        return cls(source_dict["url"])
