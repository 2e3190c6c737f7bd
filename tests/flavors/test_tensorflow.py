from __future__ import annotations

import pytest

from tests.flavors.keras_contract import KerasContract

pytest.importorskip("tensorflow")


class TestTensorflow(KerasContract):
    name = "tensorflow"
    found_as = "keras"  # which its Keras models are of
    load_arguments = "keras_model_kwargs"
