"""Versions of registered models on a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlflow._storage.interface.pages import Page
from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_version_number
from mlflow._wire import model_versions as wire
from mlflow._wire import version_pages as pages
from mlflow._wire.shapes import Empty, KeyValue
from mlflow.entities.model_registry.manifest import ModelManifest
from mlflow.entities.model_registry.model_version import ModelVersion


class RestModelVersions:
    """Versions of registered models on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        model_id: str | None = None,
    ) -> ModelVersion:
        request = wire.CreateModelVersion(
            name,
            source,
            run_id or "",
            [KeyValue(key, value) for key, value in (tags or {}).items()],
            run_link or "",
            description or "",
            model_id or "",
        )
        reply = self._call("create_model_version", request, wire.ModelVersionReply)
        return wire.version_from_wire(reply.model_version)

    def get(self, name: str, version: str) -> ModelVersion:
        check_version_number(version)
        request = wire.GetModelVersion(name, version)
        return wire.version_from_wire(
            self._call("get_model_version", request, wire.ModelVersionReply).model_version
        )

    def update(self, name: str, version: str, description: str | None) -> ModelVersion:
        request = wire.UpdateModelVersion(name, version, description)
        reply = self._call("update_model_version", request, wire.ModelVersionReply)
        return wire.version_from_wire(reply.model_version)

    def transition_stage(
        self, name: str, version: str, stage: str, archive_existing: bool = False
    ) -> ModelVersion:
        request = wire.TransitionModelVersion(name, version, stage, archive_existing)
        reply = self._call("transition_model_version_stage", request, wire.ModelVersionReply)
        return wire.version_from_wire(reply.model_version)

    def delete(self, name: str, version: str) -> None:
        self._call("delete_model_version", wire.DeleteModelVersion(name, version), Empty)

    def restore(self, name: str, version: str) -> ModelVersion:
        check_version_number(version)
        request = wire.RestoreModelVersion(name, version)
        reply = self._call("restore_model_version", request, wire.ModelVersionReply)
        return wire.version_from_wire(reply.model_version)

    def hold(self, name: str, version: str) -> None:
        check_version_number(version)
        self._call("hold_model_version", wire.HoldModelVersion(name, version, held=True), Empty)

    def release(self, name: str, version: str) -> None:
        check_version_number(version)
        self._call("hold_model_version", wire.HoldModelVersion(name, version, held=False), Empty)

    def protection(self, name: str, version: str) -> list[str]:
        check_version_number(version)
        request = wire.GetProtection(name, version)
        return self._call("get_model_version_protection", request, wire.ProtectionReply).protected_by

    def record_manifest(self, name: str, version: str, manifest: ModelManifest) -> None:
        check_version_number(version)
        self._call("record_manifest", wire.manifest_to_request(name, version, manifest), Empty)

    def manifest(self, name: str, version: str) -> ModelManifest | None:
        check_version_number(version)
        reply = self._call("get_manifest", wire.GetManifest(name, version), wire.ManifestReply)
        return wire.manifest_from_wire(reply) if reply.files else None

    def evidence(self, name: str, version: str) -> dict[str, Any]:
        check_version_number(version)
        reply = self._call("get_version_page", pages.GetVersionPage(name, version), pages.VersionPageReply)
        return {item.kind: item.content for item in reply.facts}

    def search(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        request = wire.SearchModelVersions(filter_string or "", max_results, list(order_by), page_token or "")
        reply = self._call("search_model_versions", request, wire.ModelVersionsReply)
        return Page(
            [wire.version_from_wire(item) for item in reply.model_versions], reply.next_page_token or None
        )

    def download_uri(self, name: str, version: str) -> str:
        request = wire.GetDownloadUri(name, version)
        return self._call("get_model_version_download_uri", request, wire.DownloadUriReply).artifact_uri

    def set_tag(self, name: str, version: str, key: str, value: str) -> None:
        self._call("set_model_version_tag", wire.SetModelVersionTag(name, version, key, value), Empty)

    def delete_tag(self, name: str, version: str, key: str) -> None:
        self._call("delete_model_version_tag", wire.DeleteModelVersionTag(name, version, key), Empty)
