"""What `MLFLOW_S3_UPLOAD_EXTRA_ARGS` says about objects that are written, by the names that boto3 has for it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from mlflow.environment_variables import MLFLOW_S3_UPLOAD_EXTRA_ARGS
from mlflow.exceptions import InvalidParameterValue

_ENCRYPTION = {
    "ServerSideEncryption": "server_side_encryption",
    "SSEKMSKeyId": "sse_kms_key_id",
    "BucketKeyEnabled": "sse_bucket_key_enabled",
}
"""Options of the store."""
_ATTRIBUTES = {
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
    "ContentEncoding": "Content-Encoding",
    "ContentLanguage": "Content-Language",
    "ContentType": "Content-Type",
    "StorageClass": "Storage-Class",
}
"""Attributes of each object."""
_METADATA = "Metadata"


class UploadArgs(NamedTuple):
    """What is said about objects that are written.

    Attributes:
        options: Options of the store: how objects are encrypted.
        attributes: Attributes of each object.
    """

    options: dict[str, Any]
    attributes: dict[str, str]


def read_upload_args() -> UploadArgs:
    """The setting, taken apart; both parts are empty without it.

    Raises:
        InvalidParameterValue: It is no JSON object, or names what is not supported.
    """
    text = MLFLOW_S3_UPLOAD_EXTRA_ARGS.get()
    if not text:
        return UploadArgs({}, {})
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise InvalidParameterValue(
            f"MLFLOW_S3_UPLOAD_EXTRA_ARGS must be a JSON object such as "
            f'{{"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "1234"}}, got {text[:80]!r}'
        )
    metadata = given.pop(_METADATA, {})
    unknown = sorted(set(given) - set(_ENCRYPTION) - set(_ATTRIBUTES))
    if unknown or not isinstance(metadata, dict):
        known = ", ".join(sorted([*_ENCRYPTION, *_ATTRIBUTES, _METADATA]))
        raise InvalidParameterValue(
            f"MLFLOW_S3_UPLOAD_EXTRA_ARGS has {', '.join(unknown) or _METADATA} in a form that is not supported; "
            f"there are {known}"
        )
    return UploadArgs(
        {_ENCRYPTION[name]: value for name, value in given.items() if name in _ENCRYPTION},
        {_ATTRIBUTES[name]: str(value) for name, value in given.items() if name in _ATTRIBUTES}
        | {str(name): str(value) for name, value in metadata.items()},
    )
