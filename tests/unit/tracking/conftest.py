"""Every test here runs in a fresh session."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh_session(session: object) -> None:
    del session
