"""The one error that the search language raises."""

from __future__ import annotations

from mlflow.exceptions import InvalidParameterValue


def shorten(text: str, length: int = 60) -> str:
    """The text, or its beginning and an ellipsis if it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


class FilterSyntaxError(InvalidParameterValue):
    """A filter or order-by text is not valid.

    The message gives the 1-based character, the text found there, what is wrong and what was expected.

    Args:
        problem: What is wrong, without a full stop.
        source: The whole text that was parsed.
        start: Offset of the first wrong character in `source`, from 0, counted in code points.
        end: Offset just behind the last wrong character; equal to `start` at the end of the text.
        expected: What could have stood there; empty if that is not a short list.
        clause: Name of what was parsed, for the message.

    Attributes:
        start: As above.
        end: As above.
        expected: As above.
    """

    def __init__(
        self,
        problem: str,
        *,
        source: str,
        start: int,
        end: int,
        expected: tuple[str, ...] = (),
        clause: str = "filter",
    ) -> None:
        found = shorten(source[start:end], 40)
        where = f"at character {start + 1}, {found!r}" if found else "at its end"
        stop = "" if problem.endswith("?") else "."
        super().__init__(f"Invalid {clause} {where}: {problem}{stop}")
        self.start = start
        self.end = end
        self.expected = expected
