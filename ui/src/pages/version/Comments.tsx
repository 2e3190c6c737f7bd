import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { createComment, deleteComment, listComments } from "../../api/comments";
import { ActorField, signAs } from "../../components/ActorField";
import { Button, IconButton } from "../../components/ui/Button";
import { TextArea } from "../../components/ui/Field";
import { TimeAgo } from "../../components/ui/Marks";
import { Failure, Skeleton } from "../../components/ui/States";
import { useAct } from "../../components/ui/Toast";
import { actor, useActor } from "../../state/actor";
import styles from "./Comments.module.css";

const Markdown = lazy(() => import("../../components/Markdown"));

/** What people said about a version, and a box to say more. */
export function Comments({ name, version }: { name: string; version: string }) {
  const client = useQueryClient();
  const act = useAct();
  const known = useActor();
  const [text, setText] = useState("");
  const [who, setWho] = useState(actor());
  const [busy, setBusy] = useState(false);
  const key = ["versions", "comments", name, version, known];
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => listComments(name, version, signal), refetchInterval: 15_000 });
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ["versions", "comments"] });

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    setBusy(true);
    signAs(who);
    const done = await act(() => createComment(name, version, said).then(refresh), "Comment added");
    if (done) setText("");
    setBusy(false);
  };

  return (
    <>
      {query.error && !query.data ? (
        <Failure what="The comments" error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <Skeleton lines={2} />
      ) : (
        <ul className={styles.comments} aria-label="Comments">
          {query.data.map((comment) => (
            <li key={comment.id}>
              <div className={styles.head}>
                <strong>{comment.user || "unknown"}</strong>
                <span className="muted">
                  <TimeAgo ms={comment.created} />
                  {comment.updated > comment.created && ", changed"}
                </span>
                {comment.isOwn && (
                  <IconButton
                    icon="trash"
                    label="Delete the comment"
                    className={styles.remove}
                    onClick={() => void act(() => deleteComment(comment.id).then(refresh), "Comment deleted", () => createComment(name, version, comment.text).then(refresh))}
                  />
                )}
              </div>
              <Suspense fallback={<p>{comment.text}</p>}>
                <Markdown text={comment.text} />
              </Suspense>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <TextArea label="Add a comment" rows={2} placeholder="What you found, in Markdown" value={text} onChange={(event) => setText(event.target.value)} />
        {!known && text !== "" && <ActorField value={who} onChange={setWho} />}
        {text.trim() !== "" && (
          <div className={styles.buttons}>
            <Button type="submit" look="solid" disabled={busy}>
              Comment
            </Button>
          </div>
        )}
      </form>
    </>
  );
}
