"""Plug-ins: what other distributions offer through entry points."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import Any

_METADATA = (".dist-info", ".egg-info")


@lru_cache
def load_plugins(group: str) -> dict[str, Any]:
    """What entry points of a group name, loaded, by the names of the entry points.

    Plug-ins are looked for once in a process. One that cannot be loaded is left out with a warning: it must
    not take the program down.
    """
    if not _is_offered(group):
        return {}
    from importlib.metadata import entry_points

    loaded: dict[str, Any] = {}
    for entry_point in entry_points(group=group):
        try:
            loaded[entry_point.name] = entry_point.load()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is the plug-in's affair
            from mlflow._base.logs import get_logger

            get_logger(__name__).warning(
                "The plug-in %s of the group %s could not be loaded: %s", entry_point.value, group, error
            )
    return loaded


def _is_offered(group: str) -> bool:
    """Whether any installed distribution mentions the group.

    Most environments have no plug-in, and `importlib.metadata` takes far longer to say so.
    """
    wanted = group.encode()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - a third of the time
        except OSError:
            if os.path.isfile(folder):  # noqa: PTH113 - packages in an archive
                return True
            continue
        for name in names:
            if name.endswith(_METADATA):
                try:
                    with open(f"{folder or '.'}/{name}/entry_points.txt", "rb") as file:  # noqa: PTH123 - pathlib costs more than the look
                        if wanted in file.read():
                            return True
                except OSError:
                    continue
    return False
