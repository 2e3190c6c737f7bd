"""What pickles of DSPy programs hold, in MLflow's and in ours: the program with the settings that it ran with."""

from __future__ import annotations

from typing import Any


class DspyModelWrapper:
    """A program with its settings.

    Args:
        model: The program.
        dspy_settings: Settings of the library, by name.
        model_config: Configuration that was given with the program.
    """

    def __init__(
        self, model: Any, dspy_settings: dict[str, Any], model_config: dict[str, Any] | None = None
    ) -> None:
        self.model = model
        self.dspy_settings = dspy_settings
        self.model_config = model_config or {}
        self.output_schema = None


class DspyChatModelWrapper(DspyModelWrapper):
    """A program that is asked and answers in the form of chats."""
