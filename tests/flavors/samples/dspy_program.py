"""A program with a step of its own and a question to a language model."""

from __future__ import annotations

from typing import Any

import dspy


class Shout(dspy.Module):  # type: ignore[misc]  # it has no types
    def __init__(self) -> None:
        super().__init__()
        self.ask = dspy.Predict("question -> answer")

    def forward(self, question: str) -> Any:
        return dspy.Prediction(answer=self.ask(question=question).answer.upper())
