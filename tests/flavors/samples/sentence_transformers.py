from __future__ import annotations

import tempfile
from typing import Any

from tests.flavors.samples import transformers as words


def models() -> dict[str, Any]:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    tokenizer = words.tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        BertModel(BertConfig(vocab_size=len(tokenizer), **words.SIZES)).save_pretrained(folder)
        layers = Transformer(folder)
        return {
            "pooled": SentenceTransformer(modules=[layers, Pooling(words.SIZES["hidden_size"])], device="cpu")
        }


def data() -> Any:
    return ["a good day", "a bad day"]


def answers(model: Any, data: Any) -> Any:
    return model.encode(data)
