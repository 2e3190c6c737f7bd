"""The part of `MlflowClient` by which people agree: requests to move versions, and comments."""

from __future__ import annotations

from mlflow._base.attribution import explained
from mlflow._storage.interface.store import Store
from mlflow.entities.model_registry.comment import Comment
from mlflow.entities.model_registry.decision import Decision
from mlflow.entities.model_registry.transition_request import TransitionRequest


class ApprovalClient:
    """Requests to move versions, which somebody else approves or rejects, and comments about versions."""

    @property
    def _registry(self) -> Store:
        raise NotImplementedError  # the client that this is a part of has it

    def request_transition(
        self,
        name: str,
        version: str | int,
        to: str,
        archive_existing_versions: bool = False,
        *,
        reason: str | None = None,
        ticket: str | None = None,
    ) -> TransitionRequest:
        """Asks that a version gets a stage, or an alias as `"@champion"`; somebody else approves or rejects it.

        Args:
            name: Name of the registered model.
            version: Number of the version.
            to: The stage or alias.
            archive_existing_versions: Whether other versions in that stage are archived in the same step.
            reason: Why.
            ticket: Where it was decided.
        """
        with explained(reason, ticket):
            return self._registry.transition_requests.create(
                name, str(version), to, archive_existing_versions
            )

    def get_pending_requests(
        self, name: str | None = None, version: str | int | None = None
    ) -> list[TransitionRequest]:
        """Requests that wait for an answer, the oldest first: all, of a model, or of a version."""
        return self._registry.transition_requests.pending(name or "", "" if version is None else str(version))

    def approve_request(
        self, request: int, *, reason: str | None = None, ticket: str | None = None
    ) -> Decision:
        """Agrees to a request: the version moves once as many others agreed as the policies ask for.

        Args:
            request: Number of the request.
            reason: Why; that of the request by default.
            ticket: Where it was decided.

        Returns:
            The event of the move, or of the approval if more are needed.
        """
        with explained(reason, ticket):
            return self._registry.transition_requests.approve(request)

    def reject_request(
        self, request: int, *, reason: str | None = None, ticket: str | None = None
    ) -> Decision:
        """Closes a request without doing what it asks for."""
        with explained(reason, ticket):
            return self._registry.transition_requests.reject(request)

    def withdraw_request(
        self, request: int, *, reason: str | None = None, ticket: str | None = None
    ) -> Decision:
        """Takes one's own request back."""
        with explained(reason, ticket):
            return self._registry.transition_requests.withdraw(request)

    def create_comment(self, name: str, version: str | int, comment: str) -> Comment:
        """Says something about a version."""
        return self._registry.comments.create(name, str(version), comment)

    def get_comments(self, name: str, version: str | int) -> list[Comment]:
        """Comments about a version, the oldest first."""
        return self._registry.comments.of_version(name, str(version))

    def update_comment(self, comment_id: str, comment: str) -> Comment:
        """Changes what one's own comment says."""
        return self._registry.comments.update(comment_id, comment)

    def delete_comment(self, comment_id: str) -> None:
        """Deletes one's own comment."""
        self._registry.comments.delete(comment_id)
