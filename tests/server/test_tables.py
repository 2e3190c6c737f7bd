"""Tables as HTTP gives them."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlencode

import pytest

from mlflow._storage.sql.store import SqlStore
from mlflow.entities.metric import Metric
from mlflow.entities.param import Param
from mlflow.entities.tag import RunTag
from tests.server.conftest import Http

OURS = "/api/1.0/headrace"


@pytest.fixture
def filled(served_store: SqlStore) -> SqlStore:
    """The served store with two runs, one of which would like to be a formula."""
    for number, (name, value) in enumerate([("plain", 0.5), ("=HYPERLINK(1)", float("nan"))]):
        run_id = served_store.runs.create("0", start_time=number, run_name=name).info.run_id
        served_store.runs.log_batch(
            run_id,
            [Metric("acc", value, 1, 0)],
            [Param("lr", "-0.5"), Param("p", "-x\ny")],
            [RunTag("t", '@"a",b')],
        )
    return served_store


def test_a_table_is_json_of_arrays(http: Http, filled: SqlStore) -> None:
    answer = http.post(
        f"{OURS}/runs/table", {"experiment_ids": ["0"], "columns": ["metrics.acc", "params.lr"], "limit": 1}
    ).json
    assert answer["name"] == ["=HYPERLINK(1)"]
    assert answer["cells"] == {"metrics.acc": ["NaN"], "params.lr": ["-0.5"]}
    assert (answer["total"], answer["is_total_exact"], answer["children"]) == (2, True, [])
    assert answer["ms"] > 0
    rest = http.post(f"{OURS}/runs/table", {"experiment_ids": ["0"], "cursor": answer["next_cursor"]}).json
    assert (rest["name"], rest["next_cursor"]) == (["plain"], "")


def test_a_long_table_is_packed_for_browsers(http: Http, served_store: SqlStore) -> None:
    for number in range(30):
        served_store.runs.create("0", run_name=f"run {number}")
    body = json.dumps({"experiment_ids": ["0"]}).encode()
    headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
    assert http.send("POST", f"{OURS}/runs/table", body, headers).headers["content-encoding"] == "gzip"


def rows_of(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode())))


def test_a_table_is_downloaded_as_csv_without_formulas(http: Http, filled: SqlStore) -> None:
    query = urlencode(
        [
            ("experiment_ids", "0"),
            ("columns", "params.lr"),
            ("columns", "params.p"),
            ("columns", "tags.t"),
            ("columns", "metrics.acc"),
        ]
    )
    answer = http.get(f"{OURS}/runs/table.csv?{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="runs.csv"'
    header, newest, oldest = rows_of(answer.body)
    assert header == [
        "run_id", "experiment_id", "name", "status", "start_time", "end_time", "params.lr", "params.p", "tags.t", "metrics.acc",
    ]  # fmt: skip
    assert newest[1:] == ["0", "'=HYPERLINK(1)", "RUNNING", "1", "", "-0.5", "'-x\ny", '\'@"a",b', "nan"]
    assert oldest[2] == "plain"


def test_a_star_downloads_every_column_that_there_is(http: Http, filled: SqlStore) -> None:
    header, *rows = rows_of(
        http.get(f"{OURS}/runs/table.csv?experiment_ids=0&columns=*&filter=run_name%3D'plain'").body
    )
    assert header[6:] == ["metrics.acc", "params.lr", "params.p", "tags.mlflow.runName", "tags.t"]
    assert [row[2] for row in rows] == ["plain"]


def test_a_download_of_many_pages_holds_every_run_once(http: Http, served_store: SqlStore) -> None:
    for _ in range(1050):
        served_store.engine.submit(lambda: served_store.runs.create("0"), lambda _: None)
    served_store.runs.create("0")
    rows = rows_of(http.get(f"{OURS}/runs/table.csv?experiment_ids=0").body)
    assert len({row[0] for row in rows[1:]}) == len(rows) - 1 == 1051


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("columns=nonsense", "Invalid column"),
        ("filter=nonsense", "Invalid filter"),
        ("order_by=nonsense", "Invalid order_by"),
        ("state=gone", "state"),
        ("since=yesterday", "since"),
    ],
)
def test_a_download_that_breaks_a_rule_is_an_error(http: Http, path: str, message: str) -> None:
    answer = http.get(f"{OURS}/runs/table.csv?experiment_ids=0&{path}")
    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert message in answer.json["message"]


def test_a_filter_is_checked_word_by_word(http: Http) -> None:
    good = http.post(f"{OURS}/filter/check", {"filter": "metrics.acc:max > 0.9"}).json
    assert good == {
        "tokens": [
            {"start": 0, "end": 15, "type": "name"},
            {"start": 16, "end": 17, "type": "operator"},
            {"start": 18, "end": 21, "type": "number"},
        ],
        "error": None,
    }
    bad = http.post(f"{OURS}/filter/check", {"entity": "experiments", "filter": "nam = 'x'"}).json
    assert (bad["error"]["start"], bad["error"]["end"]) == (0, 3)
    assert "did you mean name?" in bad["error"]["message"]
    assert "name" in bad["error"]["expected"]
    assert http.post(f"{OURS}/filter/check", {"filter": "x" * 500_001}).json["error"]["message"]
    assert http.post(f"{OURS}/filter/check", {"entity": "cats", "filter": ""}).status == 400


def test_a_filter_of_100_kb_and_a_foreign_cursor_are_answered_at_once(http: Http, filled: SqlStore) -> None:
    long = " AND ".join(["metrics.acc > 0.1"] * 6000)
    assert len(long) > 100_000
    assert http.post(f"{OURS}/runs/table", {"experiment_ids": ["0"], "filter": long}).status == 400
    for cursor in ("x", "A" * 100_000, "W10="):
        answer = http.post(f"{OURS}/runs/table", {"experiment_ids": ["0"], "cursor": cursor})
        assert (answer.status, "page token" in answer.json["message"]) == (400, True)
