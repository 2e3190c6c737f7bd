from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("prophet")


class TestProphet(FlavorContract):
    name = "prophet"
