"""Handlers: comments about versions."""

from __future__ import annotations

from mlflow._base.attribution import current_attribution
from mlflow._wire import comments as wire
from mlflow._wire.shapes import Empty
from mlflow.server.context import Context
from mlflow.server.routes import Handler


def create_comment(context: Context, request: wire.CreateComment) -> wire.CommentReply:
    comment = context.store.comments.create(request.name, request.version, request.comment)
    return wire.CommentReply(wire.comment_to_wire(comment, current_attribution().actor))


def list_comments(context: Context, request: wire.ListComments) -> wire.CommentsReply:
    actor = current_attribution().actor
    found = context.store.comments.of_version(request.name, request.version)
    return wire.CommentsReply([wire.comment_to_wire(item, actor) for item in found])


def update_comment(context: Context, request: wire.UpdateComment) -> wire.CommentReply:
    comment = context.store.comments.update(request.id, request.comment)
    return wire.CommentReply(wire.comment_to_wire(comment, current_attribution().actor))


def delete_comment(context: Context, request: wire.DeleteComment) -> Empty:
    context.store.comments.delete(request.id)
    return Empty()


HANDLERS: dict[str, Handler] = {
    "create_comment": create_comment,
    "list_comments": list_comments,
    "update_comment": update_comment,
    "delete_comment": delete_comment,
}
