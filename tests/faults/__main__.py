"""`python -m tests.faults`: runs rounds, and prints what came of them."""

from __future__ import annotations

import argparse
import random
import signal
import sys

from tests.faults.faults import FAULTS
from tests.faults.suite import run


def main() -> int:
    """Exit code: 1 if anything was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="a random one by default")
    parser.add_argument(
        "--fault", action="append", choices=FAULTS, default=[], help="only this one; may be repeated"
    )
    parser.add_argument("--quiet", action="store_true", help="only the summary")
    options = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(1)
    )  # in an orderly way: there is a disk to be unmounted
    print(f"seed {options.seed}, {options.database}", flush=True)
    summary = run(
        options.database,
        options.seed,
        options.rounds,
        first=options.first,
        names=options.fault,
        told=(lambda _: None) if options.quiet else (lambda line: print(line, flush=True)),
    )
    calls = summary.calls
    print(f"\n{sum(summary.rounds.values())} rounds in {summary.seconds:.0f} s on {options.database}:")
    print("  " + ", ".join(f"{name} {count}" for name, count in sorted(summary.rounds.items())))
    print(
        f"  {calls['acknowledged']} calls were acknowledged, {calls['failed']} failed, "
        f"{calls['open']} were cut short with their trainer"
    )
    for line in summary.skipped:
        print(f"  skipped {line}")
    for finding in summary.findings:
        print(f"  WRONG {finding}")
    if not summary.findings:
        print("  nothing lost, nothing doubled, nothing half there")
    return 1 if summary.findings else 0


if __name__ == "__main__":
    sys.exit(main())
