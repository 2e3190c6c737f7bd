"""A real server in its own process, and the calls that fill it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.ports import free_port


class Server:
    """The server program on a free port of this machine, with its database in a folder.

    Args:
        folder: Where its database and artifacts are.
        static_prefix: What it puts before every path.
    """

    def __init__(self, folder: Path, static_prefix: str = "") -> None:
        self.folder = folder
        self.prefix = static_prefix
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}{static_prefix}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers; a stopped one starts again on its port."""
        command = [sys.executable, "-m", "mlflow.cli", "server", "--port", str(self.port)]
        command += ["--backend-store-uri", f"sqlite:///{self.folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(self.folder / "artifacts")]
        if self.prefix:
            command += ["--static-prefix", self.prefix]
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, cwd=self.folder)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the server did not start: {log.read_text()}")

    def stop(self) -> None:
        """Stops it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Calls an endpoint below `/api/2.0/mlflow/`."""
        return self._send(f"api/2.0/mlflow/{path}", json.dumps(body).encode())

    def get(self, path: str) -> dict[str, Any]:
        """Reads an endpoint below `/api/2.0/mlflow/`."""
        return self._send(f"api/2.0/mlflow/{path}", None)

    def ours(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Calls an endpoint of our own, below `/api/1.0/headrace/`."""
        return self._send(f"api/1.0/headrace/{path}", json.dumps(body).encode())

    def upload(self, run_id: str, path: str, content: bytes) -> None:
        """Stores a file among the artifacts of a run."""
        self._send(f"ajax-api/2.0/mlflow/upload-artifact?run_uuid={run_id}&path={quote(path)}", content)

    def create_experiment(self, name: str, **tags: str) -> str:
        """Makes an experiment and gives its id."""
        body = {"name": name, "tags": [{"key": key, "value": value} for key, value in tags.items()]}
        return str(self.post("experiments/create", body)["experiment_id"])

    def create_run(
        self,
        experiment_id: str,
        name: str,
        *,
        metrics: dict[str, list[float | str]] | None = None,
        params: dict[str, str] | None = None,
        tags: dict[str, str] | None = None,
        start_ms: int | None = None,
        status: str = "FINISHED",
    ) -> str:
        """Makes a run with whole metric histories and gives its id."""
        start = start_ms if start_ms is not None else int(time.time() * 1000)
        made = self.post(
            "runs/create",
            {"experiment_id": experiment_id, "run_name": name, "start_time": start, "user_id": "ada"},
        )
        run_id = str(made["run"]["info"]["run_id"])
        points = [
            {"key": key, "value": value, "timestamp": start + step * 1000, "step": step}
            for key, values in (metrics or {}).items()
            for step, value in enumerate(values)
        ]
        batch = {
            "run_id": run_id,
            "metrics": points,
            "params": [{"key": key, "value": value} for key, value in (params or {}).items()],
            "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
        }
        self.post("runs/log-batch", batch)
        if status != "RUNNING":
            self.post("runs/update", {"run_id": run_id, "status": status, "end_time": start + 4000})
        return run_id

    def _send(self, path: str, body: bytes | None) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/{path}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else {}
