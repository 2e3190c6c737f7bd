"""With whose rights a served model acts, as its MLmodel file says it."""

from __future__ import annotations

from typing import Any

from mlflow.models.resources import Resource, resources_form


class UserAuthPolicy:
    """What a model does with the rights of who asks.

    Args:
        api_scopes: The scopes that it asks for.
    """

    def __init__(self, api_scopes: list[str]) -> None:
        self.api_scopes = api_scopes

    def to_dict(self) -> dict[str, Any]:
        """The form of the MLmodel file."""
        return {"api_scopes": self.api_scopes}


class SystemAuthPolicy:
    """What a model does with rights of its own.

    Args:
        resources: The resources that it uses.
    """

    def __init__(self, resources: list[Resource]) -> None:
        self.resources = resources

    def to_dict(self) -> dict[str, Any]:
        """The form of the MLmodel file."""
        return {"resources": resources_form(self.resources)}


class AuthPolicy:
    """With whose rights a model acts.

    Args:
        user_auth_policy: What it does with the rights of who asks.
        system_auth_policy: What it does with rights of its own.
    """

    def __init__(
        self,
        user_auth_policy: UserAuthPolicy | None = None,
        system_auth_policy: SystemAuthPolicy | None = None,
    ) -> None:
        self.user_auth_policy = user_auth_policy
        self.system_auth_policy = system_auth_policy

    def to_dict(self) -> dict[str, Any]:
        """The form of the MLmodel file."""
        return {
            "system_auth_policy": self.system_auth_policy.to_dict() if self.system_auth_policy else {},
            "user_auth_policy": self.user_auth_policy.to_dict() if self.user_auth_policy else {},
        }
