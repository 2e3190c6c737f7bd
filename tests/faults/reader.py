"""Compares what trainers noted with what is stored, by plain SQL and plain HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.faults.databases import Database
from tests.faults.ledger import TABLE, Call, Point
from tests.faults.trainer import text_of

EXPECTED_ERRORS = frozenset(
    {"TEMPORARILY_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED"}
)
"""What a call may fail with while a fault lasts: whatever says that it is not the caller's fault."""
RUNNING, FINISHED, KILLED = 1, 3, 5
"""States of runs as they are stored."""


class Reader:
    """Reads what is stored.

    Args:
        database: The database.
        address: A server on it that is well.
    """

    def __init__(self, database: Database, address: str) -> None:
        self._database = database
        self._address = address

    def findings(self, calls: Iterable[Call]) -> list[str]:
        """Everything that is not as the calls say."""
        by_run: dict[str, list[Call]] = {}
        for call in calls:
            by_run.setdefault(call.run_name, []).append(call)
        found = []
        for name, of_run in by_run.items():
            found += [f"{name}: {finding}" for finding in self._of_run(name, of_run)]
            found += [
                f"{name}: {call.kind} failed with {call.error}"
                for call in of_run
                if call.error and not any(code in call.error for code in EXPECTED_ERRORS)
            ]
        return found

    def _of_run(self, name: str, calls: list[Call]) -> list[str]:
        rows = self._database.rows("SELECT id, uuid, status FROM run WHERE name = ?", (name,))
        made = calls[0].state == "acknowledged"
        if len(rows) != made and (made or len(rows) > 1):
            return [f"is there {len(rows)} times; its creation is {calls[0].state} {calls[0].error}"]
        if not made:
            return []
        number, run_id, status = rows[0]
        params, tags = self._texts("param", number), self._texts("tag", number)
        data = self._get(f"/api/2.0/mlflow/runs/get?run_id={run_id}")["run"]["data"]
        found = self._of_end(calls[-1], status, {each["key"] for each in data.get("tags", ())})
        keys = {each["key"] for each in data.get("metrics", ())}
        points = self._points(run_id, keys | {each[0] for call in calls for each in call.all_points()})
        found += self._of_calls(run_id, calls, points, params, tags)
        found += self._of_document(data, points, params, tags)
        return found + self._of_summaries(number, points)

    def _of_end(self, last: Call, status: int, tags: set[str]) -> list[str]:
        if last.kind == "end" and last.state == "acknowledged" and status != FINISHED:
            return [f"was ended, but its status is {status}"]
        if (
            last.kind != "end"
            and status == KILLED
            and tags >= {"mlflow.headrace.journal", "mlflow.headrace.lost"}
        ):
            return []  # its trainer is gone, and a minute has passed since its journal was sent
        if last.kind != "end" and status != RUNNING:
            return [f"was not ended, but its status is {status}"]
        return []

    def _of_calls(
        self,
        run_id: str,
        calls: list[Call],
        points: Counter[Point],
        params: dict[str, str],
        tags: dict[str, str],
    ) -> list[str]:
        found = []
        unknown, unknown_params, unknown_tags = Counter(points), dict(params), dict(tags)
        table = self._table(run_id) if any(call.table is not None for call in calls) else Counter()
        if table is None:
            return [f"has a damaged {TABLE}"]
        unknown_rows = Counter(table)
        for call in calls:
            wanted = list(call.all_points())
            times = Counter(points[each] for each in wanted)
            times.update(params.get(key) == value for key, value in call.params.items())
            times.update(tags.get(key) == value for key, value in call.tags.items())
            times.update(table[row] for row in call.all_rows())
            unknown_rows -= Counter(call.all_rows())
            if call.artifact is not None:
                times.update([self._artifact_is_there(run_id, *call.artifact)])
            if call.state == "acknowledged" and set(times) - {1}:
                found.append(f"of an acknowledged {call.kind} parts are there so often: {dict(times)}")
            elif len(times) > 1 or set(times) - {0, 1}:
                found.append(f"of a {call.kind} that is {call.state} parts are there so often: {dict(times)}")
            unknown -= Counter(wanted)
            for key in call.params:
                unknown_params.pop(key, None)
            for key in call.tags:
                unknown_tags.pop(key, None)
        if unknown or unknown_params or unknown_tags or unknown_rows:
            found.append(
                f"has what nobody logged: {[*unknown][:3]} {unknown_params} {unknown_tags} {[*unknown_rows][:3]}"
            )
        return found

    def _of_document(
        self, data: Any, points: Counter[Point], params: dict[str, str], tags: dict[str, str]
    ) -> list[str]:
        """Compares the run as the server answers it, which may come from a cache, with what the tables say."""
        latest: dict[str, tuple[int, int, float]] = {}
        for key, step, moment, value in points:
            latest[key] = max(latest.get(key, (-1, 0, 0.0)), (step, moment, value))
        shown = {
            each["key"]: (each.get("step", 0), each["timestamp"], each["value"])
            for each in data.get("metrics", ())
        }
        found = []
        if shown != latest:
            found.append(f"shows {len(shown)} latest values which are not those of its history")
        if {each["key"]: each["value"] for each in data.get("params", ())} != params:
            found.append("shows parameters which are not those that are stored")
        shown_tags = {each["key"]: each["value"] for each in data.get("tags", ())}
        if {key: value for key, value in shown_tags.items() if not key.startswith("mlflow.")} != tags:
            found.append("shows tags which are not those that are stored")
        return found

    def _of_summaries(self, number: int, points: Counter[Point]) -> list[str]:
        """Compares what is kept for searches, which is brought up to date by one, with the history."""
        self._post("runs/search", {"experiment_ids": ["0"], "filter": "metrics.m0 > 0", "max_results": 1})
        rows = self._database.rows(
            "SELECT key.name, points, total FROM metric JOIN key ON key.id = metric.key WHERE run = ?",
            (number,),
        )
        wanted: dict[str, tuple[int, float]] = {}
        for (key, _, _, value), times in points.items():
            count, total = wanted.get(key, (0, 0.0))
            wanted[key] = count + times, total + value * times
        if {name: (count, total) for name, count, total in rows} != wanted:
            return ["has counts and sums of points which are not those of its history"]
        return []

    def _texts(self, table: str, number: int) -> dict[str, str]:
        rows = self._database.rows(
            f"SELECT key.name, value FROM {table} JOIN key ON key.id = {table}.key WHERE run = ?", (number,)
        )
        return {name: value for name, value in rows if not name.startswith("mlflow.")}

    def _points(self, run_id: str, keys: set[str]) -> Counter[Point]:
        points: Counter[Point] = Counter()
        for key in sorted(keys):
            query = urllib.parse.urlencode({"run_id": run_id, "metric_key": key, "max_results": 25_000})
            answer = self._get(f"/api/2.0/mlflow/metrics/get-history?{query}")
            for each in answer.get("metrics", ()):
                points[key, each.get("step", 0), each["timestamp"], each["value"]] += 1
        return points

    def _artifact_is_there(self, run_id: str, path: str, size: int) -> int:
        """0: it is not there; 1: it is there as it was sent; 2: it is there and damaged."""
        content = self._artifact(run_id, path)
        if content is None:
            return 0
        return 1 if content == text_of(path, size).encode() else 2

    def _table(self, run_id: str) -> Counter[tuple[int, int]] | None:
        """How often each row of the table of a run is there; `None` if it is damaged."""
        content = self._artifact(run_id, TABLE)
        if content is None:
            return Counter()
        try:
            return Counter((call, row) for call, row in json.loads(content)["data"])
        except (ValueError, KeyError, TypeError):
            return None

    def _artifact(self, run_id: str, path: str) -> bytes | None:
        """An artifact; `None` if there is none."""
        query = urllib.parse.urlencode({"run_id": run_id, "path": path})
        try:
            with urllib.request.urlopen(f"{self._address}/get-artifact?{query}", timeout=20) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            error.close()
            return None if error.code == 404 else b""

    def _post(self, path: str, content: object) -> None:
        request = urllib.request.Request(
            f"{self._address}/api/2.0/mlflow/{path}",
            json.dumps(content).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self._address + path, timeout=30) as answer:
            return json.load(answer)
