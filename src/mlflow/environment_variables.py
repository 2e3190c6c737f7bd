"""Every setting that is read from the environment: name, type, default, one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from mlflow.exceptions import InvalidParameterValue

T = TypeVar("T")


class _EnvironmentVariable(Generic[T]):
    """A setting, read from the environment whenever it is asked for.

    Attributes:
        name: Name of the variable.
        type: What turns its text into a value.
        default: Value when it is not set.
    """

    def __init__(self, name: str, type_: Callable[[str], Any], default: T) -> None:
        self.name = name
        self.type = type_
        self.default = default

    @property
    def defined(self) -> bool:
        """Whether it is set."""
        return self.name in os.environ

    def is_set(self) -> bool:
        """Whether it is set."""
        return self.name in os.environ

    def get_raw(self) -> str | None:
        """Its text, `None` when it is not set."""
        return os.environ.get(self.name)

    def get(self) -> T:
        """Its value.

        Raises:
            InvalidParameterValue: The text is no value of its type.
        """
        raw = os.environ.get(self.name)
        if raw is None:
            return self.default
        try:
            value: T = self.type(raw)
        except ValueError as error:
            raise InvalidParameterValue(
                f"The environment variable {self.name} is set to {raw!r}: {error}"
            ) from None
        return value

    def set(self, value: object) -> None:
        """Sets it for this process and its children."""
        os.environ[self.name] = str(value)

    def unset(self) -> None:
        """Takes it out of the environment."""
        os.environ.pop(self.name, None)

    def __str__(self) -> str:
        return f"{self.name} (default: {self.default})"

    def __repr__(self) -> str:
        return repr(self.name)


class _BooleanEnvironmentVariable(_EnvironmentVariable[bool]):
    def __init__(self, name: str, default: bool) -> None:
        super().__init__(name, _boolean, default)

    def set(self, value: object) -> None:
        super().set("true" if value else "false")


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("use true or false")


def _addressing_style(text: str) -> str:
    if text not in {"auto", "path", "virtual"}:
        raise ValueError("use auto, path or virtual")
    return text


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("use a whole number of seconds, 1 or more")
    return int(text)


def _optional(name: str, type_: Callable[[str], T]) -> _EnvironmentVariable[T | None]:
    return _EnvironmentVariable(name, type_, None)


# Which store, which experiment, which run
MLFLOW_TRACKING_URI = _optional("MLFLOW_TRACKING_URI", str)
"""URI of the tracking store."""
MLFLOW_REGISTRY_URI = _optional("MLFLOW_REGISTRY_URI", str)
"""URI of the model registry; the tracking store by default."""
MLFLOW_EXPERIMENT_ID = _optional("MLFLOW_EXPERIMENT_ID", str)
"""Id of the active experiment."""
MLFLOW_EXPERIMENT_NAME = _optional("MLFLOW_EXPERIMENT_NAME", str)
"""Name of the active experiment."""
MLFLOW_RUN_ID = _optional("MLFLOW_RUN_ID", str)
"""Run that `start_run` resumes."""
MLFLOW_ACTIVE_MODEL_ID = _optional("MLFLOW_ACTIVE_MODEL_ID", str)
"""Logged model that metrics are measured on unless they name another."""
MLFLOW_RUN_CONTEXT = _optional("MLFLOW_RUN_CONTEXT", str)
"""JSON object of tags that every new run of this process gets."""
MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT = _BooleanEnvironmentVariable(
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", False
)
"""Whether a run's link is not printed when it ends."""

MLFLOW_RUN_LEASE = _EnvironmentVariable("MLFLOW_RUN_LEASE", float, 60.0)
"""Seconds without a sign of its process after which a run of `start_run` is shown as lost; 0 gives no signs."""
# Registry
MLFLOW_DECISION_REASON = _optional("MLFLOW_DECISION_REASON", str)
"""Why this process changes the registry, for those changes that give no reason of their own."""
MLFLOW_DECISION_TICKET = _optional("MLFLOW_DECISION_TICKET", str)
"""Where that was decided, such as the key of an issue."""

MLFLOW_REGISTRY_GUARDS = _BooleanEnvironmentVariable("MLFLOW_REGISTRY_GUARDS", True)
"""Whether versions in Production, under a protected alias or under legal hold, and what they stand on, are kept from
being deleted. Read where the database is."""
MLFLOW_PROTECTED_ALIASES = _EnvironmentVariable("MLFLOW_PROTECTED_ALIASES", str, "champion,production,prod")
"""Aliases, separated by commas, whose versions are protected."""
MLFLOW_VERIFY_REGISTERED_MODELS = _BooleanEnvironmentVariable("MLFLOW_VERIFY_REGISTERED_MODELS", False)
"""Whether a model that is loaded by its registered name is compared with the files that were registered."""
MLFLOW_WEBHOOK_ALLOWED_SCHEMES = _EnvironmentVariable("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", str, "https")
"""Schemes, separated by commas, that URLs of webhooks may have."""
MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS = _BooleanEnvironmentVariable("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", False)
"""Whether webhooks may lead to addresses of private networks and of the machine itself."""
MLFLOW_WEBHOOK_REQUEST_TIMEOUT = _EnvironmentVariable("MLFLOW_WEBHOOK_REQUEST_TIMEOUT", int, 30)
"""Seconds within which a delivery has to be answered."""
MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES = _EnvironmentVariable("MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES", int, 3)
"""How often a delivery is tried again that got no answer, or one with the status 429 or 5xx."""
MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS = _EnvironmentVariable("MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS", int, 10)
"""How many deliveries a server makes at the same time."""
MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY = _optional("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", str)
"""Fernet key that secrets of webhooks are encrypted with before they are stored; needs the package `cryptography`."""
MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX = _optional(
    "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX", str
)
"""Pattern that the source of a model version must match, for a server to take it."""

# Limits
MLFLOW_TRUNCATE_LONG_VALUES = _BooleanEnvironmentVariable("MLFLOW_TRUNCATE_LONG_VALUES", True)
"""Whether long parameters and tags are cut instead of refused."""

# Messages
MLFLOW_CONFIGURE_LOGGING = _BooleanEnvironmentVariable("MLFLOW_CONFIGURE_LOGGING", True)
"""Whether messages are written to the standard error output."""
MLFLOW_LOGGING_LEVEL = _optional("MLFLOW_LOGGING_LEVEL", str)
"""Least level of the messages; `INFO` by default."""

# Client
MLFLOW_ENABLE_ASYNC_LOGGING = _BooleanEnvironmentVariable("MLFLOW_ENABLE_ASYNC_LOGGING", False)
"""Whether the fluent calls log in the background."""
MLFLOW_TRACKING_USERNAME = _optional("MLFLOW_TRACKING_USERNAME", str)
"""User for basic authentication."""
MLFLOW_TRACKING_PASSWORD = _optional("MLFLOW_TRACKING_PASSWORD", str)
"""Password for basic authentication."""
MLFLOW_TRACKING_TOKEN = _optional("MLFLOW_TRACKING_TOKEN", str)
"""Bearer token."""
MLFLOW_TRACKING_INSECURE_TLS = _BooleanEnvironmentVariable("MLFLOW_TRACKING_INSECURE_TLS", False)
"""Whether the server's certificate is not checked."""
MLFLOW_TRACKING_SERVER_CERT_PATH = _optional("MLFLOW_TRACKING_SERVER_CERT_PATH", str)
"""CA bundle that the server's certificate is checked against."""
MLFLOW_TRACKING_CLIENT_CERT_PATH = _optional("MLFLOW_TRACKING_CLIENT_CERT_PATH", str)
"""Client certificate and key, in one PEM file."""
MLFLOW_HTTP_REQUEST_TIMEOUT = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_TIMEOUT", float, 120.0)
"""Seconds before a request to the server is given up."""
MLFLOW_HTTP_REQUEST_MAX_RETRIES = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_MAX_RETRIES", int, 7)
"""How often a request that is safe to repeat is repeated."""
MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", float, 2.0)
"""Growth of the pause between repeats."""
MLFLOW_HTTP_POOL_MAXSIZE = _EnvironmentVariable("MLFLOW_HTTP_POOL_MAXSIZE", int, 10)
"""Connections that are kept open to one server."""

MLFLOW_JOURNAL = _BooleanEnvironmentVariable("MLFLOW_JOURNAL", False)
"""Whether what is logged to a server is recorded in a local journal first, and sent in the background."""
MLFLOW_JOURNAL_DIR = _EnvironmentVariable("MLFLOW_JOURNAL_DIR", str, "mljournal")
"""Folder of journals; below the current folder by default."""
MLFLOW_JOURNAL_EXIT_TIMEOUT = _EnvironmentVariable("MLFLOW_JOURNAL_EXIT_TIMEOUT", float, 10.0)
"""Seconds that a process waits at its end for its journal to be sent."""

# Artifacts
MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH = _EnvironmentVariable("MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH", int, 2048)
"""Longest artifact location."""
MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES = _EnvironmentVariable(
    "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES",
    lambda text: [part.strip() for part in text.split(",") if part.strip()],
    list[str](),
)
"""Schemes such as `http` that an artifact location may have all the same."""
MLFLOW_S3_ENDPOINT_URL = _optional("MLFLOW_S3_ENDPOINT_URL", str)
"""Address of an S3-compatible store."""
MLFLOW_S3_UPLOAD_EXTRA_ARGS = _optional("MLFLOW_S3_UPLOAD_EXTRA_ARGS", str)
"""JSON object of what boto3 calls extra arguments of an upload, such as `{"ServerSideEncryption": "aws:kms"}`."""
MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE = _EnvironmentVariable(
    "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", _addressing_style, "auto"
)
"""Where a bucket of S3 stands in addresses: `path`, `virtual` (in the name of the host), or `auto`."""
MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT = _optional("MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT", _seconds)
"""Seconds that one request to an object store may take, from its beginning to its end; no limit by default."""
MLFLOW_S3_IGNORE_TLS = _BooleanEnvironmentVariable("MLFLOW_S3_IGNORE_TLS", False)
"""Whether the S3 store's certificate is not checked."""
MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR = _BooleanEnvironmentVariable(
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", True
)
"""Whether long transfers show their progress."""

# Models
MLFLOW_ALLOW_PICKLE_DESERIALIZATION = _BooleanEnvironmentVariable("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", True)
"""Whether models that are pickles may be loaded."""
MLFLOW_DEFAULT_PREDICTION_DEVICE = _optional("MLFLOW_DEFAULT_PREDICTION_DEVICE", str)
"""Device that PyTorch models predict on, such as `cpu` or `cuda:0`; a GPU where there is one by default."""
MLFLOW_VERIFY_MODEL_FILES = _BooleanEnvironmentVariable("MLFLOW_VERIFY_MODEL_FILES", True)
"""Whether a model's files are compared with their digests before it is loaded."""
MLFLOW_LOG_MODEL_COMPRESSION = _optional("MLFLOW_LOG_MODEL_COMPRESSION", str)
"""How pickles of models of your own are compressed: `gzip`, `bzip2` or `lzma`; not at all by default."""
MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT = _EnvironmentVariable(
    "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", float, 120.0
)
"""Seconds that a model may take to be loaded in the process that looks at what it imports."""
MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS = _BooleanEnvironmentVariable(
    "MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS", False
)
"""Whether a model that cannot be loaded in that process is not saved."""
MLFLOW_ENV_ROOT = _EnvironmentVariable("MLFLOW_ENV_ROOT", str, "~/.mlflow/envs")
"""Folder of the environments that are built for models."""
MLFLOW_CONDA_HOME = _optional("MLFLOW_CONDA_HOME", str)
"""Folder of conda; it is looked for on the path by default."""
MLFLOW_CONDA_CREATE_ENV_CMD = _EnvironmentVariable("MLFLOW_CONDA_CREATE_ENV_CMD", str, "conda")
"""Command that makes conda environments, such as `mamba`."""
MLFLOW_UV_AUTO_DETECT = _BooleanEnvironmentVariable("MLFLOW_UV_AUTO_DETECT", True)
"""Whether requirements come from the `uv.lock` of the current folder, if there is one."""
MLFLOW_LOG_UV_FILES = _BooleanEnvironmentVariable("MLFLOW_LOG_UV_FILES", True)
"""Whether the files of a uv project are kept with the model."""

# Server
MLFLOW_BACKEND_STORE_URI = _optional("MLFLOW_BACKEND_STORE_URI", str)
"""Database of the server."""
MLFLOW_REGISTRY_STORE_URI = _optional("MLFLOW_REGISTRY_STORE_URI", str)
"""Database of the server's registry; the same by default."""
MLFLOW_DEFAULT_ARTIFACT_ROOT = _optional("MLFLOW_DEFAULT_ARTIFACT_ROOT", str)
"""Where new experiments keep artifacts."""
MLFLOW_ARTIFACTS_DESTINATION = _optional("MLFLOW_ARTIFACTS_DESTINATION", str)
"""Where the server keeps the artifacts that pass through it."""
MLFLOW_SERVE_ARTIFACTS = _BooleanEnvironmentVariable("MLFLOW_SERVE_ARTIFACTS", True)
"""Whether artifacts pass through the server."""
MLFLOW_ARTIFACTS_ONLY = _BooleanEnvironmentVariable("MLFLOW_ARTIFACTS_ONLY", False)
"""Whether the server answers for artifacts alone."""
MLFLOW_HOST = _EnvironmentVariable("MLFLOW_HOST", str, "127.0.0.1")
"""Address that the server listens on."""
MLFLOW_PORT = _EnvironmentVariable("MLFLOW_PORT", int, 5000)
"""Port that the server listens on."""
MLFLOW_WORKERS = _optional("MLFLOW_WORKERS", int)
"""Processes of the server, on PostgreSQL."""
MLFLOW_STATIC_PREFIX = _optional("MLFLOW_STATIC_PREFIX", str)
"""Path that all paths of the server are put under."""
MLFLOW_SERVER_ALLOWED_HOSTS = _optional("MLFLOW_SERVER_ALLOWED_HOSTS", str)
"""Hosts, separated by commas, that requests may name; `*` allows all."""
MLFLOW_SERVER_CORS_ALLOWED_ORIGINS = _optional("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", str)
"""Origins, separated by commas, that may write from a browser; `*` allows all."""
MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE = _BooleanEnvironmentVariable(
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE", False
)
"""Whether Host and Origin are not checked."""
MLFLOW_SERVER_X_FRAME_OPTIONS = _EnvironmentVariable("MLFLOW_SERVER_X_FRAME_OPTIONS", str, "SAMEORIGIN")
"""Value of the X-Frame-Options header; `NONE` leaves it out."""
MLFLOW_SERVER_ACCESS_LOG = _optional("MLFLOW_SERVER_ACCESS_LOG", str)
"""File that the server notes every request in, one JSON object per line; `-` for its standard error output."""
