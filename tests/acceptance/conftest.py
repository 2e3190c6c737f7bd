"""Following the guides: a user's folder, scripts run in it, and what is found afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.network import assert_free, own_network
from tests.acceptance.server import serving

HERE = Path(__file__).parent
PORT = 5000
"""Port that the scripts name."""
DEFAULT_URI = "sqlite:///mlflow.db"
KINDS = ("server", "sqlite")
"""What scripts log to."""


class Runner:
    """Runs Python scripts in one network.

    Args:
        prefix: What every command begins with.
        scratch: A folder for what scripts print.
    """

    def __init__(self, prefix: Sequence[str], scratch: Path) -> None:
        self.prefix = prefix
        self._output = scratch / "output.txt"
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")
        }
        self._environment["MPLBACKEND"] = "Agg"
        # joblib's processes would load for seconds what the one that asks for them has.
        self._environment["LOKY_MAX_CPU_COUNT"] = "1"
        self._warm = subprocess.Popen(
            [*prefix, sys.executable, HERE / "warm.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            text=True,
        )

    def run(self, folder: Path, *arguments: str, uri: str | None = None, cold: bool = False) -> str:
        """Runs a script in a folder, and answers what it printed, warnings and errors included.

        Args:
            folder: The folder.
            arguments: The script and what follows it.
            uri: Value of MLFLOW_TRACKING_URI.
            cold: Whether the script has an interpreter of its own, into which nothing is loaded.
        """
        environment = self._environment | ({"MLFLOW_TRACKING_URI": uri} if uri else {})
        if cold:
            command = [*self.prefix, sys.executable, *arguments]
            with self._output.open("w") as output:
                status = subprocess.run(
                    command, cwd=folder, env=environment, stdout=output, stderr=output, check=False
                ).returncode
        else:
            request = {"arguments": arguments, "folder": str(folder), "environment": environment}
            assert self._warm.stdin is not None
            assert self._warm.stdout is not None
            print(json.dumps(request | {"output": str(self._output)}), file=self._warm.stdin, flush=True)
            status = int(self._warm.stdout.readline())
        printed = self._output.read_text()
        assert status == 0, printed
        return printed

    def close(self) -> None:
        """Ends the process that scripts are forked from."""
        self._warm.communicate()


class Desk:
    """An empty folder of a user, who runs scripts in it.

    A script that names no server finds the one of this desk by `MLFLOW_TRACKING_URI`. Where there is no server,
    the lines of scripts that name one are left out, so that they log to the default database.

    Args:
        folder: The folder.
        runner: What runs the scripts.
        uri: What scripts log to: the server that they name, or the default database.
    """

    def __init__(self, folder: Path, runner: Runner, uri: str = DEFAULT_URI) -> None:
        self.folder = folder
        self.uri = uri
        self._runner = runner

    @property
    def has_server(self) -> bool:
        """Whether scripts log to a server."""
        return self.uri.startswith("http")

    def run(
        self,
        script: str,
        replace: Mapping[str, str] | None = None,
        *,
        as_it_is: bool = False,
        cold: bool = False,
    ) -> str:
        """Runs a script of the guides, as `python src/<script>`; what it printed.

        Args:
            script: Its name in the folder `scripts`.
            replace: Texts of the script that stand for something else.
            as_it_is: Whether lines that name a server stay.
            cold: Whether it has an interpreter of its own.
        """
        text = (HERE / "scripts" / script).read_text()
        for old, new in (replace or {}).items():
            assert old in text
            text = text.replace(old, new)
        if not self.has_server and not as_it_is:
            text = "".join(line for line in text.splitlines(keepends=True) if "set_tracking_uri" not in line)
        names_server = "set_tracking_uri" in text
        uri = self.uri if self.has_server and not names_server else None
        return self._run(f"src/{script}", text, uri=uri, cold=cold)

    def say(self, code: str) -> str:
        """Runs a few lines of Python at the same place; what they printed."""
        return self._run("src/said.py", code, uri=self.uri)

    def read(self) -> dict[str, Any]:
        """All that is found where scripts log to, told by a process of its own."""
        shutil.copy(HERE / "reading.py", self.folder / "reading.py")
        found: dict[str, Any] = json.loads(
            self._runner.run(self.folder, "reading.py", self.uri).splitlines()[-1]
        )
        return found

    def _run(self, name: str, text: str, *, uri: str | None, cold: bool = False) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return self._runner.run(self.folder, name, uri=uri, cold=cold)


@pytest.fixture(scope="session")
def runners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Runner]]:
    """What runs the scripts of each desk, in a network in which port 5000 is free."""
    with own_network() as prefix:
        opened = {kind: Runner(prefix, tmp_path_factory.mktemp("runner")) for kind in KINDS}
        yield opened
        for each in opened.values():
            each.close()


@pytest.fixture(scope="module")
def desks(runners: dict[str, Runner], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    """A user's folder with a fresh server at http://127.0.0.1:5000, and one without."""
    root = tmp_path_factory.mktemp("guide")
    for name in ("server", *(f"user-of-{kind}" for kind in KINDS)):
        (root / name).mkdir()
    prefix = runners["server"].prefix
    assert_free(PORT, prefix)
    with serving(root / "server", port=PORT, prefix=prefix) as uri:
        folder = root / "user-of-server"
        yield {
            "server": Desk(folder, runners["server"], uri),
            "sqlite": Desk(root / "user-of-sqlite", runners["sqlite"]),
        }
    assert not (folder / "mlflow.db").exists(), "something was logged beside the server"


@pytest.fixture(scope="module", params=KINDS)
def desk(request: pytest.FixtureRequest, desks: dict[str, Desk]) -> Desk:
    """Each desk in turn."""
    return desks[request.param]


def at_all(desks: Mapping[str, Desk], follow: Callable[[Desk], dict[str, str]]) -> dict[Desk, dict[str, str]]:
    """Follows a guide at all desks at the same time; what the scripts printed at each."""
    with ThreadPoolExecutor(len(desks)) as pool:
        return dict(zip(desks.values(), pool.map(follow, desks.values()), strict=True))


@pytest.fixture
def alone(tmp_path: Path, runners: dict[str, Runner]) -> Desk:
    """A user's folder, without a server."""
    (folder := tmp_path / "user").mkdir()
    return Desk(folder, runners["sqlite"])
