"""Contract: what a store knows about itself."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class ArtifactPlace(NamedTuple):
    """Where the artifacts of something are, for whoever can reach the root itself.

    Attributes:
        root_uri: URI of the root that it lies in.
        key: Path below the root.
        is_ours: Whether the root is one of the store's own, not a place that somebody named.
    """

    root_uri: str
    key: str
    is_ours: bool = True

    @property
    def uri(self) -> str:
        """URI of the place itself."""
        return f"{self.root_uri.rstrip('/')}/{self.key}" if self.key else self.root_uri


class SettingStore(Protocol):
    """Facts about the store as a whole."""

    def artifact_root(self) -> str:
        """URI of the root that new experiments keep artifacts in."""
        ...

    def place_of(self, uri: str) -> ArtifactPlace:
        """Where an artifact URI that this store gave out really is.

        Args:
            uri: `artifact_location` or `artifact_uri` of an entity of this store, or a URI below one.
        """
        ...

    def ping(self) -> None:
        """Proves that the database answers.

        Raises:
            StorageUnavailable: It does not.
        """
        ...
