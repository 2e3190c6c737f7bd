"""Which sources of model versions a server takes.

Whoever serves or loads a version reads the files of its source, so a source must not name files that its sender could
not read otherwise: neither elsewhere on the server, nor below the artifacts of a run that they do not name, nor on a
host of their choice.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlflow._base.uri import is_local_uri, path_from_uri, uri_scheme
from mlflow._storage.validation import PROMPT_SOURCES
from mlflow.environment_variables import (
    MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES,
    MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX,
)
from mlflow.exceptions import InvalidParameterValue, ResourceDoesNotExist
from mlflow.server.context import Context

_RUN_URI = re.compile(r"runs:/+([^/]+)(?:/.*)?")
_HOSTED = ("http", "https", "ftp", "sftp", "ssh")


def check_model_source(context: Context, source: str, run_id: str, model_id: str) -> None:
    """Refuses a source that a client may not name.

    Args:
        context: Whose store and artifacts they are.
        source: Source of the version.
        run_id: Run that the client says it belongs to; empty for none.
        model_id: Logged model that the client says it belongs to; empty for none.

    Raises:
        InvalidParameterValue: The source is refused.
    """
    pattern = MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX.get()
    if pattern and not re.search(pattern, source):
        raise _refused(source, f"this server takes sources that match {pattern!r} only")
    if source in PROMPT_SOURCES:
        return
    if "\x00" in source or _climbs(source):
        raise _refused(source, "it must be an absolute place, without '..'")
    scheme = uri_scheme(source)
    if scheme == "models":
        return  # the store looks up what it names
    if scheme == "runs":
        named = _RUN_URI.fullmatch(source)
        if named is None or named[1] != run_id:
            raise _refused(
                source, "the run_id request parameter must identify the resource that contains the source"
            )
        return
    if is_local_uri(source):
        if not _lies_in_artifacts(context, source, run_id, model_id):
            raise _refused(
                source,
                "a path on the server has to be contained within the artifact directory of the run (or logged model) "
                "that the run_id (or model_id) request parameter names",
            )
        return
    if scheme == "mlflow-artifacts" or (scheme in _HOSTED and "/mlflow-artifacts/artifacts/" in source):
        if not _lies_in_artifacts(context, _proxied_form(source), run_id, model_id):
            raise _refused(
                source, "the run_id request parameter must identify the resource that contains the source"
            )
        return
    if scheme in _HOSTED and scheme not in MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES.get():
        raise _refused(
            source,
            f"the scheme {scheme!r} names a host. To allow it, set "
            f"MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES={scheme} on the server",
        )


def _lies_in_artifacts(context: Context, source: str, run_id: str, model_id: str) -> bool:
    homes = []
    try:
        if run_id:
            homes.append(context.store.runs.get(run_id).info.artifact_uri or "")
        if model_id:
            homes.append(context.store.logged_models.get(model_id).artifact_location)
    except (ResourceDoesNotExist, InvalidParameterValue):
        return False
    place = context.store.settings.place_of(_absolute(source))
    for home in homes:
        around = context.store.settings.place_of(home)
        if place.root_uri == around.root_uri and _is_below(place.key, around.key):
            return True
    return False


def _absolute(source: str) -> str:
    """A path in the form in which roots are stored; any other source as it is."""
    if not is_local_uri(source):
        return source
    path = path_from_uri(source)
    return str(path.resolve()) if path.is_absolute() else source


def _is_below(key: str, home: str) -> bool:
    parts, first = Path(key).parts, Path(home).parts
    return parts[: len(first)] == first


def _proxied_form(source: str) -> str:
    """A source on a server's artifact endpoint as `mlflow-artifacts:/…`."""
    if source.startswith("mlflow-artifacts:"):
        return source
    return "mlflow-artifacts:/" + source.partition("/mlflow-artifacts/artifacts/")[2]


def _climbs(source: str) -> bool:
    text = source
    for _ in range(3):  # encoded, and encoded again
        if ".." in urlsplit(text).path.replace("\\", "/").split("/") or "\x00" in text:
            return True
        text = unquote(text)
    return False


def _refused(source: str, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Invalid model version source: {source!r}: {reason}.")
