"""Files of runs and of logged models.

A logged model is visible among the artifacts of the run that made it, under its name: what the run itself
keeps under that name comes first.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.paths import join_path, validate_path
from mlflow._artifacts.transfer import download_tree, upload_file, upload_tree
from mlflow._base.uri import is_local_uri, join_uri, path_from_uri, split_uri, uri_scheme
from mlflow._session.runs import open_runs
from mlflow._storage.interface.store import Store
from mlflow._storage.owners import model_uri, run_uri
from mlflow.entities.file_info import FileInfo
from mlflow.entities.logged_model import LoggedModel
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.tracking.logged_models import models_of_run
from mlflow.tracking.model_uris import source_uri, split_models_uri


class _Files(NamedTuple):
    """Where the artifacts of something are: its experiment and the URI of its root."""

    experiment_id: str
    uri: str


def open_root(store: Store, uri: str) -> ArtifactStore:
    """The artifact store at a URI that a tracking store gave out, or at any other."""
    return store.artifacts(uri)


def run_root(store: Store, run_id: str) -> ArtifactStore:
    """The artifacts of a run."""
    return open_root(store, _open_run_uri(run_id) or run_uri(run_id))


def model_root(store: Store, model_id: str) -> ArtifactStore:
    """The files of a logged model."""
    return open_root(store, model_uri(model_id))


def run_artifact_uri(store: Store, run_id: str, artifact_path: str | None = None) -> str:
    """URI of a file or folder of a run, which need not exist; that of a logged model for its name."""
    files = _files_of_run(store, run_id)
    path = validate_path(artifact_path or "", allow_root=True)
    return _locate(store, run_id, files, path) if path else files.uri


def log_file(root: ArtifactStore, local_path: str | os.PathLike[str], artifact_path: str | None) -> None:
    """Stores a local file, or a folder under its name, below a path.

    Raises:
        FileNotFoundError: Neither is there.
    """
    source = Path(local_path)
    if source.is_dir():
        upload_tree(root, source, _below(artifact_path, source.resolve().name))
        return
    if not source.exists():
        raise FileNotFoundError(f"There is no file {os.fspath(local_path)!r} to log (in {Path.cwd()})")
    upload_file(root, source, _below(artifact_path, source.name))


def log_folder(root: ArtifactStore, local_dir: str | os.PathLike[str], artifact_path: str | None) -> None:
    """Stores the files of a local folder below a path.

    A folder that is missing is only warned about: a script must not end because it had nothing to log.
    """
    source = Path(local_dir)
    if source.is_file():
        upload_file(root, source, _below(artifact_path, source.name))
    elif source.is_dir():
        upload_tree(root, source, artifact_path or "")
    else:
        from mlflow._base.logs import get_logger

        get_logger("mlflow.tracking").warning(
            "Nothing was logged: there is no folder %r (in %s)", os.fspath(local_dir), Path.cwd()
        )


def log_bytes(root: ArtifactStore, content: bytes, artifact_file: str) -> None:
    """Stores a file that is in memory."""
    root.write(validate_path(artifact_file), [content], len(content))


def log_stream(root: ArtifactStore, stream: BinaryIO, artifact_file: str) -> None:
    """Stores what a file object of bytes gives, piece by piece.

    Raises:
        InvalidParameterValue: It gives text.
    """
    if isinstance(stream.read(0), str):
        raise InvalidParameterValue(
            f"The stream for {artifact_file!r} gives text, not bytes. Open the file in binary mode ('rb'), or "
            "use mlflow.log_text."
        )
    root.write(validate_path(artifact_file), stream)


def list_run_artifacts(store: Store, run_id: str, path: str | None = None) -> list[FileInfo]:
    """Files and folders directly in a folder of a run; its logged models are folders."""
    files = _files_of_run(store, run_id)
    folder = validate_path(path or "", allow_root=True)
    root = open_root(store, files.uri)
    found = root.list(folder)
    if not folder:
        names = {info.path for info in found}
        models = models_of_run(store, files.experiment_id, run_id)
        found += [FileInfo(name, True, None) for name in models if name not in names]
        return sorted(found, key=lambda info: info.path)
    if found:
        return found
    name, _, rest = folder.partition("/")
    model = models_of_run(store, files.experiment_id, run_id).get(name)
    if model is None:
        return []
    inside = open_root(store, model.artifact_location).list(rest)
    return [FileInfo(join_path(name, info.path), info.is_dir, info.file_size) for info in inside]


def list_artifacts(store: Store, uri: str) -> list[FileInfo]:
    """Files and folders directly in the folder at a URI, with paths as its run, model or folder has them."""
    if uri_scheme(uri) == "runs":
        return list_run_artifacts(store, *_split_runs_uri(uri))
    if uri_scheme(uri) == "models":
        named, path = split_models_uri(uri)
        if not isinstance(named, str):
            return list_artifacts(store, source_uri(uri, store))
        return model_root(store, named).list(path)
    parent, name = posixpath.split(uri.rstrip("/"))
    if not name or not parent or parent.endswith(":/"):
        return open_root(store, uri).list()
    return open_root(store, parent).list(name)


def resolve_artifact_uri(store: Store, uri: str) -> str:
    """URI of the files themselves for one that names a run or a model (`runs:/…`, `models:/…`)."""
    scheme = uri_scheme(uri)
    if scheme == "runs":
        run_id, path = _split_runs_uri(uri)
        return run_artifact_uri(store, run_id, path)
    if scheme == "models":
        named, path = split_models_uri(uri)
        if not isinstance(named, str):
            return resolve_artifact_uri(store, source_uri(uri, store))
        return join_uri(store.logged_models.get(named).artifact_location, path)
    return uri


def download(store: Store, uri: str, dst_path: str | os.PathLike[str] | None = None) -> str:
    """Fetches a file or folder and answers its local path.

    Args:
        store: The tracking store that knows runs and models.
        uri: Any artifact URI, `runs:/…` and `models:/m-…` included.
        dst_path: Folder that it comes to lie in; made if it is missing. A run's or a model's folder as a whole
            becomes this folder, a run's with the models that it logged, each in a folder of its name. By default
            it is a new temporary folder; a local path, or all of a model or of a run without models that is kept
            in a local folder, is answered as it is.

    Raises:
        ResourceDoesNotExist: Nothing is there.
    """
    uri = _of_version(store, uri)
    found = resolve_artifact_uri(store, uri)
    is_whole = _is_whole(uri)
    models = _models_beside(store, uri)
    if dst_path is None:
        # Parts of a run are copied, because people delete what they downloaded.
        here = _local_path(store, found) if (is_whole and not models) or is_local_uri(uri) else None
        if here is not None:
            return str(here)
        dst_path = tempfile.mkdtemp(prefix="mlflow-artifacts-")
    target = Path(dst_path).absolute()
    target.mkdir(parents=True, exist_ok=True)
    if is_whole:
        root = open_root(store, found)
        download_tree(root, "", target)
        for name, model in models.items():
            if not (target / name).exists():
                download_tree(open_root(store, model.artifact_location), "", target / name)
        return str(target)
    name = posixpath.basename(uri.rstrip("/"))
    parent, stored_name = split_uri(found)
    try:
        if (
            uri_scheme(uri) == "runs" and name != stored_name
        ):  # a logged model, which the run knows by its name
            return str(download_tree(open_root(store, found), "", target / name))
        return str(download_tree(open_root(store, parent), stored_name, target))
    except ResourceDoesNotExist:
        raise ResourceDoesNotExist(
            f"Failed to download artifacts from path {uri!r}, please ensure that the path is correct."
        ) from None


def find_local(store: Store, uri: str) -> Path | None:
    """Where the files that any artifact URI names lie on this machine; `None` when they have to be fetched."""
    return _local_path(store, resolve_artifact_uri(store, uri))


def read_bytes(store: Store, uri: str) -> bytes:
    """Content of a file.

    Raises:
        ResourceDoesNotExist: There is no such file.
    """
    parent, name = split_uri(resolve_artifact_uri(store, uri))
    with open_root(store, parent).read(name) as pieces:
        return b"".join(pieces)


def _below(folder: str | None, name: str) -> str:
    return join_path(validate_path(folder or "", allow_root=True), name)


def _files_of_run(store: Store, run_id: str) -> _Files:
    """Asks the store only about runs that are not open here."""
    for entry in open_runs():
        info = entry.run.info
        if info.run_id == run_id and info.artifact_uri:
            return _Files(info.experiment_id, info.artifact_uri)
    info = store.runs.get(run_id).info
    return _Files(info.experiment_id, info.artifact_uri or "")


def _open_run_uri(run_id: str) -> str | None:
    """URI of the artifacts of a run, if it is open here."""
    return next(
        (entry.run.info.artifact_uri for entry in open_runs() if entry.run.info.run_id == run_id), None
    )


def _locate(store: Store, run_id: str, files: _Files, path: str) -> str:
    try:
        open_root(store, files.uri).stat(path)
    except ResourceDoesNotExist:
        name, _, rest = path.partition("/")
        model = models_of_run(store, files.experiment_id, run_id).get(name)
        if model is not None:
            return join_uri(model.artifact_location, rest)
    return join_uri(files.uri, path)


def _split_runs_uri(uri: str) -> tuple[str, str]:
    run_id, _, path = uri.split(":", 1)[1].strip("/").partition("/")
    if not run_id or "<" in run_id or "{" in run_id:
        raise InvalidParameterValue(
            f"Not a proper runs:/ URI: {uri}. Runs URIs must be of the form 'runs:/<run_id>/<path>', with the id "
            "of a run in place of <run_id>"
        )
    return run_id, path


def _of_version(store: Store, uri: str) -> str:
    """What a version of a registered model was registered from, as a whole; any other URI as it is."""
    if uri_scheme(uri) != "models":
        return uri
    named, path = split_models_uri(uri)
    if isinstance(named, str):
        return uri
    source = source_uri(uri, store)
    return source if path else f"{source.rstrip('/')}/"


def _models_beside(store: Store, uri: str) -> dict[str, LoggedModel]:
    """Models that a URI of all files of a run stands for as well, by name."""
    if uri_scheme(uri) != "runs":
        return {}
    run_id, path = _split_runs_uri(uri)
    return {} if path else models_of_run(store, _files_of_run(store, run_id).experiment_id, run_id)


def _is_whole(uri: str) -> bool:
    """Whether a URI is that of all files of a run or model, which then fill the target folder itself."""
    if uri.endswith("/"):
        return True
    scheme = uri_scheme(uri)
    return scheme in {"runs", "models"} and "/" not in uri.split(":", 1)[1].strip("/")


def _local_path(store: Store, uri: str) -> Path | None:
    """Where the files at a URI lie on this machine, if they do."""
    if getattr(store, "transport", None) is None:
        uri = store.settings.place_of(uri).uri
    path = path_from_uri(uri) if is_local_uri(uri) else None
    return path if path is not None and path.exists() else None
