from __future__ import annotations

import pytest

from tests.flavors.contract import FlavorContract

pytest.importorskip("spacy")


class TestSpacy(FlavorContract):
    name = "spacy"
