"""Whose keys, which region and which endpoint S3 is asked with: environment first, then the files of `~/.aws`."""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow._artifacts.s3_multipart import S3Credentials
from mlflow.exceptions import MissingExtra

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True)
class S3Settings:
    """What is known of an S3 account before any request.

    Attributes:
        region: Region of the bucket.
        endpoint_url: Address of the service; `None` for AWS itself.
        credentials: Gives the keys; `None` leaves it to the role of the machine.
    """

    region: str
    endpoint_url: str | None
    credentials: S3Credentials | None


class StaticCredentials:
    """Keys that stay as they are.

    Args:
        access_key_id: Public half.
        secret_access_key: Secret half.
        token: Session token of temporary keys.
    """

    def __init__(self, access_key_id: str, secret_access_key: str, token: str | None = None) -> None:
        self._keys = {
            "access_key_id": access_key_id,
            "secret_access_key": secret_access_key,
            "token": token,
            "expires_at": None,
        }

    def __call__(self) -> dict[str, Any]:
        return self._keys


def find_credentials() -> S3Settings:
    """Settings in the order in which AWS's own tools look for them.

    Raises:
        MissingExtra: The profile's keys come from a role or a sign-in, which boto3 is needed for.
    """
    environment = os.environ
    named = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
    profile = _profile(named or "default")
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or profile.get("region")
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    return S3Settings(
        region or DEFAULT_REGION, endpoint or profile.get("endpoint_url"), _credentials(named, profile)
    )


def _credentials(named: str | None, profile: dict[str, str]) -> S3Credentials | None:
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return StaticCredentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN"))
    if "aws_access_key_id" in profile and "aws_secret_access_key" in profile:
        return StaticCredentials(
            profile["aws_access_key_id"], profile["aws_secret_access_key"], profile.get("aws_session_token")
        )
    if named or {"role_arn", "sso_session", "sso_start_url", "credential_process"} & profile.keys():
        try:
            from obstore.auth.boto3 import Boto3CredentialProvider
        except ImportError:
            raise MissingExtra(
                f"The AWS profile {named or 'default'!r}", "boto3", "pip install 'headrace[aws]'"
            ) from None
        provider: S3Credentials = Boto3CredentialProvider()
        return provider
    return None


def _profile(name: str) -> dict[str, str]:
    """Fields of a profile; those of the credentials file win over those of the config file."""
    home = Path("~/.aws").expanduser()
    files = (
        (
            os.environ.get("AWS_CONFIG_FILE"),
            home / "config",
            name if name == "default" else f"profile {name}",
        ),
        (os.environ.get("AWS_SHARED_CREDENTIALS_FILE"), home / "credentials", name),
    )
    fields: dict[str, str] = {}
    for chosen, usual, section in files:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(Path(chosen).expanduser() if chosen else usual, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if parser.has_section(section):
            fields.update(parser.items(section))
    return fields
