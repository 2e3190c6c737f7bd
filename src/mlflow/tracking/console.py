"""Lines for the person who runs a script."""

from __future__ import annotations

import sys


def say_deleted(noun: str, deleted_id: str, restore: str) -> None:
    """Says that something is in the trash, and until when it can be taken out."""
    from mlflow._base.logs import get_logger

    get_logger("mlflow.tracking.fluent").info(
        "The %s %s is in the trash. Undo with mlflow.%s(%r), until mlflow gc removes it for good.",
        noun, deleted_id, restore, deleted_id,
    )  # fmt: skip


def write_lines(text: str) -> None:
    """Writes to the standard output; characters that it cannot show are replaced."""
    out = sys.stdout
    if out is None:  # a program without a console
        return
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()
