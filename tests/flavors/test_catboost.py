from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("catboost")


class TestCatBoost(FlavorContract):
    name = "catboost"
