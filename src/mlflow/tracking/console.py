"""Lines for the person who runs a script."""

from __future__ import annotations

import sys


def write_lines(text: str) -> None:
    """Writes to the standard output; characters that it cannot show are replaced."""
    out = sys.stdout
    if out is None:  # a program without a console
        return
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()
