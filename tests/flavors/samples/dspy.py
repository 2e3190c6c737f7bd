from __future__ import annotations

from functools import cache
from typing import Any

from tests.flavors.samples import endpoint

endpoint.use()


@cache
def _start() -> None:
    import dspy

    # Without an address: the process that loads the model has another.
    dspy.configure(lm=dspy.LM("openai/tiny", cache=False))


def models() -> dict[str, Any]:
    import dspy

    from tests.flavors.samples.dspy_program import Shout

    _start()
    return {"predict": dspy.Predict("question -> answer"), "module": Shout(), "folder": Shout()}


def arguments(name: str) -> dict[str, Any]:
    return {"use_dspy_model_save": True} if name == "folder" else {}


def data() -> Any:
    return {"question": "What is six times seven?"}


def answers(model: Any, data: Any) -> Any:
    return model(**data).toDict()
