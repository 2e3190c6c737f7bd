"""Predictions of any library as plain numbers, texts, lists and dictionaries, so that they can be compared."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """The value as JSON has it: tables as lists of rows without their column names, arrays as lists."""
    if hasattr(value, "toPandas"):
        value = value.toPandas()
    if type(value).__name__ == "DataFrame":
        return [[plain(cell) for cell in row] for row in value.itertuples(index=False, name=None)]
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def equal(one: Any, other: Any) -> bool:
    """Whether two plain values are the same, numbers but for the last digits of single precision."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        # A column of a table, and the vector that a library gives, are the same answers.
        one, other = _vector(one), _vector(other)
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def _vector(rows: list[Any]) -> list[Any]:
    single = rows and all(isinstance(row, list) and len(row) == 1 for row in rows)
    return [row[0] for row in rows] if single else rows
