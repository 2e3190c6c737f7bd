from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("pyspark")


class TestSpark(FlavorContract):
    name = "spark"
