"""Files with environment variables."""

from __future__ import annotations

import os
from pathlib import Path


def load_env_file(path: str) -> None:
    """Takes variables from a file; those that are set already keep their value.

    Args:
        path: A file with `NAME=value` lines; blank lines, comments, quotes and a leading `export` are understood.
    """
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        text = line.strip().removeprefix("export ").strip()
        name, equals, value = text.partition("=")
        if not equals or text.startswith("#"):
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)
