"""Saves a model of each kind that is talked to, into the folder that is the argument."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import mlflow
from mlflow.pyfunc import ChatAgent, ChatModel, ResponsesAgent
from mlflow.types.agent import ChatAgentChunk, ChatAgentMessage, ChatAgentResponse
from mlflow.types.llm import (
    ChatChoice,
    ChatChoiceDelta,
    ChatChunkChoice,
    ChatCompletionChunk,
    ChatCompletionResponse,
    ChatMessage,
)
from mlflow.types.responses import ResponsesAgentResponse, ResponsesAgentStreamEvent


class Chat(ChatModel):
    def predict(self, context: Any, messages: Any, params: Any) -> Any:
        said = f"{messages[-1].content} {params.temperature} {params.max_tokens}"
        choice = ChatChoice(message=ChatMessage(role="assistant", content=said))
        return ChatCompletionResponse(choices=[choice], created=5, model="m")

    def predict_stream(self, context: Any, messages: Any, params: Any) -> Any:
        for word in messages[-1].content.split():
            choice = ChatChunkChoice(delta=ChatChoiceDelta(content=word))
            yield ChatCompletionChunk(choices=[choice], created=5)


class Agent(ChatAgent):
    def predict(self, messages: Any, context: Any = None, custom_inputs: Any = None) -> Any:
        said = f"{messages[-1].content} {context.user_id if context else None} {custom_inputs}"
        return ChatAgentResponse(messages=[ChatAgentMessage(role="assistant", content=said, id="1")])

    def predict_stream(self, messages: Any, context: Any = None, custom_inputs: Any = None) -> Any:
        for word in messages[-1].content.split():
            yield ChatAgentChunk(delta=ChatAgentMessage(role="assistant", content=word, id="1"))


class Responses(ResponsesAgent):
    def predict(self, request: Any) -> Any:
        item = self.create_text_output_item(f"{request.input[-1].content} {request.temperature}", "1")
        return ResponsesAgentResponse(output=[item], custom_outputs=request.custom_inputs)

    def predict_stream(self, request: Any) -> Any:
        for word in request.input[-1].content.split():
            yield ResponsesAgentStreamEvent(**self.create_text_delta(word, "1"))


if __name__ == "__main__":
    for model in (Chat(), Agent(), Responses()):
        mlflow.pyfunc.save_model(
            Path(sys.argv[1]) / type(model).__name__, python_model=model, pip_requirements=["mlflow"]
        )
