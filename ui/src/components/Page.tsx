import { type ReactNode, useEffect } from "react";
import styles from "./Page.module.css";

interface PageProps {
  /** Goes into the browser's title: thing · place. */
  title: string;
  /** The page fills the window and scrolls inside, as tables do. */
  fill?: boolean;
  children: ReactNode;
}

export function Page({ title, fill = false, children }: PageProps) {
  useEffect(() => {
    document.title = title ? `${title} · Headrace` : "Headrace";
  }, [title]);
  return <div className={fill ? styles.fill : styles.flow}>{children}</div>;
}
