"""What a server says about itself."""

from __future__ import annotations

from mlflow._storage.interface.settings import ArtifactPlace
from mlflow._storage.rest.experiments import RestExperiments
from mlflow._storage.rest.transport import HttpTransport


class RestSettings:
    """What a server says about itself."""

    def __init__(self, transport: HttpTransport, experiments: RestExperiments) -> None:
        self._transport = transport
        self._experiments = experiments

    def artifact_root(self) -> str:
        return self._experiments.get("0").artifact_location.removesuffix("0").rstrip("/") or "/"

    def place_of(self, uri: str) -> ArtifactPlace:
        """The URI itself: what passes through the server is reached by asking the server for it."""
        return ArtifactPlace(uri, "")

    def ping(self) -> None:
        self._transport.request("GET", "/health")
