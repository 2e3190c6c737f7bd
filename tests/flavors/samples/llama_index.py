from __future__ import annotations

from pathlib import Path
from typing import Any


def make_index() -> Any:
    """Two texts with embeddings that anyone can compute, and a model that repeats what it is asked."""
    from llama_index.core import MockEmbedding, Settings, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.schema import TextNode

    Settings.llm = MockLLM()
    Settings.embed_model = MockEmbedding(embed_dim=4)
    texts = {"n1": "Alpha is the first letter.", "n2": "Beta is the second letter."}
    # With ids of their own, because those that are made up decide which of two equals comes first.
    return VectorStoreIndex([TextNode(text=text, id_=name) for name, text in texts.items()])


def models() -> dict[str, Any]:
    return {"index": make_index(), "code": str(Path(__file__).with_name("llama_index_engine.py"))}


def arguments(name: str) -> dict[str, Any]:
    return {} if name == "code" else {"engine_type": "query"}


def data() -> Any:
    return ["Which is first?", "Which is second?"]


def answers(model: Any, data: Any) -> Any:
    if isinstance(model, str):
        from tests.flavors.samples.llama_index_engine import engine as model
    engine = model.as_query_engine() if hasattr(model, "as_query_engine") else model
    return [str(engine.query(text)) for text in data]
