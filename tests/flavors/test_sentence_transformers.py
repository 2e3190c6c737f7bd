from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("sentence_transformers")


class TestSentenceTransformers(FlavorContract):
    name = "sentence_transformers"
