from __future__ import annotations

import string
import tempfile
from pathlib import Path
from typing import Any

SIZES = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 32,
}


def tokenizer() -> Any:
    """A tokenizer that knows the letters, so that nothing has to be downloaded."""
    from transformers import BertTokenizerFast

    letters = [*string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = Path(folder) / "vocab.txt"
        vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]))
        return BertTokenizerFast(str(vocabulary))


def models() -> dict[str, Any]:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, pipeline

    torch.manual_seed(0)
    words = tokenizer()
    config = BertConfig(vocab_size=len(words), num_labels=2, **SIZES)
    model = BertForSequenceClassification(config).eval()
    # The pipeline asks where the model came from; a model that was made here came from nowhere.
    model.name_or_path = ""
    return {"classification": pipeline("text-classification", model=model, tokenizer=words)}


def data() -> Any:
    return ["a good day", "a bad day"]


def answers(model: Any, data: Any) -> Any:
    return [[answer["label"], answer["score"]] for answer in model(data)]
