"""Cells of files that people open in spreadsheets."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def safe_cell(value: T) -> T | str:
    """A cell that no spreadsheet takes for a formula: a text that could be one begins with an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value
