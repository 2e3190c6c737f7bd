"""From an artifact URI to the store that holds it."""

from __future__ import annotations

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.local import LocalArtifactStore
from mlflow._artifacts.proxied import ProxiedArtifactStore, Transport
from mlflow._base.uri import path_from_uri, redact_uri, uri_scheme
from mlflow.exceptions import InvalidParameterValue, MissingExtra

SUPPORTED = (
    "a local path, file:, mlflow-artifacts:, s3:, gs:, wasbs:, abfss:, az:, http: and https: (read only)"
)


def open_artifacts(uri: str, *, transport: Transport | None = None) -> ArtifactStore:
    """The store below an artifact URI; asks nothing over the network.

    Args:
        uri: Root of the artifacts: a local path, or a URI of a supported scheme.
        transport: How the tracking server is asked; only `mlflow-artifacts:` needs it.

    Raises:
        InvalidParameterValue: No store knows the scheme, or the URI is malformed.
        MissingExtra: The store needs a package that is not installed.
    """
    scheme = uri_scheme(uri)
    if scheme in {"", "file"}:
        return LocalArtifactStore(path_from_uri(uri), uri)
    if scheme == "mlflow-artifacts":
        if transport is None:
            raise InvalidParameterValue(
                f"The artifacts at {uri!r} are kept by a tracking server. Name it with "
                "mlflow.set_tracking_uri('http://host:5000') or MLFLOW_TRACKING_URI."
            )
        return ProxiedArtifactStore(uri, transport)
    if scheme in {"http", "https"}:
        from mlflow._artifacts.web import HttpArtifactStore

        return HttpArtifactStore(uri)
    return _open_object_store(uri, scheme)


def _open_object_store(uri: str, scheme: str) -> ArtifactStore:
    from mlflow._artifacts.object_store import OBJECT_STORE_SCHEMES, open_object_store

    if scheme not in OBJECT_STORE_SCHEMES:
        from mlflow._artifacts.plugin import ENTRY_POINT_GROUP, find_plugin

        plugin = find_plugin(scheme, uri)
        if plugin is not None:
            return plugin
        raise InvalidParameterValue(
            f"Artifacts at {redact_uri(uri)!r} cannot be reached: no store knows {scheme + ':'!r}. "
            f"Supported are {SUPPORTED}, and what an installed package declares as {ENTRY_POINT_GROUP!r}."
        )
    try:
        import obstore  # noqa: F401 - only to see whether it is there
    except ImportError:
        raise MissingExtra(f"Artifacts in {scheme}:", "obstore") from None
    return open_object_store(uri)
