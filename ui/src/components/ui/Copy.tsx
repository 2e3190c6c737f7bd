import { useEffect, useState } from "react";
import { Button, IconButton } from "./Button";
import styles from "./Copy.module.css";

/** Puts text on the clipboard; without the clipboard API (plain http) through a hidden field. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  const host = document.activeElement?.closest("dialog") ?? document.body;
  host.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function useCopied(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const handle = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(handle);
  }, [copied]);
  return [copied, (text) => void copyText(text).then(() => setCopied(true))];
}

/** A small button beside an id, an address or a value. */
export function CopyIcon({ text, what }: { text: string; what: string }) {
  const [copied, copy] = useCopied();
  return <IconButton className={styles.small} icon={copied ? "check" : "copy"} label={copied ? "Copied" : `Copy ${what}`} onClick={() => copy(text)} />;
}

/** A snippet of code with a **Copy** button. */
export function Snippet({ code, label = "Code" }: { code: string; label?: string }) {
  const [copied, copy] = useCopied();
  return (
    <div className={styles.snippet}>
      <pre role="region" tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <Button className={styles.copy} onClick={() => copy(code)} icon={copied ? "check" : "copy"}>
        {copied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
