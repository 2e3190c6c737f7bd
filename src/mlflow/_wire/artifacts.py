"""Wire forms: artifacts."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response
from mlflow.entities.file_info import FileInfo


class WireFile(Response):
    """A file or folder. The size of folders and of empty files is left out."""

    path: str
    is_dir: bool | None = None
    file_size: int = 0


class ListArtifacts(Request):
    """Asks for a folder of a run's artifacts."""

    run_id: str = ""
    run_uuid: str = ""
    path: str = ""
    page_token: str = ""


class ListModelArtifacts(Request):
    """Asks for a folder of a logged model's artifacts."""

    model_id: str
    artifact_directory_path: str = ""
    page_token: str = ""


class FilesReply(Response):
    """Files and folders directly in a folder."""

    root_uri: str = ""
    files: list[WireFile] = []
    next_page_token: str = ""


class ListProxiedArtifacts(Request):
    """Asks for a folder of the server's own artifacts."""

    path: str = ""


class PresignUpload(Request):
    """Asks for a URL that takes a file, of a run or of a model."""

    path: str
    run_id: str = ""
    model_id: str = ""
    expiration: int = 900


class PresignDownload(Request):
    """Asks for a URL that gives a file of a run."""

    run_id: str
    path: str
    expiration: int = 300


class PresignedReply(Response):
    """A URL that allows one thing for some time."""

    url: str = ""
    headers: dict[str, str] = {}
    file_size: int | None = None


class CreateMultipart(Request):
    """Begins a multipart upload."""

    path: str
    num_parts: int = 1
    folder: str = ""


class WireCredential(Response):
    """Where one part goes."""

    url: str
    part_number: int
    headers: dict[str, str] = {}


class MultipartReply(Response):
    """A multipart upload that was begun."""

    upload_id: str = ""
    credentials: list[WireCredential] = []


class WirePart(Response):
    """A part that was put."""

    part_number: int = 0
    etag: str = ""
    url: str = ""


class CompleteMultipart(Request):
    """Makes a file from its parts."""

    path: str
    upload_id: str
    parts: list[WirePart]
    folder: str = ""


class AbortMultipart(Request):
    """Drops the parts of an upload."""

    path: str
    upload_id: str
    folder: str = ""


class PresignProxied(Request):
    """Asks for a URL that gives a file of the server's own artifacts."""

    path: str


def file_to_wire(file: FileInfo, path: str) -> WireFile:
    """A file or folder for a response, under the path that the caller knows it by."""
    return WireFile(path, is_dir=file.is_dir, file_size=file.file_size or 0)


def file_from_wire(file: WireFile) -> FileInfo:
    """A file or folder from a response."""
    is_dir = bool(file.is_dir)
    return FileInfo(file.path, is_dir, None if is_dir else file.file_size)


class ProxiedArtifact(Request):
    """One of the server's own artifacts."""

    path: str


class GetArtifact(Request):
    """A file of a run."""

    path: str
    run_id: str = ""
    run_uuid: str = ""


class GetRawArtifact(Request):
    """A file of a run, to be shown in a frame of its own."""

    path: str
    run_id: str
    scripts: bool = False


class UploadArtifact(Request):
    """A file that a run gets; its bytes are the body."""

    path: str
    run_id: str = ""
    run_uuid: str = ""


class GetModelArtifact(Request):
    """A file of a logged model."""

    model_id: str
    artifact_file_path: str
