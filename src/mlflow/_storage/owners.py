"""URIs of artifacts that name their owner, a run or a logged model, instead of a place."""

from __future__ import annotations

from mlflow._base.uri import join_uri
from mlflow._storage.interface.store import Store


def run_uri(run_id: str) -> str:
    """URI of all artifacts of a run."""
    return f"runs:/{run_id}"


def model_uri(model_id: str) -> str:
    """URI of all files of a logged model."""
    return f"models:/{model_id}"


def split_owner(uri: str) -> tuple[str, str, str]:
    """Scheme, id of the run or model, and the path from there, of `runs:/<run id>/…` or `models:/m-…/…`."""
    scheme, _, rest = uri.partition(":")
    owner, _, path = rest.strip("/").partition("/")
    return scheme, owner, path


def place_of_owner(store: Store, uri: str) -> str:
    """The place that `runs:/<run id>/…` or `models:/m-…/…` stands for; any other URI as it is."""
    scheme, owner, path = split_owner(uri)
    if scheme == "runs":
        root = store.runs.get(owner).info.artifact_uri or ""
    elif scheme == "models" and owner.startswith("m-"):
        root = store.logged_models.get(owner).artifact_location
    else:
        return uri
    return join_uri(root, path) if path else root
