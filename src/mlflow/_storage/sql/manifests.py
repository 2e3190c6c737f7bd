"""Manifests of model versions, as events hold them."""

from __future__ import annotations

import json
from typing import Any

from mlflow._storage.sql.connection import Connection
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest

Contents = dict[str, Any]


def manifest_to_contents(manifest: ModelManifest) -> Contents:
    """A manifest as an event holds it."""
    return {
        "digest": manifest.digest,
        "signature": _signature(manifest),
        "files": [[file.path, file.size, file.sha256] for file in manifest.files],
    }


def manifest_from_contents(contents: Contents) -> ModelManifest:
    """The manifest that an event holds."""
    signature = contents["signature"]  # older events say no more than whether there was one
    files = [ModelFile(*file) for file in contents["files"]]
    return ModelManifest(files, bool(signature), signature if isinstance(signature, dict) else {})


def manifest_evidence(cx: Connection, version: int) -> Contents | None:
    """What of a version's manifest is frozen into later events; `None` where none is on record.

    Args:
        cx: Connection.
        version: Id of the version.
    """
    row = cx.one("SELECT body FROM model_manifest WHERE version = ?", (version,))
    if row is None:
        return None
    manifest = manifest_from_contents(json.loads(row[0]))
    return {
        "digest": manifest.digest,
        "files": len(manifest.files),
        "size": manifest.size,
        "signature": _signature(manifest),
    }


def _signature(manifest: ModelManifest) -> dict[str, str] | bool:
    """What a model declares of its inputs and outputs, or whether it does."""
    return manifest.signature or manifest.has_signature
