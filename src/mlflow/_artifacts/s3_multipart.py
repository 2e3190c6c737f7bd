"""Multipart uploads of S3 that somebody else carries out: requests signed in advance (Signature Version 4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

from mlflow._artifacts.interface import MultipartUpload, UploadedPart, UploadPart
from mlflow._artifacts.web import send
from mlflow.environment_variables import MLFLOW_S3_IGNORE_TLS
from mlflow.exceptions import (
    InvalidParameterValue,
    MlflowException,
    PermissionDenied,
    ResourceDoesNotExist,
    StorageUnavailable,
)


class S3Credentials(Protocol):
    """Gives keys: `access_key_id`, `secret_access_key`, `token` (or `None`), `expires_at` (or `None`)."""

    def __call__(self) -> Any: ...


def create_upload(
    signed_url: str, credentials: S3Credentials, num_parts: int, expires_s: int
) -> MultipartUpload:
    """Begin an upload to the object that a signed URL is for."""
    answer = _call("POST", signed_url, credentials, {"uploads": ""})
    found = re.search(r"<UploadId>([^<]+)</UploadId>", answer)
    if found is None:
        raise StorageUnavailable("The object store began an upload in parts, but gave it no id.")
    upload_id = found[1]
    parts = [
        UploadPart(
            number,
            sign_url(
                "PUT", signed_url, credentials, {"partNumber": str(number), "uploadId": upload_id}, expires_s
            ),
            {},
        )
        for number in range(1, num_parts + 1)
    ]
    return MultipartUpload(upload_id, parts)


def complete_upload(
    signed_url: str, credentials: S3Credentials, upload_id: str, parts: Sequence[UploadedPart]
) -> None:
    """Make the object from its parts."""
    listed = "".join(
        f"<Part><PartNumber>{part.part_number}</PartNumber><ETag>{escape(part.etag)}</ETag></Part>"
        for part in sorted(parts, key=lambda part: part.part_number)
    )
    body = (
        '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"{listed}</CompleteMultipartUpload>"
    )
    answer = _call("POST", signed_url, credentials, {"uploadId": upload_id}, body.encode())
    # S3 may answer 200 before it knows, and tell of the failure in the body.
    if "<Error>" in answer:
        raise _error(signed_url, 200, answer)


def abort_upload(signed_url: str, credentials: S3Credentials, upload_id: str) -> None:
    """Drop the parts."""
    _call("DELETE", signed_url, credentials, {"uploadId": upload_id})


def sign_url(
    method: str, signed_url: str, credentials: S3Credentials, query: Mapping[str, str], expires_s: int
) -> str:
    """A signed URL for the object of another signed URL, with a query of its own.

    The other URL gives host, path and region; only its signature is made anew.
    """
    split = urlsplit(signed_url)
    scope = parse_qs(split.query)["X-Amz-Credential"][0].split("/")
    region = scope[2]
    keys = credentials()
    now = datetime.now(UTC)
    day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    fields = {
        **query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{keys['access_key_id']}/{day}/{region}/s3/aws4_request",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(expires_s),
        "X-Amz-SignedHeaders": "host",
    }
    if keys.get("token"):
        fields["X-Amz-Security-Token"] = keys["token"]
    canonical_query = "&".join(
        sorted(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields.items())
    )
    request = "\n".join(
        (method, split.path, canonical_query, f"host:{split.netloc}", "", "host", "UNSIGNED-PAYLOAD")
    )
    to_sign = "\n".join(
        (
            "AWS4-HMAC-SHA256",
            moment,
            f"{day}/{region}/s3/aws4_request",
            hashlib.sha256(request.encode()).hexdigest(),
        )
    )
    key = f"AWS4{keys['secret_access_key']}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{split.scheme}://{split.netloc}{split.path}?{canonical_query}&X-Amz-Signature={signature}"


def _call(
    method: str, signed_url: str, credentials: S3Credentials, query: Mapping[str, str], body: bytes = b""
) -> str:
    url = sign_url(method, signed_url, credentials, query, 300)
    with send(method, url, body=body, ignore_tls=MLFLOW_S3_IGNORE_TLS.get()) as answer:
        text = answer.read().decode("utf-8", "replace")
        if answer.status >= 300:
            raise _error(signed_url, answer.status, text)
    return text


def _error(signed_url: str, status: int, text: str) -> MlflowException:
    split = urlsplit(signed_url)
    place = f"{split.scheme}://{split.netloc}{split.path}"
    code = re.search(r"<Code>(\w+)</Code>", text)
    reason = code[1] if code else str(status)
    if reason in {"NoSuchUpload", "NoSuchKey"}:
        return ResourceDoesNotExist(f"No upload of that id is open for {place}; begin it again.")
    if reason in {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"}:
        return InvalidParameterValue(f"The parts of {place} do not make a file: {reason}.")
    if status in {401, 403}:
        return PermissionDenied(f"The object store refused access to {place}: {reason}.")
    return StorageUnavailable(f"The object store answered {reason} for {place}.")
