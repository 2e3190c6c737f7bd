"""Which files registered models consist of."""

from __future__ import annotations

from mlflow._artifacts.manifest import read_manifest
from mlflow._base.uri import uri_scheme
from mlflow._storage.interface.store import Store
from mlflow._storage.validation import PROMPT_SOURCES
from mlflow.entities.model_registry.manifest import ManifestCheck, ModelManifest, compare_manifests
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.exceptions import MlflowException, ResourceDoesNotExist
from mlflow.tracking.artifacts import open_root, resolve_artifact_uri


def keep_manifest(registry: Store, tracking: Store, version: ModelVersion) -> None:
    """Puts the files of a version that was just registered on record. A server does so itself.

    Files that cannot be read from here are left: they may come later, or be where only others reach them.
    """
    if uri_scheme(registry.uri) in ("http", "https") or version.source in PROMPT_SOURCES:
        return
    try:
        manifest = _manifest_now(registry, tracking, version.name, version.version)
    except (MlflowException, OSError):
        return
    registry.model_versions.record_manifest(version.name, version.version, manifest)


def verify_version(registry: Store, tracking: Store, name: str, version: str) -> ManifestCheck:
    """Compares the files of a version with those that were registered.

    Args:
        registry: Store that has the registry.
        tracking: Store that knows runs and logged models.
        name: The registered model.
        version: The version.

    Raises:
        ResourceDoesNotExist: There is no such version, or its files are not on record.
    """
    recorded = registry.model_versions.manifest(name, version)
    if recorded is None:
        raise ResourceDoesNotExist(
            f"Which files version {version} of {name!r} consists of is not on record: nobody could read them when it "
            "was registered. Register it again where they can be read"
        )
    try:
        found = _manifest_now(registry, tracking, name, version)
    except ResourceDoesNotExist:
        found = ModelManifest()
    return compare_manifests(recorded, found)


def _manifest_now(registry: Store, tracking: Store, name: str, version: str) -> ModelManifest:
    uri = registry.model_versions.download_uri(name, version)
    return read_manifest(open_root(tracking, resolve_artifact_uri(tracking, uri)))
