"""A small server on this machine that answers as the service of OpenAI does, without a model."""

from __future__ import annotations

import base64
import json
import os
import struct
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REQUESTS: list[tuple[str, dict[str, Any], str | None]] = []
"""Path, body and key of every request that came."""

_USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


@cache
def use() -> str:
    """Starts it, once in a process, and points the library's variables to it.

    Returns:
        Its address.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    os.environ.update(OPENAI_BASE_URL=address, OPENAI_API_BASE=address, OPENAI_API_KEY="key-of-the-test")
    return address


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        REQUESTS.append((self.path, body, self.headers.get("Authorization") or self.headers.get("api-key")))
        answer = _answer(self.path.partition("?")[0], body)
        content = json.dumps(answer).encode()
        self.send_response(200 if "error" not in answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def _answer(path: str, body: dict[str, Any]) -> dict[str, Any]:
    common = {"id": "1", "created": 1, "model": body.get("model"), "usage": _USAGE}
    if path.endswith("/chat/completions"):
        text = " / ".join(f"{message['role']}: {message['content']}" for message in body["messages"])
        if "[[ ##" in text:  # DSPy asks for a form
            text = "[[ ## answer ## ]]\nforty-two\n\n[[ ## completed ## ]]"
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        return {**common, "object": "chat.completion", "choices": choices}
    if path.endswith("/completions"):
        prompts = [body["prompt"]] if isinstance(body["prompt"], str) else body["prompt"]
        found = [
            {"index": index, "finish_reason": "stop", "logprobs": None, "text": prompt.upper()}
            for index, prompt in enumerate(prompts)
        ]
        return {**common, "object": "text_completion", "choices": found}
    if path.endswith("/embeddings"):
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        packed = body.get("encoding_format") == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": _embedding(text, packed)}
            for index, text in enumerate(texts)
        ]
        return {**common, "object": "list", "data": data}
    return {"error": {"message": f"no such path: {path}"}}


def _embedding(text: str, packed: bool) -> list[float] | str:
    numbers = [float(len(text)), float(sum(text.encode()) % 7)]
    return base64.b64encode(struct.pack("<2f", *numbers)).decode() if packed else numbers
