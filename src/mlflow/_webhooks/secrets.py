"""Secrets of webhooks: how they are kept, and how deliveries are signed with them."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

from mlflow.environment_variables import MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY
from mlflow.exceptions import InvalidParameterValue, InvalidState, MissingExtra

_PLAIN, _FERNET = "plain:", "fernet:"


def sealed(secret: str) -> str:
    """A secret as it is stored: encrypted, where there is a key for that."""
    key = MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.get()
    if not key:
        return _PLAIN + secret
    return _FERNET + str(_fernet(key).encrypt(secret.encode()).decode())


def opened(stored: str) -> str:
    """A secret from its stored form.

    Raises:
        InvalidState: It was encrypted with a key that is not there.
    """
    if stored.startswith(_PLAIN):
        return stored.removeprefix(_PLAIN)
    key = MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.get()
    if key:
        from cryptography.fernet import InvalidToken

        try:
            return str(_fernet(key).decrypt(stored.removeprefix(_FERNET).encode()).decode())
        except InvalidToken:
            pass
    raise InvalidState(
        "The secret of a webhook was encrypted with another key: set MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY to that one, "
        "or give the webhook a new secret"
    )


def signature_of(secret: str, delivery_id: str, timestamp: str, body: str) -> str:
    """What the header X-MLflow-Signature says."""
    signed = f"{delivery_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), signed, sha256)).decode()


def _fernet(key: str):  # type: ignore[no-untyped-def]  # an optional package has its type
    try:
        from cryptography.fernet import Fernet
    except ImportError:
        raise MissingExtra("Encrypting the secrets of webhooks", "cryptography") from None
    try:
        return Fernet(key)
    except ValueError:
        raise InvalidParameterValue(
            "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY is no Fernet key: 32 bytes, in URL-safe base64"
        ) from None
