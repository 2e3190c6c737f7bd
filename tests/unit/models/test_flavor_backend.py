from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlflow.exceptions import MlflowException
from mlflow.models.flavor_backend import FlavorBackend, build_docker


class OnlyPredicts(FlavorBackend):
    def predict(self, model_uri: str, input_path: str, output_path: str, content_type: str) -> Any:
        return f"{model_uri}: {self._config['answer']}"


def test_a_backend_does_what_it_overrides_and_refuses_the_rest() -> None:
    backend = OnlyPredicts({"answer": 3}, workers=2)
    assert (backend.can_score_model(), backend.can_build_image()) == (True, False)
    assert backend.predict("m", "in", "out", "json") == "m: 3"
    others: list[Callable[[], object]] = [
        lambda: backend.serve("m", 5000, "localhost", 60),
        lambda: backend.prepare_env("m"),
        lambda: backend.generate_dockerfile("m", "folder"),
        lambda: backend.build_image("m", "image"),
    ]
    for refused in others:
        with pytest.raises(MlflowException, match=r"OnlyPredicts cannot .*mlflow models predict") as caught:
            refused()
        assert caught.value.error_code == "NOT_IMPLEMENTED"


def test_an_image_is_not_built_and_it_is_said_what_is_there_instead() -> None:
    with pytest.raises(
        MlflowException, match=r"'mine' for 'models:/m/1' was not built.*prepare-env"
    ) as caught:
        build_docker("models:/m/1", name="mine")
    assert caught.value.error_code == "NOT_IMPLEMENTED"
