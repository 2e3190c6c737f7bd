"""Handlers: artifacts that are listed, signed or deleted. Their bytes are in `transfers.py`."""

from __future__ import annotations

import posixpath

from mlflow._artifacts.interface import UploadedPart
from mlflow._artifacts.paths import join_path
from mlflow._wire import artifacts as wire
from mlflow._wire.shapes import Empty
from mlflow.exceptions import InvalidParameterValue
from mlflow.server.artifacts import Located
from mlflow.server.context import Context
from mlflow.server.routes import Handler, run_id_of

MAX_EXPIRATION_SECONDS = 604_800


def list_artifacts(context: Context, request: wire.ListArtifacts) -> wire.FilesReply:
    run_id = run_id_of(request)
    located, uri = context.artifacts.of_run(run_id, request.path)
    files = _files(located)
    path = request.path.strip("/")
    if not path:
        present = {file.path for file in files}
        files += [
            wire.WireFile(name, is_dir=True)
            for name in context.artifacts.models_of_run(run_id)
            if name not in present
        ]
    elif not files and (model := context.artifacts.model_of_run(run_id, path)):
        name = path.partition("/")[0]
        files = [
            wire.WireFile(join_path(name, file.path), is_dir=file.is_dir, file_size=file.file_size)
            for file in _files(model[0])
        ]
    return wire.FilesReply(uri, sorted(files, key=lambda file: file.path))


def list_logged_model_artifacts(context: Context, request: wire.ListModelArtifacts) -> wire.FilesReply:
    located, uri = context.artifacts.of_model(request.model_id, request.artifact_directory_path)
    return wire.FilesReply(uri, _files(located))


def list_proxied_artifacts(context: Context, request: wire.ListProxiedArtifacts) -> wire.FilesReply:
    located = context.artifacts.proxied(request.path, allow_root=True)
    return wire.FilesReply(
        files=[
            wire.file_to_wire(file, posixpath.basename(file.path)) for file in located.store.list(located.key)
        ]
    )


def delete_proxied_artifact(context: Context, request: wire.ProxiedArtifact) -> Empty:
    located = context.artifacts.proxied(request.path)
    context.store.check_deletable(f"mlflow-artifacts:/{located.key}")
    located.store.delete(located.key)
    return Empty()


def presign_upload(context: Context, request: wire.PresignUpload) -> wire.PresignedReply:
    if bool(request.run_id) == bool(request.model_id):
        raise InvalidParameterValue("Give exactly one of 'run_id' and 'model_id'")
    _check_expiration(request.expiration)
    if request.run_id:
        located, uri = context.artifacts.of_run(request.run_id, request.path)
    else:
        located, uri = context.artifacts.of_model(request.model_id, request.path)
    _refuse_proxied(uri)
    signed = located.store.presign_put(located.key, request.expiration)
    return wire.PresignedReply(signed.url, signed.headers)


def presign_download(context: Context, request: wire.PresignDownload) -> wire.PresignedReply:
    _check_expiration(request.expiration)
    located, uri = context.artifacts.of_run(request.run_id, request.path)
    _refuse_proxied(uri)
    signed = located.store.presign_get(located.key, request.expiration)
    return wire.PresignedReply(signed.url, signed.headers)


def presign_proxied_artifact(context: Context, request: wire.PresignProxied) -> wire.PresignedReply:
    located = context.artifacts.proxied(request.path)
    signed = located.store.presign_get(located.key)
    return wire.PresignedReply(signed.url, signed.headers, located.store.stat(located.key).file_size)


def create_multipart_upload(context: Context, request: wire.CreateMultipart) -> wire.MultipartReply:
    located = _part_of(context, request.folder, request.path)
    upload = located.store.create_multipart(located.key, request.num_parts)
    return wire.MultipartReply(
        upload.upload_id,
        [wire.WireCredential(part.url, part.part_number, part.headers) for part in upload.parts],
    )


def complete_multipart_upload(context: Context, request: wire.CompleteMultipart) -> Empty:
    located = _part_of(context, request.folder, request.path)
    parts = [UploadedPart(part.part_number, part.etag) for part in request.parts]
    located.store.complete_multipart(located.key, request.upload_id, parts)
    return Empty()


def abort_multipart_upload(context: Context, request: wire.AbortMultipart) -> Empty:
    located = _part_of(context, request.folder, request.path)
    located.store.abort_multipart(located.key, request.upload_id)
    return Empty()


def _part_of(context: Context, folder: str, path: str) -> Located:
    """The file of a multipart upload; its name stands in the body, its folder in the path."""
    return context.artifacts.proxied(join_path(folder, posixpath.basename(path)))


def _files(located: Located) -> list[wire.WireFile]:
    base = f"{located.base}/" if located.base else ""
    return [wire.file_to_wire(file, file.path.removeprefix(base)) for file in located.store.list(located.key)]


def _check_expiration(seconds: int) -> None:
    if not 1 <= seconds <= MAX_EXPIRATION_SECONDS:
        raise InvalidParameterValue(
            f"'expiration' must be 1 to {MAX_EXPIRATION_SECONDS} seconds, got {seconds}"
        )


def _refuse_proxied(uri: str) -> None:
    if uri.startswith("mlflow-artifacts:"):
        raise InvalidParameterValue(
            f"Artifacts at {uri} pass through this server and have no URL of their own: use "
            "/api/2.0/mlflow-artifacts/artifacts/"
        )


HANDLERS: dict[str, Handler] = {
    "list_artifacts": list_artifacts,
    "list_logged_model_artifacts": list_logged_model_artifacts,
    "list_proxied_artifacts": list_proxied_artifacts,
    "delete_proxied_artifact": delete_proxied_artifact,
    "presign_upload": presign_upload,
    "presign_download": presign_download,
    "presign_proxied_artifact": presign_proxied_artifact,
    "create_multipart_upload": create_multipart_upload,
    "complete_multipart_upload": complete_multipart_upload,
    "abort_multipart_upload": abort_multipart_upload,
}
