from __future__ import annotations

from typing import Any

from tests.flavors.samples import endpoint

endpoint.use()

_MESSAGES = [{"role": "system", "content": "Answer politely."}, {"role": "user", "content": "Say {word}."}]
_SAVED: dict[str, dict[str, Any]] = {
    "chat": {"task": "chat.completions", "messages": _MESSAGES},
    "bare": {"task": "chat.completions"},
    "completion": {"task": "completions", "prompt": "Say {word}."},
    "embedding": {"task": "embeddings"},
}


def models() -> dict[str, Any]:
    return {name: f"tiny-{name}" for name in _SAVED}


def arguments(name: str) -> dict[str, Any]:
    return _SAVED[name]


def data() -> Any:
    return ["one", "three"]


def answers(model: Any, data: Any) -> Any:
    """What the service gives for the requests that the model stands for."""
    import openai

    asked = {"model": model, **_SAVED[model.removeprefix("tiny-")]} if isinstance(model, str) else dict(model)
    task, name = asked["task"], asked["model"]
    with openai.OpenAI() as client:
        if task == "embeddings":
            return [item.embedding for item in client.embeddings.create(model=name, input=data).data]
        if task == "completions":
            prompts = [asked["prompt"].format(word=text) for text in data]
            return [choice.text for choice in client.completions.create(model=name, prompt=prompts).choices]
        found = []
        for text in data:
            kept = [
                {**item, "content": item["content"].format(word=text)} for item in asked.get("messages", ())
            ]
            messages: list[Any] = kept or [{"role": "user", "content": text}]
            answer = client.chat.completions.create(model=name, messages=messages)
            found.append(answer.choices[0].message.content)
        return found
