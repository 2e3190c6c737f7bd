"""Which tracking store and which registry are in use.

A URI that was set wins over the environment, which wins over the file of the project, which wins over the default,
`mlflow.db` in the folder that the process was in when it was first asked for. Relative places become absolute once, so that changing the
folder later does not change the store.
"""

from __future__ import annotations

import os
from pathlib import Path

from mlflow._base.uri import uri_from_path
from mlflow._session.project import forget_project, project
from mlflow._storage.open import absolute_uri
from mlflow.environment_variables import MLFLOW_REGISTRY_URI, MLFLOW_TRACKING_URI

DATABASE_NAME = "mlflow.db"

_tracking_uri: str | None = None
_registry_uri: str | None = None
_default_uri: str | None = None
_resolved: tuple[str, str] | None = None  # the URI in use as it was given, and as it was meant then


def set_tracking_uri(uri: str | os.PathLike[str] | None) -> None:
    """Chooses the tracking store of this process and of the processes that it starts.

    Args:
        uri: `http://host:5000`, `sqlite:///mlflow.db`, `postgresql://…`, or a folder as a path or `file:` URI.
            Relative places are taken from the current folder. Empty or `None` goes back to the default.
    """
    global _tracking_uri, _default_uri, _resolved
    if not uri:
        _tracking_uri = _default_uri = _resolved = None
        forget_project()
        MLFLOW_TRACKING_URI.unset()
        return
    given = uri if isinstance(uri, str) else uri_from_path(uri)
    absolute = absolute_uri(given)
    _tracking_uri, _resolved = given, (given, absolute)
    MLFLOW_TRACKING_URI.set(absolute)


def get_tracking_uri() -> str:
    """URI of the tracking store in use, as it was given; that of the project's file and the default as absolute URIs.

    Raises:
        InvalidParameterValue: The project's file is broken.
    """
    return _tracking_uri or MLFLOW_TRACKING_URI.get() or _default()


def is_tracking_uri_set() -> bool:
    """Whether the tracking store was chosen: by a call, in the environment or in the project's file."""
    return bool(_tracking_uri or MLFLOW_TRACKING_URI.get() or is_tracking_uri_from_project())


def is_tracking_uri_from_project() -> bool:
    """Whether the tracking store in use is the one that the project's file names."""
    if _tracking_uri or MLFLOW_TRACKING_URI.get():
        return False
    found = project()
    return found is not None and found.tracking_uri is not None


def set_registry_uri(uri: str | None) -> None:
    """Chooses the model registry of this process and of the processes that it starts.

    Args:
        uri: As for `set_tracking_uri`. Empty or `None` goes back to the tracking store.
    """
    global _registry_uri
    if not uri:
        _registry_uri = None
        MLFLOW_REGISTRY_URI.unset()
        return
    _registry_uri = uri
    MLFLOW_REGISTRY_URI.set(absolute_uri(uri))


def get_registry_uri() -> str:
    """URI of the model registry in use; the tracking store's by default."""
    return _chosen_registry() or get_tracking_uri()


def is_registry_uri_set() -> bool:
    """Whether a registry apart from the tracking store was chosen, by a call or in the environment."""
    return bool(_chosen_registry())


def store_uri(uri: str | os.PathLike[str] | None = None) -> str:
    """URI that a store is opened by, the same in every folder.

    Args:
        uri: Where it is, a relative place taken from the current folder; the tracking store in use by default.
    """
    global _resolved
    in_use = get_tracking_uri()
    given = (uri if isinstance(uri, str) else uri_from_path(uri)) if uri else in_use
    if given != in_use:
        return absolute_uri(given)
    if _resolved is None or _resolved[0] != given:
        _resolved = given, absolute_uri(given)
    return _resolved[1]


def _chosen_registry() -> str | None:
    chosen = _registry_uri or MLFLOW_REGISTRY_URI.get()
    if chosen:
        return chosen
    found = project()
    if found is None or found.registry_uri is None:
        return None
    return absolute_uri(found.registry_uri, found.file.parent)


def _default() -> str:
    global _default_uri
    if _default_uri is None:
        found = project()
        _default_uri = (
            f"sqlite:///{Path(DATABASE_NAME).absolute().as_posix()}"
            if found is None or found.tracking_uri is None
            else absolute_uri(found.tracking_uri, found.file.parent)
        )
    return _default_uri
