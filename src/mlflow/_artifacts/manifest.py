"""Reading the manifest of a model off its files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from mlflow._artifacts.interface import ArtifactStore
from mlflow._artifacts.paths import join_path
from mlflow.entities.model_registry.manifest import ModelFile, ModelManifest
from mlflow.exceptions import ResourceDoesNotExist

MAX_SIGNATURE = 100_000
"""Characters of a signature that a manifest keeps."""
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
    declared = _signature(store, join_path(folder, _MLMODEL)) if _MLMODEL in paths else {}
    is_short = sum(map(len, declared.values())) <= MAX_SIGNATURE
    return ModelManifest(files, bool(declared), declared if is_short else {})


def _files(store: ArtifactStore, folder: str, below: str) -> Iterator[str]:
    for entry in store.list(join_path(folder, below)):
        path = join_path(below, entry.path.rsplit("/", 1)[-1])
        if entry.is_dir:
            yield from _files(store, folder, path)
        else:
            yield path


def _signature(store: ArtifactStore, key: str) -> dict[str, str]:
    """What an MLmodel file declares of inputs, outputs and parameters."""
    import yaml

    with store.read(key) as chunks:
        text = b"".join(chunks)
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    declared = content.get("signature") if isinstance(content, dict) else None
    if not isinstance(declared, dict):
        return {}
    return {
        str(name): value if isinstance(value, str) else json.dumps(value, default=str)
        for name, value in declared.items()
        if value is not None
    }
