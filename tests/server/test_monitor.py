"""What a server tells about itself: counts in the format of Prometheus, and a line for each request."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.exceptions import InvalidParameterValue
from mlflow.server.access_log import AccessLog
from mlflow.server.context import ServerSettings
from mlflow.server.monitor import Board, Place
from tests.live_server import LiveServer
from tests.server.conftest import API, Http

_SAMPLE = re.compile(r'([a-z_]+)(\{(?:[a-z]+="[^"\\\n]*",?)*\})? (\S+)')


def _scraped(http: Http) -> dict[str, float]:
    """The samples of a scrape; whatever does not follow the format fails."""
    answer = http.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.body.decode()
    assert text.endswith("\n")
    samples: dict[str, float] = {}
    families: list[str] = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            families.append(line.split()[2])
        elif not line.startswith("# HELP "):
            match = _SAMPLE.fullmatch(line)
            assert match, line
            assert match[1].startswith(families[-1])
            samples[match[1] + (match[2] or "")] = float(match[3])
    assert len(families) == len(set(families))
    return samples


def test_requests_are_counted_by_route_and_status(http: Http) -> None:
    run_id = http.new_run()
    for _ in range(3):
        http.get(f"{API}/runs/get?run_id={run_id}")
    http.get(f"{API}/runs/get?run_id={'0' * 32}")
    http.get("/no/such/page")

    samples = _scraped(http)

    assert samples['headrace_requests_total{route="get_run",status="200"}'] == 3
    assert samples['headrace_requests_total{route="get_run",status="404"}'] == 1
    assert samples['headrace_requests_total{route="other",status="404"}'] == 1
    assert samples['headrace_request_seconds_count{route="get_run"}'] == 4
    assert samples['headrace_request_seconds_bucket{route="get_run",le="+Inf"}'] == 4
    assert 0 < samples['headrace_request_seconds_sum{route="get_run"}'] < 10


def test_classes_of_a_histogram_hold_those_below_them(http: Http) -> None:
    for _ in range(20):
        http.get("/version")

    samples = _scraped(http)

    classes = [value for name, value in samples.items() if 'bucket{route="version"' in name]
    assert classes == sorted(classes)
    assert classes[-1] == 20


def test_writes_and_the_time_of_the_database_are_counted(http: Http) -> None:
    run_id = http.new_run()
    before = _scraped(http)
    for step in range(5):
        body = {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1, "step": step}
        http.post(f"{API}/runs/log-metric", body)
    http.post(f"{API}/runs/search", {"experiment_ids": ["0"]})
    after = _scraped(http)

    assert after["headrace_writer_group_size_sum"] - before["headrace_writer_group_size_sum"] == 5
    for name in ("headrace_database_write_seconds_total", "headrace_database_read_seconds_total"):
        assert after[name] > before[name]
    assert after["headrace_writer_queue"] == 0
    assert after['headrace_requests_under_way{kind="write"}'] == 0
    assert after["process_resident_memory_bytes"] > 1_000_000


def test_what_is_refused_at_the_door_is_counted(http: Http) -> None:
    assert http.get("/api/2.0/mlflow/experiments/get", Host="evil.example").status == 403

    assert _scraped(http)['headrace_requests_total{route="other",status="403"}'] == 1


def test_processes_of_one_server_add_up_and_a_new_one_goes_on() -> None:
    board = Board(2)
    first, second = Place(board, 0), Place(board, 1)
    first.put({"headrace_requests_refused_total": 5.0, "headrace_writer_queue": 3.0})
    second.put({"headrace_requests_refused_total": 1.0})

    replacement = Place(board, 0)
    replacement.put({"headrace_requests_refused_total": 2.0, "headrace_writer_queue": 1.0})

    assert list(replacement.all()) == [
        {"headrace_requests_refused_total": 7.0, "headrace_writer_queue": 1.0},
        {"headrace_requests_refused_total": 1.0},
    ]


def test_a_place_that_is_half_written_is_not_read() -> None:
    board = Board(1)
    place = Place(board, 0)
    place.put({"headrace_writer_queue": 1.0})
    board.memory[10] ^= 0xFF

    assert list(place.all()) == []


@pytest.fixture
def logged(live_server: LiveServer, served_store: SqlStore, tmp_path: Path) -> Iterator[tuple[Http, Path]]:
    """A server that notes its requests in a file."""
    path = tmp_path / "access.jsonl"
    with live_server.serving(served_store, ServerSettings(access_log=str(path))) as address:
        client = Http(address)
        yield client, path
        client.close()


def test_every_request_is_a_line_of_json_without_its_query(logged: tuple[Http, Path]) -> None:
    http, path = logged
    run_id = http.new_run()
    http.get(f"{API}/runs/get?run_id={run_id}")
    http.post(f"{API}/runs/get", {})

    lines: list[dict[str, object]] = []
    while len(lines) < 3:
        time.sleep(0.02)
        lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "create_run", 200),
        ("GET", "get_run", 200),
        ("POST", "other", 405),
    ]
    assert lines[1]["path"] == f"{API}/runs/get"
    assert lines[1]["client"] == "127.0.0.1"
    assert run_id not in path.read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(lines[0]["time"]))


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterValue, match="--access-log"):
        AccessLog(str(tmp_path / "no" / "folder" / "access.jsonl"))


def test_a_log_on_a_disk_that_is_full_does_not_stop_the_server() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    log = AccessLog("/dev/full")
    log.add({"method": "GET", "path": "/"}, "page", 200, 0.1)
    log.close()
