from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("tensorflow")


class TestTensorflow(FlavorContract):
    name = "tensorflow"
    found_as = "keras"  # which its Keras models are of
