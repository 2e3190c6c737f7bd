import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answerRequest, type PendingRequest, pendingRequests } from "../../api/transitionRequests";
import { actor } from "../../state/actor";
import { printRoute } from "../../state/routes";
import { ActorField, signAs } from "../ActorField";
import { Button } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { TextArea } from "../ui/Field";
import { TimeAgo } from "../ui/Marks";
import { useToast } from "../ui/Toast";
import styles from "./Requests.module.css";

type Answer = "approve" | "reject" | "withdraw";

const WORDS: Record<Answer, [button: string, done: string]> = {
  approve: ["Approve", "Approved"],
  reject: ["Reject", "Rejected"],
  withdraw: ["Withdraw", "Withdrawn"],
};

/** Requests that wait for somebody's answer; nothing when there are none. */
export function Requests({ model = "", version = "" }: { model?: string; version?: string }) {
  const client = useQueryClient();
  const show = useToast();
  const [answering, setAnswering] = useState<[PendingRequest, Answer]>();
  const query = useQuery({ queryKey: ["models", "requests", model, version], queryFn: ({ signal }) => pendingRequests(model, version, signal), refetchInterval: 15_000 });
  const requests = query.data ?? [];
  if (requests.length === 0) return null;
  return (
    <section className={styles.requests} aria-label="Waiting for an answer">
      <h2>Waiting for an answer</h2>
      <ul>
        {requests.map((request) => (
          <li key={request.seq}>
            <span className={styles.text}>
              <a href={`#${printRoute({ page: "version", name: request.name, version: request.version })}`}>
                {request.name} v{request.version}
              </a>{" "}
              → <strong>{request.to}</strong>
              {request.reason && <> “{request.reason}”</>}
              <span className="muted">
                {" "}
                {request.actor || "unknown"}, <TimeAgo ms={request.timestamp} />
                {request.approvals.length > 0 && `, approved by ${request.approvals.join(", ")}`}
              </span>
            </span>
            {(actor() && actor() === request.actor ? (["withdraw"] as const) : (["approve", "reject"] as const)).map((answer) => (
              <Button key={answer} onClick={() => setAnswering([request, answer])}>
                {WORDS[answer][0]}
              </Button>
            ))}
          </li>
        ))}
      </ul>
      {answering && (
        <AnswerDialog
          request={answering[0]}
          answer={answering[1]}
          onClose={() => setAnswering(undefined)}
          onDone={() => {
            const [request, answer] = answering;
            setAnswering(undefined);
            for (const key of ["models", "versions", "decisions"]) void client.invalidateQueries({ queryKey: [key] });
            show({ text: `${WORDS[answer][1]}: ${request.name} v${request.version} to ${request.to}` });
          }}
        />
      )}
    </section>
  );
}

interface AnswerDialogProps {
  request: PendingRequest;
  answer: Answer;
  onDone: () => void;
  onClose: () => void;
}

function AnswerDialog({ request, answer, onDone, onClose }: AnswerDialogProps) {
  const [reason, setReason] = useState("");
  const [who, setWho] = useState(actor());
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    signAs(who);
    try {
      await answerRequest(answer, request.seq, reason.trim());
      onDone();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`${WORDS[answer][0]} version ${request.version} for ${request.to}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextArea label="Reason" rows={3} data-autofocus value={reason} error={problem} onChange={(event) => setReason(event.target.value)} />
        <ActorField value={who} onChange={setWho} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={answer === "reject" ? "danger" : "solid"} disabled={busy}>
            {WORDS[answer][0]}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
