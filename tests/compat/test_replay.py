"""The corpus of requests, answered by MLflow 3.17.2 and by us: every difference is listed with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlflow._wire.routes import ROUTES, Route, paths_of
from tests.acceptance.server import running, serving
from tests.compat.peers import MLFLOW_317
from tests.compat.replay import Difference, Request, Server, differences, leaves, read_requests
from tests.ports import free_port

HERE = Path(__file__).parent
OURS = "/api/1.0/headrace/"
"""What MLflow does not have."""
pytestmark = [pytest.mark.timeout(900)]


class Replay(NamedTuple):
    """What came of replaying the corpus."""

    requests: list[Request]
    found: list[Difference]
    values: int


@pytest.fixture(scope="module")
def corpus() -> list[Request]:
    """The requests, in the order of files and lines."""
    return [request for path in sorted((HERE / "corpus").glob("*.yaml")) for request in _read(path)]


@pytest.fixture(scope="module")
def replay(corpus: list[Request], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """The corpus, replayed against both servers."""
    if not MLFLOW_317.command.exists():
        pytest.skip("MLflow 3.17.2 is not installed; `make compat` installs it")
    theirs_folder, ours_folder = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [MLFLOW_317.command, "server", "--port", str(port), "--workers", "1"]
    with running(command, theirs_folder, uri), serving(ours_folder) as our_uri:
        yield replayed(corpus, Server(uri), Server(our_uri))


def replayed(corpus: list[Request], theirs: Server, ours: Server) -> Replay:
    """Sends every request to both servers."""
    found: list[Difference] = []
    values = 0
    for request in corpus:
        left, right = theirs.ask(request), ours.ask(request)
        values += leaves(left)
        found += differences(request.name, left, right)
    return Replay(corpus, found, values)


def _read(path: Path) -> list[Request]:
    import yaml

    return list(read_requests(path.stem, yaml.safe_load(path.read_text())))


def _allowances() -> list[dict[str, Any]]:
    import yaml

    allowances: list[dict[str, Any]] = yaml.safe_load((HERE / "allowlist.yaml").read_text())
    return allowances


def _allows(allowance: dict[str, Any], found: Difference) -> bool:
    def as_list(value: Any) -> list[str]:
        return value if isinstance(value, list) else [value]

    return (
        any(fnmatchcase(found.request, pattern) for pattern in as_list(allowance["where"]))
        and any(fnmatchcase(found.at, pattern) for pattern in as_list(allowance["at"]))
        and ("theirs" not in allowance or allowance["theirs"] == found.theirs)
        and ("ours" not in allowance or allowance["ours"] == found.ours)
    )


def test_every_difference_is_allowed_and_every_allowance_is_needed(replay: Replay) -> None:
    allowances = _allowances()
    used: Counter[int] = Counter()
    unexplained = []
    for found in replay.found:
        number = next((i for i, allowance in enumerate(allowances) if _allows(allowance, found)), None)
        if number is None:
            unexplained.append(found)
        else:
            used[number] += 1
    print(
        f"\n{len(replay.requests)} requests, {replay.values} values compared; words of error messages were not."
    )
    print(f"{len(replay.found)} differences:")
    for number, count in used.most_common():
        print(f"  {count:4} {allowances[number]['why']}")
    for found in unexplained:
        print(f"  !!!! {found.request}: {found.at}: theirs {found.theirs!r}, ours {found.ours!r}")
    assert not unexplained, f"{len(unexplained)} differences are not in allowlist.yaml"
    assert not [a for i, a in enumerate(allowances) if not used[i]], "allowances that nothing needs"


def test_every_endpoint_is_in_the_corpus(corpus: list[Request]) -> None:
    missing = [
        route.name
        for route in ROUTES
        if not route.url.startswith(OURS) and not any(_is_for(request, route) for request in corpus)
    ]
    assert not missing


def _is_for(request: Request, route: Route) -> bool:
    if request.method != route.method:
        return False
    patterns = [re.sub(r"\\{\w+(:path)?\\}", ".+", re.escape(path)) for path in paths_of(route)]
    return any(re.fullmatch(pattern, request.path) for pattern in patterns)
