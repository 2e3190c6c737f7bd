"""Tests flavors, each in an environment of its own with its library.

python -m tests.flavors xgboost onnx     pass the tests of these
python -m tests.flavors --all            of all
python -m tests.flavors --matrix [...]   compare with MLflow's, both ways
"""

from __future__ import annotations

import argparse
import sys

from tests.flavors.environments import ENVIRONMENTS, ROOT
from tests.flavors.matrix import print_matrix


def main() -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.flavors")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ENVIRONMENTS)}")
    parser.add_argument("--all", action="store_true", help="every flavor")
    parser.add_argument(
        "--matrix", action="store_true", help="print how MLflow's models load here, and ours there"
    )
    given = parser.parse_args()
    if unknown := set(given.names) - ENVIRONMENTS.keys():
        parser.error(f"unknown: {sorted(unknown)}")
    names = given.names or (list(ENVIRONMENTS) if given.all or given.matrix else [])
    if not names:
        parser.error("name flavors, or pass --all")
    if given.matrix:
        return print_matrix(names)
    failed = []
    for name in names:
        environment = ENVIRONMENTS[name]
        environment.install()
        print(f"== {name}", flush=True)
        file = ROOT / "tests" / "flavors" / f"test_{name}.py"
        if environment.run("-m", "pytest", "-q", "--timeout=900", str(file)):
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else f"passed: {', '.join(names)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
