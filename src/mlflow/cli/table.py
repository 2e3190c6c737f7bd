"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints rows under headers, each column as wide as its widest cell."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(header), *(len(row[i]) for row in cells), 0) for i, header in enumerate(headers)]
    for line in (headers, ["-" * width for width in widths], *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
