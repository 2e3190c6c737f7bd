"""Names of enumerations on the wire. Numbers are taken as well; other names are refused."""

from __future__ import annotations

from typing import Literal, get_args

RunStatusName = Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
ViewTypeName = Literal["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]
ModelStatusName = Literal["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"]
VersionStatusName = Literal["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"]

ENUMS: tuple[tuple[str, ...], ...] = (
    get_args(RunStatusName),
    get_args(ViewTypeName),
    get_args(ModelStatusName),
    get_args(VersionStatusName),
)


def enum_number(names: tuple[str, ...], name: str) -> int:
    """Number of a name; the first one is 1."""
    return names.index(name) + 1


RUN_STATUS_NAMES: tuple[str, ...] = get_args(RunStatusName)
VIEW_TYPE_NAMES: tuple[str, ...] = get_args(ViewTypeName)
MODEL_STATUS_NAMES: tuple[str, ...] = get_args(ModelStatusName)
