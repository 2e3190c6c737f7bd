import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { Button, IconButton } from "./Button";
import styles from "./Toast.module.css";

interface Message {
  text: string;
  bad?: boolean;
  undo?: () => Promise<unknown>;
}

type Show = (message: Message) => void;

const ToastContext = createContext<Show>(() => undefined);

const SECONDS = 10;

/** Shows short messages at the bottom of the page, the last one with **Undo** for ten seconds. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<(Message & { id: number })[]>([]);
  const lastId = useRef(0);
  const show = useCallback<Show>((message) => {
    lastId.current += 1;
    const id = lastId.current;
    setMessages((present) => [...present.slice(-2), { ...message, id }]);
  }, []);
  const drop = useCallback((id: number) => setMessages((present) => present.filter((each) => each.id !== id)), []);
  return (
    <ToastContext.Provider value={show}>
      {children}
      <section className={styles.stack} aria-label="Notices" aria-live="polite">
        {messages.map((message) => (
          <Toast key={message.id} message={message} onDone={() => drop(message.id)} />
        ))}
      </section>
    </ToastContext.Provider>
  );
}

function Toast({ message, onDone }: { message: Message; onDone: () => void }) {
  const show = useContext(ToastContext);
  const [held, setHeld] = useState(false);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (held) return;
    const handle = setTimeout(() => done.current(), SECONDS * 1000);
    return () => clearTimeout(handle);
  }, [held]);
  const undo = async (): Promise<void> => {
    onDone();
    try {
      await message.undo?.();
    } catch (error) {
      show({ text: `Not undone: ${error instanceof Error ? error.message : String(error)}`, bad: true });
    }
  };
  return (
    <div
      className={`${styles.toast} ${message.bad ? styles.bad : ""}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{message.text}</span>
      {message.undo && (
        <Button look="plain" onClick={() => void undo()}>
          Undo
        </Button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={onDone} />
    </div>
  );
}

export function useToast(): Show {
  return useContext(ToastContext);
}

/** Runs a change; says what was done, with its undo, or why it failed. */
export function useAct(): (change: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>) => Promise<boolean> {
  const show = useToast();
  return useMemo(
    () => async (change, done, undo) => {
      try {
        await change();
      } catch (error) {
        show({ text: error instanceof Error ? error.message : String(error), bad: true });
        return false;
      }
      show({ text: done, undo });
      return true;
    },
    [show],
  );
}
