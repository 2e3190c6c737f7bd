from __future__ import annotations

import pytest

from tests.flavors.keras_contract import KerasContract

pytest.importorskip("keras")


class TestKeras(KerasContract):
    name = "keras"
    load_arguments = "load_model_kwargs"
