"""The one place that says which artifact paths are accepted."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from mlflow.exceptions import InvalidParameterValue

MAX_PATH_BYTES = 2048
MAX_NAME_BYTES = 255
"""What common file systems allow for the name of one file or folder."""

_DRIVE_OR_SCHEME = re.compile(r"(?:^|/)[A-Za-z]:|:/")
# Control characters, and halves of surrogate pairs, which have no UTF-8 form.
_REFUSED_CATEGORIES = {"Cc", "Cs"}


def validate_path(path: str, *, allow_root: bool = False) -> str:
    """A path relative to an artifact root, in its normal form.

    Parts are joined by `/`; empty parts, `.` and a slash at the end are dropped, everything else is kept as
    it is: `%20` in a name stays three characters. What would be dangerous after one or two percent-decodings
    is refused too, because a proxy or another server may decode once more than we do.

    Args:
        path: The path as given.
        allow_root: Whether a path without any part, the root itself, is accepted; it is `""` then.

    Raises:
        InvalidParameterValue: The path is empty, absolute, too long, a URI or a Windows path, or holds `..`,
            a backslash or a control character.
    """
    # Decoded, they only look like it: MLflow 2.22 names pictures like `dog%step%3%timestamp%1700000000000`.
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in path):
        raise _invalid(path, "it holds a control character")
    once = unquote(path)
    for form in dict.fromkeys((path, once, unquote(once))):
        reason = _danger(form)
        if reason is not None:
            encoded = "" if form == path else f" (which stands for {form!r})"
            raise _invalid(path, f"{reason}{encoded}")
    names = [name for name in path.split("/") if name not in {"", "."}]
    if not names and not allow_root:
        raise _invalid(path, "it names no file or folder")
    for name in names:
        if len(name.encode()) > MAX_NAME_BYTES:
            raise _invalid(path, f"the name {_short(name)} is longer than {MAX_NAME_BYTES} bytes")
    normal = "/".join(names)
    if len(normal.encode()) > MAX_PATH_BYTES:
        raise _invalid(path, f"it is longer than {MAX_PATH_BYTES} bytes")
    return normal


def join_path(*parts: str | None) -> str:
    """Parts of a path joined by `/`; empty parts and `None` are left out. Does not validate."""
    return "/".join(part.strip("/") for part in parts if part and part.strip("/"))


def lies_within(key: str, folder: str) -> bool:
    """Whether a key is a folder, or lies anywhere below it; everything lies within the root (`""`)."""
    return not folder or key == folder or key.startswith(f"{folder}/")


def _danger(path: str) -> str | None:
    if "\0" in path:
        return "it holds a null character"
    if "\\" in path:
        return "it holds a backslash; parts are joined by '/'"
    if path.startswith("/"):
        return "it is absolute"
    if _DRIVE_OR_SCHEME.search(path):
        return "it holds a drive letter or a scheme"
    for name in path.split("/"):
        # Windows drops dots and spaces at the end of a name, so '.. ' is '..' there.
        if name not in {"", "."} and not name.strip(". "):
            return f"the part {name!r} would lead elsewhere"
    return None


def _invalid(path: str, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"Invalid artifact path {_short(path)}: {reason}. "
        "An artifact path is relative to its root, like 'plots/roc.png'."
    )


def _short(text: str) -> str:
    return repr(text) if len(text) <= 120 else f"{text[:100]!r}… ({len(text)} characters)"
