"""Comments on a server."""

from __future__ import annotations

from mlflow._storage.rest.calls import Calls
from mlflow._storage.validation import check_version_number
from mlflow._wire import comments as wire
from mlflow._wire.shapes import Empty
from mlflow.entities.model_registry.comment import Comment


class RestComments:
    """Comments on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    def create(self, name: str, version: str, comment: str) -> Comment:
        reply = self._call("create_comment", wire.CreateComment(name, version, comment), wire.CommentReply)
        return wire.comment_from_wire(reply.comment)

    def of_version(self, name: str, version: str) -> list[Comment]:
        check_version_number(version)
        reply = self._call("list_comments", wire.ListComments(name, version), wire.CommentsReply)
        return [wire.comment_from_wire(item) for item in reply.comments]

    def update(self, comment_id: str, comment: str) -> Comment:
        reply = self._call("update_comment", wire.UpdateComment(comment_id, comment), wire.CommentReply)
        return wire.comment_from_wire(reply.comment)

    def delete(self, comment_id: str) -> None:
        self._call("delete_comment", wire.DeleteComment(comment_id), Empty)
