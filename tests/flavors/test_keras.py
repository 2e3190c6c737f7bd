from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("keras")


class TestKeras(FlavorContract):
    name = "keras"
