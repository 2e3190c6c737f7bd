from __future__ import annotations

from typing import Any

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("statsmodels")


class TestStatsmodels(FlavorContract):
    name = "statsmodels"

    def is_pickled(self, model: Any) -> bool:
        return True
