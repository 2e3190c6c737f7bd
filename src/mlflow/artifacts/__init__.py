"""Reading artifacts by URI: of runs, of logged models, and of any store that holds some.

A URI is one of `runs:/<run_id>/<path>`, `models:/m-<model_id>/<path>`, `mlflow-artifacts:/<path>`, a local path
or `file:` URI, or that of an object store (`s3:`, `gs:`, `wasbs:`, `abfss:`) or of a web server (`https:`). A
logged model is among its run's artifacts too, under its name.
"""

from __future__ import annotations

import json
import os
import posixpath
from typing import TYPE_CHECKING, Any

from mlflow._session.stores import open_session_store
from mlflow.entities.file_info import FileInfo
from mlflow.exceptions import BadRequest, InvalidParameterValue, MissingExtra
from mlflow.tracking import artifacts as _tracked

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["download_artifacts", "list_artifacts", "load_dict", "load_image", "load_text"]


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | os.PathLike[str] | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Fetch a file or folder and get its local path.

    ::

        folder = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/plots")

    Args:
        artifact_uri: URI of the file or folder. Either this or `run_id` is given.
        run_id: Run whose artifacts are meant.
        artifact_path: File or folder of that run; all of its artifacts by default.
        dst_path: Local folder that the file or folder comes to lie in, made if it is missing. By default what is
            local already stays where it is, and everything else goes to a new temporary folder.
        tracking_uri: The tracking store that is asked; the one in use by default.
        registry_uri: The registry that is asked for registered models; the tracking store by default.

    Returns:
        Absolute local path of the file or folder.

    Raises:
        InvalidParameterValue: Both or none of `artifact_uri` and `run_id` are given, or the URI is malformed.
        ResourceDoesNotExist: There is no such run, model or file.
    """
    del registry_uri  # Versions of registered models are found through the tracking store.
    uri = _uri(artifact_uri, run_id, artifact_path)
    return _tracked.download(open_session_store(tracking_uri), uri, dst_path)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """Files and folders directly in a folder, sorted by path.

    Args:
        artifact_uri: URI of the folder. Either this or `run_id` is given.
        run_id: Run whose artifacts are meant.
        artifact_path: Folder of that run; the root of its artifacts by default.
        tracking_uri: The tracking store that is asked; the one in use by default.

    Returns:
        One entry for each, with its size in bytes (`None` for folders). Empty for a file, and for what is not
        there.

    Raises:
        InvalidParameterValue: Both or none of `artifact_uri` and `run_id` are given, or the URI is malformed.
        ResourceDoesNotExist: There is no such run or model.
    """
    return _tracked.list_artifacts(
        open_session_store(tracking_uri), _uri(artifact_uri, run_id, artifact_path)
    )


def load_text(artifact_uri: str) -> str:
    """The text of a file, which is UTF-8.

    Raises:
        ResourceDoesNotExist: There is no such file.
        BadRequest: The file is no text.
    """
    try:
        return _content(artifact_uri).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The file at {artifact_uri!r} is no text in UTF-8.") from None


def load_dict(artifact_uri: str) -> dict[str, Any]:
    """The content of a JSON file; a file whose name ends in `.yaml` or `.yml` is read as YAML.

    Raises:
        ResourceDoesNotExist: There is no such file.
        BadRequest: The file is neither.
    """
    text = load_text(artifact_uri)
    if posixpath.splitext(artifact_uri)[1].lower() in {".yaml", ".yml"}:
        import yaml

        try:
            content: dict[str, Any] = yaml.safe_load(text)
        except yaml.YAMLError:
            raise BadRequest(f"Unable to form a YAML object from the file at {artifact_uri!r}.") from None
        return content
    try:
        content = json.loads(text)
    except ValueError:
        raise BadRequest(f"Unable to form a JSON object from file content at {artifact_uri!r}.") from None
    return content


def load_image(artifact_uri: str) -> Image:
    """A picture file as a PIL image.

    Raises:
        ResourceDoesNotExist: There is no such file.
        BadRequest: The file is no picture that PIL knows.
        MissingExtra: PIL is not installed.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise MissingExtra("mlflow.artifacts.load_image", "pillow") from None
    from io import BytesIO

    try:
        image = Image.open(BytesIO(_content(artifact_uri)))
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise BadRequest(
            f"Unable to form a PIL Image object from file content at {artifact_uri!r}."
        ) from None
    return image


def _content(artifact_uri: str) -> bytes:
    return _tracked.read_bytes(open_session_store(), artifact_uri)


def _uri(artifact_uri: str | None, run_id: str | None, artifact_path: str | None) -> str:
    if (artifact_uri is None) == (run_id is None):
        raise InvalidParameterValue("Exactly one of `run_id` or `artifact_uri` must be specified")
    if artifact_uri is None:
        return f"runs:/{run_id}/{artifact_path}" if artifact_path else f"runs:/{run_id}"
    if artifact_path is not None:
        raise InvalidParameterValue("`artifact_path` cannot be specified if `artifact_uri` is specified")
    return str(artifact_uri)
