from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("h2o")


class TestH2O(FlavorContract):
    name = "h2o"
