"""Wire forms: versions of registered models."""

from __future__ import annotations

from mlflow._wire.enums import VersionStatusName
from mlflow._wire.shapes import KeyValue, Request, Response
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest
from mlflow.entities.model_registry.model_version import ModelVersion
from mlflow.entities.model_registry.tag import ModelVersionTag


class WireModelVersion(Response):
    """A version of a registered model."""

    name: str = ""
    version: str = ""
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    user_id: str = ""
    current_stage: str = ""
    description: str | None = None
    source: str = ""
    run_id: str | None = None
    status: VersionStatusName | None = None
    status_message: str = ""
    tags: list[KeyValue] = []
    run_link: str | None = None
    aliases: list[str] = []
    model_id: str = ""


class CreateModelVersion(Request):
    """Registers a model as the next version of a registered model."""

    name: str
    source: str
    run_id: str = ""
    tags: list[KeyValue] = []
    run_link: str = ""
    description: str = ""
    model_id: str = ""


class GetModelVersion(Request):
    """Asks for a version."""

    name: str
    version: str


class UpdateModelVersion(Request):
    """Replaces the description of a version; without one it is removed."""

    name: str
    version: str
    description: str | None = None


class TransitionModelVersion(Request):
    """Moves a version to another stage."""

    name: str
    version: str
    stage: str
    archive_existing_versions: bool = False


class DeleteModelVersion(Request):
    """Deletes a version."""

    name: str
    version: str


class RestoreModelVersion(Request):
    """Brings back a deleted version."""

    name: str
    version: str


class HoldModelVersion(Request):
    """Puts a version under legal hold, or ends the hold."""

    name: str
    version: str
    held: bool = True


class GetProtection(Request):
    """Asks why a version is protected from deletion."""

    name: str
    version: str


class WireModelFile(Response, omit_defaults=False):
    """A file of a model: its path, bytes, and SHA-256 digest in hexadecimal digits."""

    path: str
    size: int
    sha256: str


class RecordManifest(Request):
    """Keeps which files a version consists of."""

    name: str
    version: str
    files: list[WireModelFile]
    has_signature: bool = False
    signature: dict[str, str] = {}


class GetManifest(Request):
    """Asks which files a version consisted of when it was registered."""

    name: str
    version: str


class SearchModelVersions(Request):
    """Asks for versions that match a filter."""

    filter: str = ""
    max_results: int = 200_000
    order_by: list[str] = []
    page_token: str = ""


class GetDownloadUri(Request):
    """Asks where the files of a version are."""

    name: str
    version: str


class SetModelVersionTag(Request):
    """Sets a tag of a version."""

    name: str
    version: str
    key: str
    value: str = ""


class DeleteModelVersionTag(Request):
    """Removes a tag of a version."""

    name: str
    version: str
    key: str


class ModelVersionReply(Response):
    """A version."""

    model_version: WireModelVersion


class ModelVersionsReply(Response):
    """Versions."""

    model_versions: list[WireModelVersion] = []
    next_page_token: str = ""


class ProtectionReply(Response, omit_defaults=False):
    """Why a version is protected from deletion; empty if it is not."""

    protected_by: list[str] = []


class ManifestReply(Response, omit_defaults=False):
    """The files of a version; none if they are not on record."""

    digest: str = ""
    files: list[WireModelFile] = []
    has_signature: bool = False
    signature: dict[str, str] = {}


class DownloadUriReply(Response):
    """Where the files of a version are."""

    artifact_uri: str


def manifest_to_request(name: str, version: str, manifest: ModelManifest) -> RecordManifest:
    """A manifest for a request."""
    return RecordManifest(name, version, _files_to_wire(manifest), manifest.has_signature, manifest.signature)


def manifest_to_wire(manifest: ModelManifest) -> ManifestReply:
    """A manifest for a response."""
    return ManifestReply(
        manifest.digest, _files_to_wire(manifest), manifest.has_signature, manifest.signature
    )


def manifest_from_wire(message: RecordManifest | ManifestReply) -> ModelManifest:
    """A manifest from a request or a response."""
    files = [ModelFile(file.path, file.size, file.sha256) for file in message.files]
    return ModelManifest(files, message.has_signature or bool(message.signature), message.signature)


def _files_to_wire(manifest: ModelManifest) -> list[WireModelFile]:
    return [WireModelFile(file.path, file.size, file.sha256) for file in manifest.files]


def version_to_wire(version: ModelVersion) -> WireModelVersion:
    """A version for a response."""
    return WireModelVersion(
        name=version.name,
        version=version.version,
        creation_timestamp=version.creation_timestamp,
        last_updated_timestamp=version.last_updated_timestamp,
        user_id=version.user_id or "",
        current_stage=version.current_stage or "",
        description=version.description,
        source=version.source or "",
        run_id=version.run_id or "",
        status=version.status,  # type: ignore[arg-type]  # stored as one of them
        status_message=version.status_message or "",
        tags=[KeyValue(key, value) for key, value in version.tags.items()],
        run_link=version.run_link or "",
        aliases=version.aliases,
        model_id=version.model_id or "",
    )


def version_from_wire(version: WireModelVersion) -> ModelVersion:
    """A version from a response."""
    return ModelVersion(
        name=version.name,
        version=version.version,
        creation_timestamp=version.creation_timestamp or 0,
        last_updated_timestamp=version.last_updated_timestamp,
        description=version.description,
        user_id=version.user_id or None,
        current_stage=version.current_stage,
        source=version.source,
        run_id=version.run_id,
        status=version.status or "READY",
        status_message=version.status_message or None,
        tags=[ModelVersionTag(tag.key, tag.value) for tag in version.tags],
        run_link=version.run_link,
        aliases=version.aliases,
        model_id=version.model_id or None,
    )
