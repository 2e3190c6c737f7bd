from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mlflow._artifacts import s3_multipart
from mlflow._artifacts.s3_credentials import StaticCredentials
from mlflow._artifacts.s3_multipart import sign_url


@pytest.mark.parametrize("token", [None, "to/ken+="])
@pytest.mark.parametrize("path", ["/bucket/a/b.txt", "/bucket/a%20b/%C3%BC%2520%23%3F~-_.", "/k"])
def test_the_signature_is_the_one_that_awss_own_library_makes(
    path: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = pytest.importorskip("botocore.auth")
    request_class = pytest.importorskip("botocore.awsrequest").AWSRequest
    credentials = pytest.importorskip("botocore.credentials").Credentials("id", "secret", token)
    moment = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment

    monkeypatch.setattr(s3_multipart, "datetime", Clock)
    monkeypatch.setattr(auth, "get_current_datetime", lambda **_: moment.replace(tzinfo=None))
    query = {"partNumber": "7", "uploadId": "a b/c+=~"}
    request = request_class("PUT", f"https://host:9000{path}", params=query)
    auth.S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=120).add_auth(request)
    expected = parse_qs(urlsplit(request.url).query)

    signed = f"https://host:9000{path}?X-Amz-Credential=other%2F20200101%2Feu-west-1%2Fs3%2Faws4_request"
    ours = urlsplit(sign_url("PUT", signed, StaticCredentials("id", "secret", token), query, 120))
    assert (ours.scheme, ours.netloc, ours.path) == ("https", "host:9000", path)
    assert parse_qs(ours.query) == expected
