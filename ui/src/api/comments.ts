import { call } from "./client";
import type { WireComment } from "./schema";

/** What somebody said about a version. */
export interface Comment {
  id: string;
  text: string;
  user: string;
  created: number;
  updated: number;
  /** Whether whoever asks may change it. */
  isOwn: boolean;
}

function commentOf(comment: WireComment): Comment {
  const actions = comment.available_actions ?? [];
  return {
    id: comment.id,
    text: comment.comment,
    user: comment.user_id,
    created: comment.creation_timestamp,
    updated: comment.last_updated_timestamp,
    isOwn: actions.some((action) => /DELETE|UPDATE/.test(action)),
  };
}

/** The oldest first. */
export async function listComments(name: string, version: string, signal?: AbortSignal): Promise<Comment[]> {
  return ((await call("GET mlflow/comments/list", { name, version }, signal)).comments ?? []).map(commentOf);
}

export async function createComment(name: string, version: string, comment: string): Promise<void> {
  await call("POST mlflow/comments/create", { name, version, comment });
}

export async function deleteComment(id: string): Promise<void> {
  await call("DELETE mlflow/comments/delete", { id });
}
