from __future__ import annotations

from pathlib import Path
from typing import Any


def models() -> dict[str, Any]:
    return {"code": str(Path(__file__).with_name("langchain_chain.py"))}


def data() -> Any:
    return [{"word": "one"}, {"word": "two"}]


def answers(model: Any, data: Any) -> Any:
    if isinstance(model, str):
        from tests.flavors.samples.langchain_chain import chain

        model = chain
    return model.batch(data)
