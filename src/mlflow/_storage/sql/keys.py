"""The dictionary of names: every metric, parameter and tag name has a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlflow._storage.sql.connection import Connection
from mlflow._storage.validation import is_storable

_CHUNK = 500


class Keys:
    """Numbers of names and names of numbers, remembered once they are committed; they never change."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def find(self, connection: Connection, name: str) -> int | None:
        """Number of a name, `None` when nothing was ever logged under it."""
        number = self._numbers.get(name)
        if number is None and is_storable(name):
            row = connection.one("SELECT id FROM key WHERE name = ?", (name,))
            if row is None:
                return None
            number = row[0]
            self._remember_later(connection, [(number, name)])
        return number

    def numbers(self, connection: Connection, names: Iterable[str]) -> dict[str, int]:
        """Numbers of names, made where they are new. Needs a writing transaction."""
        known = self._numbers
        wanted = set(names)
        found = {name: number for name in wanted if (number := known.get(name)) is not None}
        if len(found) == len(wanted):
            return found
        missing = sorted(wanted - found.keys())
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            rows = _select(connection, "name", chunk)
            absent = sorted(set(chunk) - {name for _, name in rows})
            if absent:
                marks = ", ".join(["(?)"] * len(absent))
                connection.run(f"INSERT INTO key (name) VALUES {marks} ON CONFLICT (name) DO NOTHING", absent)
                rows += _select(connection, "name", absent)
            found.update((name, number) for number, name in rows)
            self._remember_later(connection, rows)
        return found

    def names(self, connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
        """Names of numbers."""
        known = self._names
        wanted = set(numbers)
        found = {number: name for number in wanted if (name := known.get(number)) is not None}
        missing = sorted(wanted - found.keys())
        for start in range(0, len(missing), _CHUNK):
            rows = _select(connection, "id", missing[start : start + _CHUNK])
            found.update(rows)
            self._remember_later(connection, rows)
        return found

    def _remember_later(self, connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
        def remember() -> None:
            for number, name in rows:
                self._numbers[name] = number
                self._names[number] = name

        connection.after_commit(remember)


def _select(connection: Connection, column: str, values: Sequence[object]) -> list[tuple[int, str]]:
    marks = ", ".join("?" * len(values))
    rows = connection.all(f"SELECT id, name FROM key WHERE {column} IN ({marks})", values)
    return [(row[0], row[1]) for row in rows]
