"""Reading the manifest of a model off its files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.paths import join_path
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest
from mlflow.exceptions import ResourceDoesNotExist

_READERS = 4
_MLMODEL = "MLmodel"
_NOT_OF_THE_MODEL = frozenset({"registered_model_meta"})
"""Files that a client puts beside a model when it downloads it."""


def read_manifest(store: ArtifactStore, folder: str = "") -> ModelManifest:
    """The manifest of a model; reads every byte of it.

    Args:
        store: Where it is.
        folder: Its folder there.

    Raises:
        ResourceDoesNotExist: There are no files.
    """
    paths = [path for path in _files(store, folder, "") if path not in _NOT_OF_THE_MODEL]
    if not paths:
        raise ResourceDoesNotExist(f"There are no files at {join_path(store.root_uri, folder)}")

    def read(path: str) -> ModelFile:
        digest, size = sha256(), 0
        with store.read(join_path(folder, path)) as chunks:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
        return ModelFile(path, size, digest.hexdigest())

    with ThreadPoolExecutor(
        min(_READERS, len(paths))
    ) as pool:  # digests are made without the interpreter's lock
        files = list(pool.map(read, sorted(paths)))
    return ModelManifest(files, _MLMODEL in paths and _has_signature(store, join_path(folder, _MLMODEL)))


def _files(store: ArtifactStore, folder: str, below: str) -> Iterator[str]:
    for entry in store.list(join_path(folder, below)):
        path = join_path(below, entry.path.rsplit("/", 1)[-1])
        if entry.is_dir:
            yield from _files(store, folder, path)
        else:
            yield path


def _has_signature(store: ArtifactStore, key: str) -> bool:
    import yaml

    with store.read(key) as chunks:
        text = b"".join(chunks)
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    return isinstance(content, dict) and bool(content.get("signature"))
