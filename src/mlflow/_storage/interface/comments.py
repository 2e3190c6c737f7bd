"""Contract: comments about versions."""

from __future__ import annotations

from typing import Protocol

from mlflow.entities.model_registry.comment import Comment


class CommentStore(Protocol):
    """Comments about versions of models. Making, changing and deleting one are events of the ledger."""

    def create(self, name: str, version: str, comment: str) -> Comment:
        """Says something about a version.

        Raises:
            ResourceDoesNotExist: There is no such version.
            InvalidParameterValue: It says nothing, or has more than 65,535 characters.
        """
        ...

    def of_version(self, name: str, version: str) -> list[Comment]:
        """Comments about a version, the oldest first.

        Raises:
            ResourceDoesNotExist: There is no such version.
        """
        ...

    def update(self, comment_id: str, comment: str) -> Comment:
        """Changes what one's own comment says.

        Raises:
            ResourceDoesNotExist: There is no such comment.
            PermissionDenied: Somebody else made it.
            InvalidParameterValue: It says nothing.
        """
        ...

    def delete(self, comment_id: str) -> None:
        """Deletes one's own comment; the ledger keeps what it said, until that is erased.

        Raises:
            ResourceDoesNotExist: There is no such comment.
            PermissionDenied: Somebody else made it.
        """
        ...
