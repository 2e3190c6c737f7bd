"""MLflow's own clients, each in its own environment, log to our server and read back."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.server import serving
from tests.compat.peers import PEERS, Peer

SCRIPTS = Path(__file__).parent / "clients"


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.timeout(600)
def test_client_finds_all_it_expects(peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not peer.interpreter.exists():
        pytest.skip(f"{peer.name} is not installed; `make compat` installs it")
    (folder := tmp_path / "server").mkdir()
    (home := tmp_path / "client").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")  # for the server
    with serving(folder) as uri:
        done = subprocess.run(
            [peer.interpreter, "-W", "ignore", SCRIPTS / f"{peer.name}.py", uri],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    outcome: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    errors = {step: error for step, error in outcome.items() if error}
    assert len(outcome) >= 9
    assert not errors, "\n".join(errors.values())
    assert not list(home.glob("ml*")), "the client kept something beside the server"
