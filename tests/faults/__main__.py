"""`python -m tests.faults`: runs rounds, and prints what came of them."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import traceback

from tests.faults.faults import FAULTS
from tests.faults.suite import Summary, run

ROUND_S = 300
"""After so many seconds without a round that ended, what is going on is given up: something hangs."""


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
    # In an orderly way: there is a disk to be unmounted, and the summary of what was done until then.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGALRM, _give_up)
    print(f"seed {options.seed}, {options.database}", flush=True)

    def tell(line: str) -> None:
        signal.alarm(ROUND_S)
        if not options.quiet:
            print(line, flush=True)

    summary = Summary()
    signal.alarm(ROUND_S)
    try:
        run(
            options.database,
            options.seed,
            options.rounds,
            first=options.first,
            names=options.fault,
            told=tell,
            summary=summary,
        )
    except KeyboardInterrupt:
        summary.findings.append("interrupted")
    except Exception as error:  # noqa: BLE001 - the summary is told whatever happens
        traceback.print_exc()
        summary.findings.append(f"the suite ended with {type(error).__name__}: {error}")
    signal.alarm(0)
    _print(summary, options.database)
    return 1 if summary.findings else 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _give_up(*_: object) -> None:
    signal.alarm(ROUND_S)  # what is done about it may hang as well
    raise TimeoutError(f"nothing came of it in {ROUND_S} s")


def _print(summary: Summary, database: str) -> None:
    calls = summary.calls
    print(f"\n{sum(summary.rounds.values())} rounds in {summary.seconds:.0f} s on {database}:")
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


if __name__ == "__main__":
    sys.exit(main())
