"""Secrets of webhooks."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

import pytest

from mlflow._webhooks.secrets import opened, sealed, signature_of
from mlflow.exceptions import InvalidParameterValue, InvalidState

KEY = "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"


def test_a_signature_is_that_of_id_time_and_body() -> None:
    expected = base64.b64encode(hmac.new(b"s", b"id.12.{}", sha256).digest()).decode()
    assert signature_of("s", "id", "12", "{}") == f"v1,{expected}"


def test_secrets_are_encrypted_where_there_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(sealed("s3cret")) == "s3cret"
    fernet = pytest.importorskip("cryptography.fernet").Fernet
    plain = sealed("s3cret")
    monkeypatch.setenv(KEY, fernet.generate_key().decode())
    stored = sealed("s3cret")
    assert "s3cret" not in stored
    assert (opened(stored), opened(plain)) == ("s3cret", "s3cret")
    monkeypatch.setenv(KEY, fernet.generate_key().decode())
    with pytest.raises(InvalidState, match=KEY):
        opened(stored)
    monkeypatch.delenv(KEY)
    with pytest.raises(InvalidState, match=KEY):
        opened(stored)
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(InvalidParameterValue, match="Fernet"):
        sealed("s3cret")
