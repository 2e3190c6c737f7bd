"""Numbers of the error codes, as `MlflowException(message, error_code=...)` takes them."""

from __future__ import annotations

from mlflow.exceptions import ERROR_CODE_NUMBERS


class _ErrorCode:
    """From numbers of error codes to their names, and back."""

    @staticmethod
    def Name(number: int) -> str:  # noqa: N802 - callers know it by this name
        """Name of an error code; `ValueError` for an unknown number."""
        if number not in ERROR_CODE_NUMBERS:
            raise ValueError(f"There is no error code {number}")
        return ERROR_CODE_NUMBERS[number]

    @staticmethod
    def Value(name: str) -> int:  # noqa: N802 - callers know it by this name
        """Number of an error code; `ValueError` for an unknown name."""
        numbers = {name: number for number, name in reversed(ERROR_CODE_NUMBERS.items())}
        if name not in numbers:
            raise ValueError(f"There is no error code {name!r}")
        return numbers[name]

    @staticmethod
    def keys() -> list[str]:
        """Names of all error codes."""
        return list(dict.fromkeys(ERROR_CODE_NUMBERS.values()))


ErrorCode = _ErrorCode()

INTERNAL_ERROR = ErrorCode.Value("INTERNAL_ERROR")
TEMPORARILY_UNAVAILABLE = ErrorCode.Value("TEMPORARILY_UNAVAILABLE")
IO_ERROR = ErrorCode.Value("IO_ERROR")
BAD_REQUEST = ErrorCode.Value("BAD_REQUEST")
DEADLINE_EXCEEDED = ErrorCode.Value("DEADLINE_EXCEEDED")
CANCELLED = ErrorCode.Value("CANCELLED")
RESOURCE_EXHAUSTED = ErrorCode.Value("RESOURCE_EXHAUSTED")
ABORTED = ErrorCode.Value("ABORTED")
NOT_FOUND = ErrorCode.Value("NOT_FOUND")
ALREADY_EXISTS = ErrorCode.Value("ALREADY_EXISTS")
UNAUTHENTICATED = ErrorCode.Value("UNAUTHENTICATED")
INVALID_PARAMETER_VALUE = ErrorCode.Value("INVALID_PARAMETER_VALUE")
ENDPOINT_NOT_FOUND = ErrorCode.Value("ENDPOINT_NOT_FOUND")
MALFORMED_REQUEST = ErrorCode.Value("MALFORMED_REQUEST")
INVALID_STATE = ErrorCode.Value("INVALID_STATE")
PERMISSION_DENIED = ErrorCode.Value("PERMISSION_DENIED")
FEATURE_DISABLED = ErrorCode.Value("FEATURE_DISABLED")
CUSTOMER_UNAUTHORIZED = ErrorCode.Value("CUSTOMER_UNAUTHORIZED")
REQUEST_LIMIT_EXCEEDED = ErrorCode.Value("REQUEST_LIMIT_EXCEEDED")
RESOURCE_CONFLICT = ErrorCode.Value("RESOURCE_CONFLICT")
NOT_IMPLEMENTED = ErrorCode.Value("NOT_IMPLEMENTED")
DATA_LOSS = ErrorCode.Value("DATA_LOSS")
RESOURCE_ALREADY_EXISTS = ErrorCode.Value("RESOURCE_ALREADY_EXISTS")
RESOURCE_DOES_NOT_EXIST = ErrorCode.Value("RESOURCE_DOES_NOT_EXIST")
QUOTA_EXCEEDED = ErrorCode.Value("QUOTA_EXCEEDED")
RESOURCE_LIMIT_EXCEEDED = ErrorCode.Value("RESOURCE_LIMIT_EXCEEDED")
