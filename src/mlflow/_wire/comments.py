"""Wire forms: comments about versions, as the registry of Databricks has them."""

from __future__ import annotations

from mlflow._wire.shapes import Request, Response
from mlflow.entities.model_registry.comment import Comment


class WireComment(Response, omit_defaults=False):
    """A comment. `available_actions` are those of whoever asks."""

    id: str
    name: str
    version: str
    comment: str
    user_id: str
    creation_timestamp: int
    last_updated_timestamp: int
    available_actions: list[str] = []


class CreateComment(Request):
    """Says something about a version."""

    name: str
    version: str
    comment: str


class ListComments(Request):
    """Asks for the comments about a version."""

    name: str
    version: str


class UpdateComment(Request):
    """Changes what a comment says."""

    id: str
    comment: str


class DeleteComment(Request):
    """Deletes a comment."""

    id: str


class CommentReply(Response):
    """A comment."""

    comment: WireComment


class CommentsReply(Response, omit_defaults=False):
    """Comments, the oldest first."""

    comments: list[WireComment] = []


def comment_to_wire(comment: Comment, actor: str) -> WireComment:
    """A comment for a response to somebody."""
    actions = ["UPDATE_COMMENT", "DELETE_COMMENT"] if comment.user_id in ("", actor) else []
    return WireComment(**dict(comment), available_actions=actions)


def comment_from_wire(comment: WireComment) -> Comment:
    """A comment from a response."""
    return Comment(
        comment.id,
        comment.name,
        comment.version,
        comment.comment,
        comment.user_id,
        comment.creation_timestamp,
        comment.last_updated_timestamp,
    )
