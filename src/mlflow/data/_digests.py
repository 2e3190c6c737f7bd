"""Fingerprints of data, the same that MLflow computes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    import pandas

MAX_ROWS = 10_000
"""Rows, or elements of an array, that are looked at."""


def frame_digest(frame: pandas.DataFrame) -> str:
    """Digest of a DataFrame: its first rows, the number of all, and the names of its columns.

    Of the columns those are looked at that hold numbers, or text without a gap.
    """
    import numpy
    from pandas.util import hash_pandas_object

    head = frame.head(MAX_ROWS)
    text = [index for index in range(head.shape[1]) if _is_text(head.iloc[:, index])]
    numbers = [index for index in range(head.shape[1]) if _is_number(head.iloc[:, index])]
    rows = hash_pandas_object(
        head.iloc[:, _united(text, numbers, list(frame.columns))], index=True
    ).to_numpy()
    names = (str(name).encode() for name in frame.columns)
    return _digest([rows.tobytes(), numpy.int64(len(frame)).tobytes(), *names])


def arrays_digest(*tensors: numpy.ndarray[Any, Any] | dict[str, numpy.ndarray[Any, Any]] | None) -> str:
    """Digest of arrays, or dictionaries of arrays: the first elements of each, and its shape."""
    arrays: list[Any] = []
    for tensor in tensors:
        if isinstance(tensor, dict):
            arrays.extend(tensor.values())
        elif tensor is not None:
            arrays.append(tensor)
    return _digest(part for array in arrays for part in _parts(array))


def _united(text: list[int], numbers: list[int], names: list[Any]) -> list[int]:
    """Both kinds of columns in the order that MLflow's digests have: by name only where there are both."""
    if not text or not numbers:
        return text or numbers
    try:
        return sorted([*text, *numbers], key=lambda index: names[index])
    except TypeError:
        return [*text, *numbers]


def _is_text(series: pandas.Series[Any]) -> bool:
    from pandas.api import types

    if types.is_bool_dtype(series) or _is_number(series):
        return False
    return not series.isna().any() and types.is_string_dtype(series.astype(object))


def _is_number(series: pandas.Series[Any]) -> bool:
    from pandas.api import types

    is_number = types.is_numeric_dtype(series) or types.is_timedelta64_dtype(series)
    return is_number and not types.is_bool_dtype(series)


def _parts(array: numpy.ndarray[Any, Any]) -> list[bytes]:
    import numpy
    from pandas.util import hash_array

    elements = array.flatten()[:MAX_ROWS]
    return [hash_array(elements).tobytes(), *(numpy.int64(size).tobytes() for size in array.shape)]


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.md5(usedforsecurity=False)
    for part in parts:
        found.update(part)
    return found.hexdigest()[:8]
