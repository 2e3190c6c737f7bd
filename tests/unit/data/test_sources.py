from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlflow.data.artifact_dataset_sources import LocalArtifactDatasetSource
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.dataset_source import DatasetSource
from mlflow.data.dataset_source_registry import (
    _sources,
    get_dataset_source_from_json,
    get_registered_sources,
    get_source,
    register_source,
    resolve_dataset_source,
)
from mlflow.data.http_dataset_source import HTTPDatasetSource
from mlflow.data.pandas_dataset import from_pandas
from mlflow.entities.run_inputs import DatasetInput
from mlflow.exceptions import InvalidParameterValue, MlflowException, NotSupported, ResourceDoesNotExist


@pytest.mark.parametrize(
    ("raw", "kind", "record"),
    [
        ("data/iris.csv", "local", {"uri": "data/iris.csv"}),
        (Path("data/iris.csv"), "local", {"uri": "data/iris.csv"}),
        ("file:///data/iris.csv", "local", {"uri": "file:///data/iris.csv"}),
        ("s3://b/k", "s3", {"uri": "s3://b/k"}),
        ("gs://b/k", "gs", {"uri": "gs://b/k"}),
        ("wasbs://c@a/k", "wasbs", {"uri": "wasbs://c@a/k"}),
        ("abfss://c@a/k", "abfss", {"uri": "abfss://c@a/k"}),
        ("https://example.org/iris.csv", "http", {"url": "https://example.org/iris.csv"}),
    ],
)
def test_a_path_or_uri_tells_the_kind_of_source(raw: Any, kind: str, record: dict[str, str]) -> None:
    source = resolve_dataset_source(raw)
    assert (source._get_source_type(), source.to_dict()) == (kind, record)
    again = get_dataset_source_from_json(source.to_json(), kind)
    assert type(again) is type(source)
    assert again.to_dict() == record


@pytest.mark.parametrize("raw", [1, pd.DataFrame(), "zzz://x", "runs:/abc/model"])
def test_other_values_are_no_source(raw: Any) -> None:
    with pytest.raises(MlflowException, match="Could not find a source information resolver"):
        resolve_dataset_source(raw)


def test_only_kinds_that_are_asked_for_are_considered() -> None:
    with pytest.raises(MlflowException, match="resolver"):
        resolve_dataset_source("data.csv", [HTTPDatasetSource])


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidParameterValue, match=r"unknown kind 'tape'.*'local'"):
        get_dataset_source_from_json("{}", "tape")


class TapeSource(DatasetSource):
    @staticmethod
    def _get_source_type() -> str:
        return "tape"

    def load(self) -> Any:
        return "wound"

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return str(raw_source).startswith("tape:")

    @classmethod
    def _resolve(cls, raw_source: Any) -> DatasetSource:
        return cls()

    def to_dict(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> DatasetSource:
        return cls()


def test_a_kind_of_ones_own_can_be_added() -> None:
    register_source(TapeSource)
    try:
        assert resolve_dataset_source("tape:7").load() == "wound"
        assert TapeSource in get_registered_sources()
    finally:
        _sources.remove(TapeSource)


def test_the_source_of_a_dataset_of_a_record_and_of_an_input_is_the_same(tmp_path: Path) -> None:
    dataset = from_pandas(pd.DataFrame({"a": [1]}), source=str(tmp_path))
    entity = dataset._to_mlflow_entity()
    for given in (dataset, entity, DatasetInput(entity)):
        assert get_source(given).to_dict() == {"uri": str(tmp_path)}
    with pytest.raises(InvalidParameterValue, match="Unrecognized dataset type"):
        get_source(3)  # type: ignore[arg-type]  # refused


def test_a_local_file_stays_where_it_is_unless_a_folder_is_given(tmp_path: Path) -> None:
    file, target = tmp_path / "data.csv", tmp_path / "copy"
    file.write_text("a\n1\n")
    target.mkdir()
    source = LocalArtifactDatasetSource(str(file))
    assert source.load() == str(file)
    assert source.load(str(target)) == str(target / "data.csv")
    assert (target / "data.csv").read_text() == "a\n1\n"
    file.unlink()
    with pytest.raises(ResourceDoesNotExist, match="not there any more"):
        source.load()


def test_what_code_made_cannot_be_loaded() -> None:
    with pytest.raises(NotSupported, match="pass source="):
        CodeDatasetSource({}).load()
    assert CodeDatasetSource.from_json('{"tags": {"a": "b"}}').to_dict() == {"tags": {"a": "b"}}


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        if "named" in self.path:
            self.send_header("Content-Disposition", 'attachment; filename="../../evil.csv"')
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "iris.csv").write_text("a\n1\n")
    (tmp_path / "named.csv").write_text("a\n2\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_address_is_fetched_into_a_folder(web: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    assert Path(HTTPDatasetSource(f"{web}/iris.csv").load(str(target))).read_text() == "a\n1\n"
    # A server cannot choose where the file goes.
    assert HTTPDatasetSource(f"{web}/named.csv").load(str(target)) == str(target / "evil.csv")
    assert Path(HTTPDatasetSource(f"{web}/iris.csv").load()).name == "iris.csv"
    with pytest.raises(MlflowException, match="cannot be fetched: File not found"):
        HTTPDatasetSource(f"{web}/none.csv").load(str(target))
