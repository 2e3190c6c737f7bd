from __future__ import annotations

from typing import Any

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("pmdarima")


class TestPmdarima(FlavorContract):
    name = "pmdarima"

    def is_pickled(self, model: Any) -> bool:
        return True
