"""`python -m bench`: measures, and prints a table."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from pathlib import Path

from bench import measures
from bench.engine import engine
from bench.engine_postgresql import engine_postgresql
from bench.fasttrackml import fasttrackml
from bench.histories import histories
from bench.memory import memory
from bench.registry import registry
from bench.rows import Measure, Row
from bench.searches import searches
from bench.sides import PEER_VERSION, sides
from bench.tables import tables

MEASURES: dict[str, Measure] = {
    **measures.MEASURES,
    "engine": engine,
    "engine_postgresql": engine_postgresql,
    "fasttrackml": fasttrackml,
    "histories": histories,
    "memory": memory,
    "registry": registry,
    "searches": searches,
    "tables": tables,
}


def main() -> int:
    """Exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; everything by default")
    parser.add_argument("--rounds", type=int, default=3, help="how often; the median counts")
    parser.add_argument("--json", type=Path, help="file that gets the figures")
    parser.add_argument("--list", action="store_true", help="say what can be measured")
    options = parser.parse_args()
    if options.list:
        for name, measure in MEASURES.items():
            print(f"{name:15} {(measure.__doc__ or '').strip()}")
        return 0
    unknown = set(options.names) - set(MEASURES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(MEASURES)}")
    ours, theirs = sides()
    load = os.getloadavg()[0]
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before; {options.rounds} rounds, medians\n"
    )
    print(f"| what | headrace | MLflow {PEER_VERSION} | ratio | target |\n|---|---|---|---|---|")
    rows: list[Row] = []
    for name in options.names or MEASURES:
        for row in MEASURES[name](ours, theirs, options.rounds):
            rows.append(row)
            print(
                f"| {row.name} | {_shown(row.ours, row.unit)} | {_shown(row.theirs, row.unit)} | "
                f"{row.ratio:.1f}x | {row.target:g}x |",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps([{**row._asdict(), "ratio": row.ratio} for row in rows], indent=2))
    return 0


def _shown(value: float, unit: str) -> str:
    if math.isinf(value):
        return "an error"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


if __name__ == "__main__":
    sys.exit(main())
