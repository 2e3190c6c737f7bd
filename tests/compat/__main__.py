"""`python -m tests.compat`: installs MLflow's own packages into `.peers` and compares with them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.compat.peers import PEERS, install, peers_folder

if __name__ == "__main__":
    for peer in PEERS:
        print(f"{peer.name}: {peers_folder() / peer.name}", flush=True)
        install(peer)
    here = Path(__file__).parent
    sys.exit(pytest.main([str(here), "-v", "-o", "timeout=900", *sys.argv[1:]]))
