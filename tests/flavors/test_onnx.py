from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("onnx")


class TestOnnx(FlavorContract):
    name = "onnx"
