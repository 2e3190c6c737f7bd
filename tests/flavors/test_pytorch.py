from __future__ import annotations

from typing import Any

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("torch")


class TestPytorch(FlavorContract):
    name = "pytorch"

    def is_pickled(self, model: Any) -> bool:
        return True
