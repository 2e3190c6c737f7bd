from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("lightgbm")


class TestLightGBM(FlavorContract):
    name = "lightgbm"
