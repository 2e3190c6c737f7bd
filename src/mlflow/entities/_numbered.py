"""States that have a name for people and a number on the wire."""

from __future__ import annotations


def number_of_name(numbers: dict[str, int], name: str, what: str) -> int:
    """Number of a name; a plain `Exception` names an unknown one, because that is what scripts catch."""
    if name not in numbers:
        raise Exception(
            f"Could not get {what} corresponding to string {name}. Valid {what} strings: {list(numbers)}"
        )
    return numbers[name]


def name_of_number(names: dict[int, str], number: int, what: str) -> str:
    """Name of a number; a plain `Exception` names an unknown one, because that is what scripts catch."""
    if number not in names:
        raise Exception(
            f"Could not get string corresponding to {what} {number}. Valid {what} numbers: {list(names)}"
        )
    return names[number]
