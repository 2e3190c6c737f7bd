"""Tags of the active run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlflow.tracking import tags as calls
from mlflow.tracking.fluent.runs import target_of

if TYPE_CHECKING:
    from mlflow.tracking.queue import RunOperations


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Sets a tag; starts a run when none is active.

    Args:
        key: Name of the tag.
        value: Any value; its text is stored.
        synchronous: Whether to wait until it is stored; as configured by default.

    Returns:
        What to wait for, when it is set in the background.
    """
    store, run_id = target_of()
    return calls.set_tag(store, run_id, key, value, synchronous)


def set_tags(tags: dict[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Sets several tags; starts a run when none is active.

    Args:
        tags: Values by name.
        synchronous: Whether to wait until they are stored; as configured by default.

    Returns:
        What to wait for, when they are set in the background.
    """
    store, run_id = target_of()
    return calls.set_tags(store, run_id, tags, synchronous)


def delete_tag(key: str) -> None:
    """Removes a tag of the active run; `ResourceDoesNotExist` when it has none of that key."""
    store, run_id = target_of()
    store.tags.delete(run_id, key)
