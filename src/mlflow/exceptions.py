"""Every error that Headrace raises, in one tree.

::

    MlflowException                       INTERNAL_ERROR               500
    ├── BadRequest                        BAD_REQUEST                  400
    ├── InvalidParameterValue             INVALID_PARAMETER_VALUE      400
    │   └── _search.errors.FilterSyntaxError
    ├── ResourceAlreadyExists             RESOURCE_ALREADY_EXISTS      400
    ├── Unauthenticated                   UNAUTHENTICATED              401
    ├── PermissionDenied                  PERMISSION_DENIED            403
    │   └── PolicyNotMet                  PERMISSION_DENIED            422
    ├── ResourceDoesNotExist              RESOURCE_DOES_NOT_EXIST      404
    ├── EndpointNotFound                  ENDPOINT_NOT_FOUND           404
    ├── ResourceConflict                  RESOURCE_CONFLICT            409
    ├── RequestLimitExceeded              REQUEST_LIMIT_EXCEEDED       429
    ├── InvalidState                      INVALID_STATE                500
    ├── DataLoss                          DATA_LOSS                    500
    ├── NotSupported                      NOT_IMPLEMENTED              501
    │   └── MlflowNotImplementedException
    ├── TemporarilyUnavailable            TEMPORARILY_UNAVAILABLE      503
    ├── StorageUnavailable                TEMPORARILY_UNAVAILABLE      503
    │   └── OutcomeUnknown
    ├── MissingExtra (also ImportError)   BAD_REQUEST                  400
    ├── RestException                     as the server said
    ├── ExecutionException                INTERNAL_ERROR               500
    ├── MissingConfigException            INTERNAL_ERROR               500
    └── InvalidUrlException               INTERNAL_ERROR               500

A message names the thing and the remedy, and never holds SQL, credentials or a stack trace.
"""

from __future__ import annotations

import json
from typing import Any

# Numbers are the wire protocol's; `MlflowException(message, error_code=...)` takes either form.
ERROR_CODE_NUMBERS: dict[int, str] = {
    1: "INTERNAL_ERROR",
    2: "TEMPORARILY_UNAVAILABLE",
    3: "IO_ERROR",
    4: "BAD_REQUEST",
    7: "DEADLINE_EXCEEDED",
    8: "CANCELLED",
    9: "RESOURCE_EXHAUSTED",
    10: "ABORTED",
    11: "NOT_FOUND",
    12: "ALREADY_EXISTS",
    13: "UNAUTHENTICATED",
    1000: "INVALID_PARAMETER_VALUE",
    1001: "ENDPOINT_NOT_FOUND",
    1002: "MALFORMED_REQUEST",
    1003: "INVALID_STATE",
    1004: "PERMISSION_DENIED",
    1005: "FEATURE_DISABLED",
    1006: "CUSTOMER_UNAUTHORIZED",
    1007: "REQUEST_LIMIT_EXCEEDED",
    1008: "RESOURCE_CONFLICT",
    1009: "UNPARSEABLE_HTTP_ERROR",
    1010: "NOT_IMPLEMENTED",
    1011: "DATA_LOSS",
    2001: "INVALID_STATE_TRANSITION",
    2002: "COULD_NOT_ACQUIRE_LOCK",
    3001: "RESOURCE_ALREADY_EXISTS",
    3002: "RESOURCE_DOES_NOT_EXIST",
    4001: "QUOTA_EXCEEDED",
    5002: "RESOURCE_LIMIT_EXCEEDED",
}

HTTP_STATUS: dict[str, int] = {
    "INVALID_PARAMETER_VALUE": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "BAD_REQUEST": 400,
    "UNAUTHENTICATED": 401,
    "CUSTOMER_UNAUTHORIZED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "NOT_FOUND": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""HTTP status of each error code; a code that is not listed is 500."""

_CODE_OF_STATUS: dict[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "RESOURCE_CONFLICT",
    429: "REQUEST_LIMIT_EXCEEDED",
    499: "CANCELLED",
    500: "INTERNAL_ERROR",
    501: "NOT_IMPLEMENTED",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

_SQLSTATE: dict[str, tuple[str, str]] = {
    "INVALID_PARAMETER_VALUE": ("KAM00", "INVALID_PARAMETER_VALUE"),
    "BAD_REQUEST": ("KAM00", "INVALID_PARAMETER_VALUE"),
    "RESOURCE_ALREADY_EXISTS": ("KAM00", "RESOURCE_ALREADY_EXISTS"),
    "RESOURCE_DOES_NOT_EXIST": ("KAM00", "RESOURCE_NOT_FOUND"),
    "INTERNAL_ERROR": ("XXM00", "CLIENT_INTERNAL_ERROR"),
    "INVALID_STATE": ("XXM00", "CLIENT_INTERNAL_ERROR"),
}


class MlflowException(Exception):
    """Base of every error that Headrace raises on purpose.

    Args:
        message: What is wrong with which thing, and what to do about it.
        error_code: Name of an error code, or its number on the wire (1 is `INTERNAL_ERROR`).
        sqlstate: SQLSTATE of the error, where the code has one.
        error_class: Finer class of the error, where the code has one.
        **kwargs: Further fields of the JSON form.

    Attributes:
        error_code: Name of the error code.
        message: The message.
        retry_after_s: How long a server asked to wait before the same is tried again, if it did.
    """

    default_code = "INTERNAL_ERROR"
    retry_after_s: float | None = None

    def __init__(
        self,
        message: object,
        error_code: int | str | None = None,
        sqlstate: str | None = None,
        error_class: str | None = None,
        **kwargs: Any,
    ) -> None:
        if error_code is None:
            error_code = self.default_code
        if not isinstance(error_code, str):
            error_code = ERROR_CODE_NUMBERS.get(error_code, "INTERNAL_ERROR")
        self.error_code: str = error_code
        self.message = str(message)
        known = _SQLSTATE.get(error_code, (None, None))
        self.sqlstate = sqlstate if sqlstate is not None else known[0]
        self.error_class = error_class if error_class is not None else known[1]
        self.json_kwargs = kwargs
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__))

    def get_http_status_code(self) -> int:
        """HTTP status that this error is answered with."""
        return HTTP_STATUS.get(self.error_code, 500)

    def as_dict(self) -> dict[str, Any]:
        """The error body of the wire protocol."""
        body: dict[str, Any] = {"error_code": self.error_code, "message": self.message}
        if self.sqlstate:
            body["sqlstate"] = self.sqlstate
        if self.error_class:
            body["error_class"] = self.error_class
        body.update(self.json_kwargs)
        return body

    def serialize_as_json(self) -> str:
        """The error body of the wire protocol, as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def invalid_parameter_value(cls, message: str, **kwargs: Any) -> MlflowException:
        """An error with the code `INVALID_PARAMETER_VALUE`."""
        return InvalidParameterValue(message, **kwargs)


def _rebuild(cls: type[MlflowException], message: str, state: dict[str, Any]) -> MlflowException:
    error = cls.__new__(cls)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class BadRequest(MlflowException):
    """The request cannot be carried out as it stands."""

    default_code = "BAD_REQUEST"


class InvalidParameterValue(MlflowException):
    """A value is missing, malformed or out of its limits."""

    default_code = "INVALID_PARAMETER_VALUE"


class ResourceAlreadyExists(MlflowException):
    """Something of that name exists already."""

    default_code = "RESOURCE_ALREADY_EXISTS"


class Unauthenticated(MlflowException):
    """The caller did not say who they are, or could not prove it."""

    default_code = "UNAUTHENTICATED"


class PermissionDenied(MlflowException):
    """The caller may not do this."""

    default_code = "PERMISSION_DENIED"


class PolicyNotMet(PermissionDenied):
    """A policy of the registry does not allow it; `json_kwargs["rules"]` are the rules that are not met."""

    def get_http_status_code(self) -> int:
        return 422


class ResourceDoesNotExist(MlflowException):
    """Nothing of that id or name exists."""

    default_code = "RESOURCE_DOES_NOT_EXIST"


class EndpointNotFound(MlflowException):
    """The server has no such path."""

    default_code = "ENDPOINT_NOT_FOUND"


class ResourceConflict(MlflowException):
    """The thing changed in between, or something else needs it."""

    default_code = "RESOURCE_CONFLICT"


class RequestLimitExceeded(MlflowException):
    """Too much at once; try again later."""

    default_code = "REQUEST_LIMIT_EXCEEDED"


class InvalidState(MlflowException):
    """The thing is not in a state that allows this."""

    default_code = "INVALID_STATE"


class DataLoss(MlflowException):
    """Stored data cannot be read back."""

    default_code = "DATA_LOSS"


class NotSupported(MlflowException):
    """This store, server or build cannot do that."""

    default_code = "NOT_IMPLEMENTED"


class MlflowNotImplementedException(NotSupported):
    """The name that MLflow gives to what a store cannot do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


class TemporarilyUnavailable(MlflowException):
    """The service cannot answer now; the same call may succeed later."""

    default_code = "TEMPORARILY_UNAVAILABLE"


class StorageUnavailable(TemporarilyUnavailable):
    """The database or disk refused: full, read-only, locked, corrupted or unreachable."""


class OutcomeUnknown(StorageUnavailable):
    """The connection to the database broke during a commit: whether the change was stored is not known."""


class MissingExtra(MlflowException, ImportError):
    """A call needs an optional package that is not installed.

    Args:
        feature: What was asked for, as a noun phrase.
        package: The distribution that is missing.
        command: The command that installs it; `pip install <package>` by default.
    """

    default_code = "BAD_REQUEST"

    def __init__(self, feature: str, package: str, command: str | None = None) -> None:
        self.feature = feature
        self.package = package
        self.command = command or f"pip install {package}"
        super().__init__(
            f"{feature} needs the package {package!r}, which is not installed. Run: {self.command}"
        )


class RestException(MlflowException):
    """An error that a server answered with.

    Args:
        json: The error body: `error_code`, `message` and what else the server sent.
    """

    def __init__(self, json: dict[str, Any]) -> None:
        self.json = json
        code = json.get("error_code", "INTERNAL_ERROR")
        if isinstance(code, int):
            code = get_error_code(code)
        text = f"{code}: {json['message']}" if "message" in json else f"{code}: Response: {json}"
        super().__init__(text, error_code=code)

    def __reduce__(self) -> tuple[Any, ...]:
        return RestException, (self.json,)


class ExecutionException(MlflowException):
    """A project could not be run, or its run failed."""


class MissingConfigException(MlflowException):
    """A file that should hold configuration is not there."""


class InvalidUrlException(MlflowException):
    """A URL cannot be used."""


def get_error_code(http_status: int) -> str:
    """Error code that stands for an HTTP status, for servers that send only the status."""
    return _CODE_OF_STATUS.get(http_status, "INTERNAL_ERROR")
