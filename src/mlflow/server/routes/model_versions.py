"""Handlers: versions of registered models."""

from __future__ import annotations

from mlflow._artifacts.manifest import read_manifest
from mlflow._storage.owners import place_of_owner
from mlflow._wire import model_versions as wire
from mlflow._wire.shapes import Empty
from mlflow.exceptions import ResourceDoesNotExist
from mlflow.server.context import Context
from mlflow.server.model_sources import check_model_source
from mlflow.server.routes import FollowUp, Handler


def create_model_version(context: Context, request: wire.CreateModelVersion) -> wire.ModelVersionReply:
    context.store.registered_models.get(request.name)  # its absence is told before anything about the source
    check_model_source(context, request.source, request.run_id, request.model_id)
    version = context.store.model_versions.create(
        request.name,
        request.source,
        request.run_id or None,
        {tag.key: tag.value for tag in request.tags},
        request.run_link or None,
        request.description or None,
        request.model_id or None,
    )
    return wire.ModelVersionReply(wire.version_to_wire(version))


def get_model_version(context: Context, request: wire.GetModelVersion) -> wire.ModelVersionReply:
    version = context.store.model_versions.get(request.name, request.version)
    return wire.ModelVersionReply(wire.version_to_wire(version))


def update_model_version(context: Context, request: wire.UpdateModelVersion) -> wire.ModelVersionReply:
    version = context.store.model_versions.update(request.name, request.version, request.description)
    return wire.ModelVersionReply(wire.version_to_wire(version))


def transition_model_version_stage(
    context: Context, request: wire.TransitionModelVersion
) -> wire.ModelVersionReply:
    version = context.store.model_versions.transition_stage(
        request.name, request.version, request.stage, request.archive_existing_versions
    )
    return wire.ModelVersionReply(wire.version_to_wire(version))


def delete_model_version(context: Context, request: wire.DeleteModelVersion) -> Empty:
    context.store.model_versions.delete(request.name, request.version)
    return Empty()


def restore_model_version(context: Context, request: wire.RestoreModelVersion) -> wire.ModelVersionReply:
    version = context.store.model_versions.restore(request.name, request.version)
    return wire.ModelVersionReply(wire.version_to_wire(version))


def hold_model_version(context: Context, request: wire.HoldModelVersion) -> Empty:
    versions = context.store.model_versions
    (versions.hold if request.held else versions.release)(request.name, request.version)
    return Empty()


def get_model_version_protection(context: Context, request: wire.GetProtection) -> wire.ProtectionReply:
    return wire.ProtectionReply(context.store.model_versions.protection(request.name, request.version))


def record_manifest(context: Context, request: wire.RecordManifest) -> Empty:
    context.store.model_versions.record_manifest(
        request.name, request.version, wire.manifest_from_wire(request)
    )
    return Empty()


def get_manifest(context: Context, request: wire.GetManifest) -> wire.ManifestReply:
    manifest = context.store.model_versions.manifest(request.name, request.version)
    if manifest is None:
        return wire.ManifestReply()
    return wire.manifest_to_wire(manifest)


def search_model_versions(context: Context, request: wire.SearchModelVersions) -> wire.ModelVersionsReply:
    page = context.store.model_versions.search(
        request.filter, request.max_results, request.order_by, request.page_token or None
    )
    return wire.ModelVersionsReply([wire.version_to_wire(item) for item in page], page.token or "")


def get_model_version_download_uri(context: Context, request: wire.GetDownloadUri) -> wire.DownloadUriReply:
    return wire.DownloadUriReply(context.store.model_versions.download_uri(request.name, request.version))


def set_model_version_tag(context: Context, request: wire.SetModelVersionTag) -> Empty:
    context.store.model_versions.set_tag(request.name, request.version, request.key, request.value)
    return Empty()


def delete_model_version_tag(context: Context, request: wire.DeleteModelVersionTag) -> Empty:
    context.store.model_versions.delete_tag(request.name, request.version, request.key)
    return Empty()


def keep_manifest(context: Context, reply: wire.ModelVersionReply) -> None:
    """Reads the files of a version that was just registered, where they lie below a root of this store."""
    version = reply.model_version
    uri = context.store.model_versions.download_uri(version.name, version.version)
    try:
        place = context.store.settings.place_of(place_of_owner(context.store, uri))
        if not place.is_ours:
            return
        located = context.artifacts.of_uri(place.uri, "")
        manifest = read_manifest(located.store, located.key)
    except ResourceDoesNotExist:
        return  # the run or the files are elsewhere, or come later
    context.store.model_versions.record_manifest(version.name, version.version, manifest)


FOLLOW_UPS: dict[str, FollowUp] = {"create_model_version": keep_manifest}
HANDLERS: dict[str, Handler] = {
    "create_model_version": create_model_version,
    "get_model_version": get_model_version,
    "update_model_version": update_model_version,
    "transition_model_version_stage": transition_model_version_stage,
    "delete_model_version": delete_model_version,
    "restore_model_version": restore_model_version,
    "hold_model_version": hold_model_version,
    "get_model_version_protection": get_model_version_protection,
    "record_manifest": record_manifest,
    "get_manifest": get_manifest,
    "search_model_versions": search_model_versions,
    "get_model_version_download_uri": get_model_version_download_uri,
    "set_model_version_tag": set_model_version_tag,
    "delete_model_version_tag": delete_model_version_tag,
}
