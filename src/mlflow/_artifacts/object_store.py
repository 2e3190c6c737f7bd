"""Artifacts in S3, Google Cloud Storage and Azure; the only door to obstore."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from mlflow._artifacts.interface import (
    CHUNK_BYTES,
    ArtifactStore,
    ByteStream,
    MultipartUpload,
    SignedUrl,
    UploadedPart,
    check_range,
    check_size,
    counted,
    pieces,
)
from mlflow._artifacts.paths import validate_path
from mlflow._base.uri import redact_uri, uri_scheme
from mlflow.entities.file_info import FileInfo
from mlflow.environment_variables import (
    MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT,
    MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE,
    MLFLOW_S3_ENDPOINT_URL,
    MLFLOW_S3_IGNORE_TLS,
)
from mlflow.exceptions import (
    InvalidParameterValue,
    MissingExtra,
    MlflowException,
    PermissionDenied,
    ResourceDoesNotExist,
    StorageUnavailable,
    TemporarilyUnavailable,
)

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import AzureStore, ClientConfig, GCSStore, RetryConfig, S3Store

    from mlflow._artifacts.s3_multipart import S3Credentials

PART_BYTES = 8 * CHUNK_BYTES
"""Files up to this size go in one request, larger ones in parts of at least this size."""

MAX_SIGNED_S = 604_800
"""A signed URL is good for seven days at most."""

_MAX_PARTS = 10_000
_MAX_KEY_BYTES = 1024
_PARTS_AT_ONCE = 4

S3_SCHEMES = frozenset({"s3", "s3a", "s3n"})
GCS_SCHEMES = frozenset({"gs", "gcs"})
AZURE_SCHEMES = frozenset({"wasb", "wasbs", "abfs", "abfss", "az", "azure", "adl"})
OBJECT_STORE_SCHEMES = S3_SCHEMES | GCS_SCHEMES | AZURE_SCHEMES


def open_object_store(uri: str) -> ObjectArtifactStore:
    """The store that an object store's URI names, with what the environment says about it.

    S3 (`s3://bucket/prefix`): `MLFLOW_S3_ENDPOINT_URL`, `MLFLOW_S3_IGNORE_TLS`, `MLFLOW_S3_UPLOAD_EXTRA_ARGS`,
    `MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE`, the `AWS_*` variables, the files below `~/.aws`, and the role of the machine. Google (`gs://bucket/prefix`):
    `GOOGLE_APPLICATION_CREDENTIALS` or the machine's account. Azure (`wasbs://container@account.host/prefix`,
    `abfss://…`, `az://container/prefix`): `AZURE_STORAGE_CONNECTION_STRING`, `AZURE_STORAGE_ACCESS_KEY`, the
    other `AZURE_*` variables, or azure-identity where it is installed.

    Nothing is asked over the network yet.

    Raises:
        InvalidParameterValue: The URI names no bucket, or a setting is malformed.
        MissingExtra: The credentials are of a kind that needs an optional package.
    """
    scheme = uri_scheme(uri)
    if scheme in S3_SCHEMES:
        return _open_s3(uri)
    if scheme in GCS_SCHEMES:
        return _open_gcs(uri)
    return _open_azure(uri)


class ObjectArtifactStore(ArtifactStore):
    """Objects below a prefix of a bucket.

    Args:
        root_uri: How the root is named in messages and answers.
        store: The bucket with the prefix.
        prefix_bytes: Length of the prefix; it counts towards the longest possible key.
        can_presign: Whether the credentials allow to sign URLs.
        credentials: Where the keys for multipart uploads by others come from; only S3 has it.
        attributes: Attributes of objects that are written.
    """

    has_real_folders = False
    ranges_at_once = 4

    def __init__(
        self,
        root_uri: str,
        store: S3Store | GCSStore | AzureStore,
        *,
        prefix_bytes: int = 0,
        can_presign: bool = True,
        credentials: S3Credentials | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        self.root_uri = root_uri.rstrip("/")
        self.can_presign = can_presign
        self.can_multipart = can_presign and credentials is not None
        self._store = store
        self._prefix_bytes = prefix_bytes
        self._credentials = credentials
        self._attributes = dict(attributes or {}) or None

    def list(self, path: str = "") -> list[FileInfo]:
        import obstore

        key = self._key(path, allow_root=True)
        with self._translated(key):
            found = obstore.list_with_delimiter(self._store, prefix=key or None)
        files = [FileInfo(folder, True, None) for folder in found["common_prefixes"]]
        # An object whose name is the folder's with a slash marks an empty folder for some tools.
        files += [
            FileInfo(item["path"], False, item["size"]) for item in found["objects"] if item["path"] != key
        ]
        return sorted(files, key=lambda info: info.path)

    def stat(self, key: str) -> FileInfo:
        import obstore

        key = self._key(key, allow_root=True)
        if not key:
            return FileInfo("", is_dir=True, file_size=None)
        try:
            with self._translated(key):
                return FileInfo(key, is_dir=False, file_size=obstore.head(self._store, key)["size"])
        except ResourceDoesNotExist:
            if self._is_folder(key):
                return FileInfo(key, is_dir=True, file_size=None)
            raise

    def read(self, key: str, offset: int = 0, length: int | None = None) -> ByteStream:
        import obstore

        key = self._key(key)
        check_range(key, offset, length)
        if length == 0:
            return ByteStream((), self._file_size(key))
        options: GetOptions = {}
        if length is not None:
            options["range"] = (offset, offset + length)
        elif offset:
            options["range"] = {"offset": offset}
        try:
            with self._translated(key):
                found = obstore.get(self._store, key, options=options)
        except MlflowException:
            # A folder, or a range that holds no byte, which is an error to object stores.
            size = self._file_size(key)
            if options and offset >= size:
                return ByteStream((), size)
            raise
        return ByteStream(
            self._chunks(key, found.stream(CHUNK_BYTES)), found.meta["size"], found.meta["e_tag"]
        )

    def write(self, key: str, chunks: Iterable[bytes] | BinaryIO, size: int | None = None) -> None:
        import obstore

        key = self._key(key)
        source = pieces(chunks)
        head: list[bytes] = []
        head_bytes = 0
        for chunk in source:
            head.append(chunk)
            head_bytes += len(chunk)
            if head_bytes > PART_BYTES:
                break
        else:
            check_size(key, size, head_bytes)
            with self._translated(key):
                obstore.put(
                    self._store, key, b"".join(head), use_multipart=False, attributes=self._attributes
                )
            return
        body = counted(itertools.chain(head, source), key, size)
        with self._translated(key):
            obstore.put(
                self._store,
                key,
                body,
                chunk_size=_part_bytes(size),
                max_concurrency=_PARTS_AT_ONCE,
                attributes=self._attributes,
            )

    def upload(self, local_path: str | os.PathLike[str], key: str) -> None:
        import obstore

        key = self._key(key)
        path = Path(local_path)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= PART_BYTES:
                self.write(key, pieces(file, size), size)
                return
        with self._translated(key):
            obstore.put(
                self._store,
                key,
                path,
                chunk_size=_part_bytes(size),
                max_concurrency=_PARTS_AT_ONCE,
                attributes=self._attributes,
            )

    def delete(self, path: str) -> None:
        import obstore

        key = self._key(path, allow_root=True)
        with self._translated(key):
            if key:
                with suppress(FileNotFoundError):
                    obstore.delete(self._store, key)
            for found in obstore.list(self._store, prefix=key or None):
                with suppress(FileNotFoundError):
                    obstore.delete(self._store, [item["path"] for item in found])

    def presign_get(self, key: str, expires_s: int = 300) -> SignedUrl:
        return self._sign("GET", key, expires_s, "reading")

    def presign_put(self, key: str, expires_s: int = 900) -> SignedUrl:
        return self._sign("PUT", key, expires_s, "writing")

    def create_multipart(self, key: str, num_parts: int, expires_s: int = 3600) -> MultipartUpload:
        from mlflow._artifacts.s3_multipart import create_upload

        if not 1 <= num_parts <= _MAX_PARTS:
            raise InvalidParameterValue(f"An upload has 1 to {_MAX_PARTS} parts, not {num_parts}.")
        url, credentials = self._multipart(key)
        return create_upload(url, credentials, num_parts, expires_s)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        from mlflow._artifacts.s3_multipart import complete_upload

        url, credentials = self._multipart(key)
        complete_upload(url, credentials, upload_id, parts)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        from mlflow._artifacts.s3_multipart import abort_upload

        url, credentials = self._multipart(key)
        abort_upload(url, credentials, upload_id)

    def _multipart(self, key: str) -> tuple[str, S3Credentials]:
        key = self._key(key)
        if self._credentials is None or not self.can_multipart:
            raise self._not_supported(f"take {key!r} in parts")
        return self._sign("PUT", key, 60, "writing").url, self._credentials

    def _sign(self, method: str, key: str, expires_s: int, purpose: str) -> SignedUrl:
        import obstore

        key = self._key(key)
        if not self.can_presign:
            raise self._not_supported(f"sign a URL for {purpose} {key!r}")
        if not 1 <= expires_s <= MAX_SIGNED_S:
            raise InvalidParameterValue(f"A signed URL is good for 1 to {MAX_SIGNED_S} s, not {expires_s}.")
        with self._translated(key):
            url = obstore.sign(
                self._store, "GET" if method == "GET" else "PUT", key, timedelta(seconds=expires_s)
            )
        headers = {"x-ms-blob-type": "BlockBlob"} if method == "PUT" and "sig=" in url else {}
        return SignedUrl(url, headers)

    def _key(self, path: str, *, allow_root: bool = False) -> str:
        key = validate_path(path, allow_root=allow_root)
        if self._prefix_bytes + len(key.encode()) > _MAX_KEY_BYTES:
            raise InvalidParameterValue(
                f"Invalid artifact path {key!r}: with its root it is longer than {_MAX_KEY_BYTES} bytes, "
                "the most that object stores take."
            )
        return key

    def _is_folder(self, key: str) -> bool:
        import obstore

        with self._translated(key):
            return any(len(found) > 0 for found in obstore.list(self._store, prefix=key, chunk_size=1))

    def _file_size(self, key: str) -> int:
        size = self.stat(key).file_size
        if size is None:
            raise InvalidParameterValue(f"The artifact {key!r} is a folder, not a file.")
        return size

    def _chunks(self, key: str, stream: Iterable[bytes]) -> Iterator[bytes]:
        with self._translated(key):
            for chunk in stream:
                yield bytes(chunk)

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """Errors of obstore become ours, without the answers' XML and the requests' details."""
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error) or "ContainerNotFound" in str(error):
                raise self._no_bucket() from None
            raise ResourceDoesNotExist(f"There is no artifact {key!r} in {self.root_uri}.") from None
        except BaseError as error:
            raise self._explained(error) from None

    def _explained(self, error: Exception) -> MlflowException:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        text = str(error).partition("\n")[0]
        whole = str(error)
        if "NoSuchBucket" in whole or "ContainerNotFound" in whole:
            return self._no_bucket()
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            code = re.search(r"<Code>(\w+)</Code>", whole)
            reason = f" ({code[1]})" if code else ""
            return PermissionDenied(
                f"The object store refused access to {self.root_uri}{reason}. "
                "Check the credentials of this process and what they allow."
            )
        if "169.254.169.254" in whole or "metadata.google.internal" in whole or "metadata/identity" in whole:
            return PermissionDenied(
                f"There are no credentials for {self.root_uri}. Set {_CREDENTIAL_HINTS[_kind(self.root_uri)]}."
            )
        if "redirect" in text.lower() or "301 Moved" in text:
            return InvalidParameterValue(
                f"The bucket of {self.root_uri} is in another region. Set AWS_DEFAULT_REGION to its region."
            )
        status = re.search(r"status code: (\d{3} [A-Za-z ]+)", text)
        if status is None:
            return TemporarilyUnavailable(
                f"The object store of {self.root_uri} cannot be reached. Check the network and its endpoint."
            )
        return StorageUnavailable(f"The object store of {self.root_uri} answered {status[1].strip()}.")

    def _no_bucket(self) -> StorageUnavailable:
        return StorageUnavailable(
            f"The bucket of {self.root_uri} does not exist. Create it, or check its name and the endpoint."
        )


_CREDENTIAL_HINTS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or fill ~/.aws/credentials with `aws configure`",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, "
    "or run `gcloud auth application-default login`",
    "az": "AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCESS_KEY, "
    "or run `az login` and pip install 'headrace[azure]'",
}


def _kind(uri: str) -> str:
    scheme = uri_scheme(uri)
    return "s3" if scheme in S3_SCHEMES else "gs" if scheme in GCS_SCHEMES else "az"


def _part_bytes(size: int | None) -> int:
    """Size of a part, so that the file has no more parts than object stores take."""
    if size is None:
        return 2 * PART_BYTES
    parts = -(-size // (_MAX_PARTS - 1))
    return max(PART_BYTES, -(-parts // CHUNK_BYTES) * CHUNK_BYTES)


def _bucket_and_prefix(uri: str) -> tuple[str, str]:
    """`s3://bucket/a/b` as `("bucket", "a/b")`; a key is taken as it is written, not percent-decoded."""
    bucket, _, prefix = uri.partition("://")[2].partition("/")
    if not bucket:
        raise InvalidParameterValue(
            f"{uri!r} names no bucket; write it as {uri_scheme(uri)}://bucket/prefix."
        )
    return bucket, validate_path(prefix, allow_root=True)


def _client_options(endpoint: str | None = None, *, ignore_tls: bool = False) -> ClientConfig:
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(minutes=5),
        # The time of a whole transfer says nothing: a large file takes its time.
        "timeout": timedelta(days=7),
    }
    limit_s = MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT.get()
    if limit_s is not None:
        options["timeout"] = timedelta(seconds=limit_s)
    if endpoint is not None and endpoint.startswith("http://"):
        options["allow_http"] = True
    if ignore_tls:
        options["allow_invalid_certificates"] = True
    return options


def _retry_options() -> RetryConfig:
    return {
        "max_retries": 4,
        "retry_timeout": timedelta(seconds=30),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=5),
            "base": 2,
        },
    }


def _open_s3(uri: str) -> ObjectArtifactStore:
    from obstore.store import S3Store

    from mlflow._artifacts.s3_credentials import find_credentials
    from mlflow._artifacts.s3_upload_args import read_upload_args

    bucket, prefix = _bucket_and_prefix(uri)
    found = find_credentials()
    endpoint = MLFLOW_S3_ENDPOINT_URL.get() or found.endpoint_url
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise InvalidParameterValue(
            f"MLFLOW_S3_ENDPOINT_URL is {redact_uri(endpoint)!r}; it has to start with http:// or https://."
        )
    options: dict[str, Any] = {"region": found.region}
    if MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE.get() == "virtual":
        options["virtual_hosted_style_request"] = True
        if endpoint:
            endpoint = _with_bucket(endpoint, bucket)
    if endpoint:
        options["endpoint"] = endpoint.rstrip("/")
    written = read_upload_args()
    if found.credentials is not None:
        # A provider and not plain options, so that keys that expire are asked for again.
        options["credential_provider"] = found.credentials
    store = S3Store(
        bucket,
        prefix=prefix or None,
        client_options=_client_options(endpoint, ignore_tls=MLFLOW_S3_IGNORE_TLS.get()),
        retry_config=_retry_options(),
        **options,
        **written.options,
    )
    return ObjectArtifactStore(
        uri,
        store,
        prefix_bytes=_prefix_bytes(prefix),
        # Whoever writes to a signed URL would leave out what objects must have: they write through us then.
        can_presign=written == ({}, {}),
        credentials=found.credentials,
        attributes=written.attributes,
    )


def _with_bucket(endpoint: str, bucket: str) -> str:
    """The address of a bucket that is named by its host."""
    scheme, _, host = endpoint.partition("://")
    return endpoint if host.startswith(f"{bucket}.") else f"{scheme}://{bucket}.{host}"


def _open_gcs(uri: str) -> ObjectArtifactStore:
    from obstore.store import GCSStore

    bucket, prefix = _bucket_and_prefix(uri)
    store = GCSStore(
        bucket, prefix=prefix or None, client_options=_client_options(), retry_config=_retry_options()
    )
    return ObjectArtifactStore(uri, store, prefix_bytes=_prefix_bytes(prefix))


def _open_azure(uri: str) -> ObjectArtifactStore:
    from obstore.store import AzureStore

    container, account, prefix = azure_place(uri)
    options = azure_options(account)
    signs = "account_key" in options or "AZURE_STORAGE_ACCOUNT_KEY" in os.environ
    endpoint = options.get("endpoint")
    if not _has_azure_credentials(options):
        options["credential_provider"] = _azure_identity()
    store = AzureStore(
        container,
        prefix=prefix or None,
        client_options=_client_options(endpoint),
        retry_config=_retry_options(),
        **options,
    )
    return ObjectArtifactStore(uri, store, prefix_bytes=_prefix_bytes(prefix), can_presign=signs)


def azure_place(uri: str) -> tuple[str, str | None, str]:
    """Container, account (where the URI names it) and prefix of an Azure URI."""
    split = urlsplit(uri)
    prefix = validate_path(uri.partition("://")[2].partition("/")[2], allow_root=True)
    container, at, host = split.netloc.rpartition("@")
    if not at:
        container, host = host, ""
    if not container:
        raise InvalidParameterValue(
            f"{uri!r} names no container; write it as wasbs://container@account.blob.core.windows.net/prefix."
        )
    return container, host.partition(".")[0] or None, prefix


def azure_options(account: str | None) -> dict[str, Any]:
    """Options from the account of the URI and from Azure's two older variables."""
    fields = dict(
        field.split("=", 1)
        for field in os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";")
        if "=" in field
    )
    named = {
        "account_name": account or fields.get("AccountName"),
        "account_key": fields.get("AccountKey") or os.environ.get("AZURE_STORAGE_ACCESS_KEY"),
        "endpoint": fields.get("BlobEndpoint"),
        "sas_key": fields.get("SharedAccessSignature"),
    }
    return {name: value for name, value in named.items() if value}


def _has_azure_credentials(options: dict[str, Any]) -> bool:
    if "account_key" in options or "sas_key" in options:
        return True
    return any(
        name in os.environ
        for name in (
            "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_TOKEN", "AZURE_CLIENT_SECRET",
            "AZURE_STORAGE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_SKIP_SIGNATURE",
            "AZURE_MSI_ENDPOINT", "IDENTITY_ENDPOINT",
        )
    )  # fmt: skip


def _azure_identity() -> Any:
    try:
        from obstore.auth.azure import AzureCredentialProvider
    except ImportError:
        raise MissingExtra(
            "Azure storage without a key in the environment",
            "azure-identity",
            "pip install 'headrace[azure]'",
        ) from None
    return AzureCredentialProvider()


def _prefix_bytes(prefix: str) -> int:
    return len(prefix.encode()) + 1 if prefix else 0
