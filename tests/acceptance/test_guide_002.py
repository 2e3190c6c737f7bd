"""The snippets on models of guide 002, for scikit-learn and Python functions.

| section | snippet | run by |
|---|---|---|
| MLFlow Models, Model Logging | sklearn | `guide002_models.py`, "Logging Models" |
| MLFlow Models, Model Logging | pyfunc, custom models | `guide002_models.py`, "Custom Models" |
| MLFlow Models, Model Logging | Keras, PyTorch, XGBoost | `test_a_model_is_logged_as_guides_do_it_and_registered` of every flavor (`make flavors`) |
| MLFlow Models | conda, requirements.txt | `guide002_models.py`, "Using Conda", "Using requirements.txt" |
| MLFlow Models | Docker | nothing: it is a project, and not a model |
| Model Signatures | inferred, manual | `guide002_models.py`, "Model Signatures", "Manual Signature" |
"""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Desk

pytestmark = pytest.mark.timeout(600)  # the first test of a desk waits for the script


@pytest.fixture(scope="module")
def printed(desk: Desk) -> str:
    """What the script printed; it compares predictions itself."""
    return desk.run("guide002_models.py")


def test_wrong_input_is_told(printed: str) -> None:
    assert "Model is missing inputs ['feature2']" in printed
    assert "Incompatible input types for column feature1" in printed


def test_pins_that_differ_from_what_is_installed_are_named(printed: str) -> None:
    assert "scikit-learn is" in printed
    assert "was 1.3.0" in printed
