"""Where the artifacts of runs and models are, as the server reaches them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.open import open_artifacts
from mlflow._artifacts.paths import join_path, validate_path
from mlflow._base.uri import is_local_uri, redact_uri, uri_scheme
from mlflow._storage.interface.store import Store
from mlflow.exceptions import (
    InvalidParameterValue,
    PermissionDenied,
    ResourceDoesNotExist,
    TemporarilyUnavailable,
)


class Located(NamedTuple):
    """A place in an artifact store."""

    store: ArtifactStore
    key: str
    base: str
    """Key of the run's or model's own root."""


class ServerArtifacts:
    """Where the artifacts of runs and models are.

    Args:
        store: The metadata, which knows every root.
        enabled: Whether artifacts pass through the server.
    """

    def __init__(self, store: Store, *, enabled: bool = True) -> None:
        self._store = store
        self._enabled = enabled

    def of_uri(self, uri: str, path: str) -> Located:
        """A path below an artifact URI that the store gave out."""
        place = self._store.settings.place_of(uri)
        if not place.is_ours and (
            is_local_uri(place.root_uri) or uri_scheme(place.root_uri) in ("http", "https")
        ):
            # Whoever may create an experiment must not be able to read this machine's files, or its network.
            raise PermissionDenied(
                f"The artifacts at {redact_uri(place.root_uri)} are outside of this server's artifact roots, so it does "
                "not read them for others. Reach them directly, or start the server with --artifacts-destination for "
                "the folder above them."
            )
        checked = validate_path(path, allow_root=True)
        return Located(_opened(place.root_uri), join_path(place.key, checked), place.key)

    def of_run(self, run_id: str, path: str) -> tuple[Located, str]:
        """A path of a run, and the run's artifact URI.

        A logged model of the run is found below its name, beside the run's own files.
        """
        info = self._store.runs.get_document(run_id).info
        uri = info.artifact_uri or ""
        return self.of_uri(uri, path), uri

    def of_model(self, model_id: str, path: str) -> tuple[Located, str]:
        """A path of a logged model, and the model's artifact URI."""
        uri = self._store.logged_models.get(model_id).artifact_location
        return self.of_uri(uri, path), uri

    def proxied(self, path: str, *, allow_root: bool = False) -> Located:
        """A path among the artifacts that pass through the server.

        Raises:
            TemporarilyUnavailable: None do.
        """
        if not self._enabled:
            raise TemporarilyUnavailable(
                "This server was started with --no-serve-artifacts, so artifacts do not pass through it. Start it "
                "with --serve-artifacts, or let the client reach the artifact store itself."
            )
        checked = validate_path(path, allow_root=allow_root)
        place = self._store.settings.place_of(f"mlflow-artifacts:/{checked}")
        return Located(_opened(place.root_uri), checked, "")

    def model_of_run(self, run_id: str, path: str) -> tuple[Located, str] | None:
        """A path whose first part is the name of a logged model of a run, if it is one.

        MLflow 3 keeps models apart from their runs, older clients look for them in the run: both find them.
        """
        name, _, rest = path.strip("/").partition("/")
        if not name:
            return None
        run = self._store.runs.get(run_id)
        newest: tuple[Located, str] | None = None
        for output in run.outputs.model_outputs:
            try:
                model = self._store.logged_models.get(output.model_id)
            except ResourceDoesNotExist:
                continue
            if model.name == name:
                newest = self.of_uri(model.artifact_location, rest), model.artifact_location
        return newest

    def models_of_run(self, run_id: str) -> list[str]:
        """Names of the logged models of a run."""
        names = []
        for output in self._store.runs.get(run_id).outputs.model_outputs:
            try:
                names.append(self._store.logged_models.get(output.model_id).name)
            except ResourceDoesNotExist:
                continue
        return sorted(set(names))


@lru_cache(maxsize=64)
def _opened(root_uri: str) -> ArtifactStore:
    if root_uri.startswith("mlflow-artifacts:"):
        raise InvalidParameterValue(f"{root_uri} is not a place that artifacts can be kept in")
    return open_artifacts(root_uri)
