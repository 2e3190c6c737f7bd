from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("xgboost")


class TestXGBoost(FlavorContract):
    name = "xgboost"
