from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("transformers")


class TestTransformers(FlavorContract):
    name = "transformers"
