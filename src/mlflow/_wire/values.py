"""How single values are written in JSON."""

from __future__ import annotations

import math

from mlflow.exceptions import InvalidParameterValue

_NAMED = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

WireDouble = float | str
"""A double: a number, or text for what JSON has no number for (and for numbers that clients send as text)."""


def double_to_wire(value: float) -> WireDouble:
    """A double as JSON has it: NaN and infinities become text."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def double_from_wire(value: WireDouble, name: str) -> float:
    """A double from JSON.

    Raises:
        InvalidParameterValue: The text is no number.
    """
    if isinstance(value, str):
        named = _NAMED.get(value)
        if named is not None:
            return named
        try:
            return float(value)
        except ValueError:
            raise InvalidParameterValue(
                f"Invalid value {value!r} for parameter '{name}' supplied: not a number"
            ) from None
    return float(value)
