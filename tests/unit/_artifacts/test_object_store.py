from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._artifacts.object_store import (
    PART_BYTES,
    _part_bytes,
    azure_options,
    azure_place,
    open_object_store,
)
from mlflow._artifacts.s3_credentials import find_credentials
from mlflow._artifacts.s3_upload_args import read_upload_args
from mlflow.exceptions import InvalidParameterValue, StorageUnavailable, TemporarilyUnavailable


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("AWS_", "AZURE_", "MLFLOW_", "GOOGLE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def write_aws(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / ".aws").mkdir(exist_ok=True)
    (tmp_path / ".aws" / name).write_text(text)


def keys() -> tuple[str, str, str | None]:
    credentials = find_credentials().credentials
    assert credentials is not None
    found = credentials()
    return found["access_key_id"], found["secret_access_key"], found["token"]


def test_without_anything_the_machine_role_is_left_to_decide() -> None:
    found = find_credentials()
    assert (found.region, found.endpoint_url, found.credentials) == ("us-east-1", None, None)


def test_the_environment_wins_over_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_aws(tmp_path, "credentials", "[default]\naws_access_key_id = f\naws_secret_access_key = f%s\n")
    write_aws(tmp_path, "config", "[default]\nregion = eu-west-1\nendpoint_url = http://files\n")
    assert keys() == ("f", "f%s", None)
    assert find_credentials().region == "eu-west-1"
    assert find_credentials().endpoint_url == "http://files"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "e")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ee")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://environment")
    assert keys() == ("e", "ee", "t")
    assert find_credentials().region == "eu-central-1"
    assert find_credentials().endpoint_url == "http://environment"


def test_a_named_profile_is_read_from_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    write_aws(
        tmp_path,
        "credentials",
        "[work]\naws_access_key_id=w\naws_secret_access_key=ww\naws_session_token=t\n",
    )
    write_aws(tmp_path, "config", "[profile work]\nregion = eu-north-1\n")
    assert keys() == ("w", "ww", "t")
    assert find_credentials().region == "eu-north-1"


def test_broken_files_are_as_good_as_none(tmp_path: Path) -> None:
    write_aws(tmp_path, "credentials", "no section\n=")
    write_aws(tmp_path, "config", "[default]\nregion = eu-west-2\n")
    assert find_credentials().credentials is None
    assert find_credentials().region == "eu-west-2"


def test_an_endpoint_needs_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "minio:9000")
    with pytest.raises(InvalidParameterValue, match="http:// or https://"):
        open_object_store("s3://bucket/x")


def test_a_service_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow._artifacts import object_store

    monkeypatch.setattr(object_store, "_retry_options", lambda: {"max_retries": 0})
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "very-secret-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    with pytest.raises(TemporarilyUnavailable, match="s3://bucket/x cannot be reached") as error:
        open_object_store("s3://bucket/x").list()
    assert not isinstance(error.value, StorageUnavailable)
    assert "very-secret" not in error.value.message


def test_a_key_is_no_longer_than_object_stores_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    store = open_object_store("s3://bucket/" + "p" * 100)
    assert store.presign_get("/".join(["k" * 92] * 9 + ["k" * 86])).url
    with pytest.raises(InvalidParameterValue, match="longer than 1024 bytes"):
        store.presign_get("/".join(["k" * 92] * 9 + ["k" * 87]))


@pytest.mark.parametrize("expires_s", [0, -1, 604_801])
def test_a_signed_url_has_a_life_that_stores_accept(expires_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    with pytest.raises(InvalidParameterValue, match="604800 s"):
        open_object_store("s3://bucket").presign_get("k", expires_s)


@given(st.integers(0, 5 * 2**40))
def test_a_file_never_has_too_many_parts(size: int) -> None:
    part = _part_bytes(size)
    assert part >= PART_BYTES
    assert -(-size // part) < 10_000


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("wasbs://c@acc.blob.core.windows.net/a/b", ("c", "acc", "a/b")), ("abfss://c@acc.dfs.core.windows.net", ("c", "acc", "")),
        ("az://c/a b", ("c", None, "a b")), ("wasbs://c@acc.blob.core.windows.net/", ("c", "acc", "")),
    ],
)  # fmt: skip
def test_an_azure_uri_names_container_account_and_prefix(
    uri: str, place: tuple[str, str | None, str]
) -> None:
    assert azure_place(uri) == place


def test_azures_older_variables_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    assert azure_options("acc") == {"account_name": "acc"}
    monkeypatch.setenv("AZURE_STORAGE_ACCESS_KEY", "a2V5")
    assert azure_options("acc") == {"account_name": "acc", "account_key": "a2V5"}
    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=a2V5PQ==;BlobEndpoint=http://127.0.0.1:10000/x;",
    )
    assert azure_options(None) == {
        "account_name": "x",
        "account_key": "a2V5PQ==",
        "endpoint": "http://127.0.0.1:10000/x",
    }
    store = open_object_store("az://container/prefix")
    assert store.can_presign
    put = store.presign_put("file")
    assert put.url.startswith("http://127.0.0.1:10000/x/container/prefix/file?")
    assert put.headers == {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def with_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


@pytest.mark.usefixtures("with_keys")
@pytest.mark.parametrize(
    ("style", "endpoint", "address"),
    [
        ("auto", "http://127.0.0.1:9000", "http://127.0.0.1:9000/bucket/k?"),
        ("path", "https://s3.example.com", "https://s3.example.com/bucket/k?"),
        ("virtual", "https://s3.example.com/", "https://bucket.s3.example.com/k?"),
        ("virtual", "https://bucket.s3.example.com", "https://bucket.s3.example.com/k?"),
        ("virtual", "", "https://bucket.s3.us-east-1.amazonaws.com/k?"),
    ],
)
def test_a_bucket_stands_in_the_path_or_in_the_host(
    monkeypatch: pytest.MonkeyPatch, style: str, endpoint: str, address: str
) -> None:
    monkeypatch.setenv("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", style)
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", endpoint)
    assert open_object_store("s3://bucket").presign_get("k").url.startswith(address)


def test_extra_arguments_are_options_and_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_upload_args() == ({}, {})
    monkeypatch.setenv(
        "MLFLOW_S3_UPLOAD_EXTRA_ARGS",
        '{"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "1234", "StorageClass": "STANDARD_IA", "Metadata": {"a": 1}}',
    )
    assert read_upload_args() == (
        {"server_side_encryption": "aws:kms", "sse_kms_key_id": "1234"},
        {"Storage-Class": "STANDARD_IA", "a": "1"},
    )


@pytest.mark.usefixtures("with_keys")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", "AES256", "must be a JSON object"),
        ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", "[]", "must be a JSON object"),
        ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", '{"ACL": "public-read"}', "has ACL.*there are BucketKeyEnabled"),
        ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", '{"Metadata": 1}', "has Metadata"),
        ("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "dns", "use auto, path or virtual"),
        ("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "0", "1 or more"),
        ("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "soon", "whole number of seconds"),
    ],
)
def test_a_malformed_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidParameterValue, match=rf"{name}.*{reason}"):
        open_object_store("s3://bucket")


@pytest.mark.usefixtures("with_keys")
def test_a_request_takes_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and answers nothing
        monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", "1")
        monkeypatch.setattr("mlflow._artifacts.object_store._retry_options", lambda: {"max_retries": 0})
        with pytest.raises(TemporarilyUnavailable, match="cannot be reached"):
            open_object_store("s3://bucket").list()
