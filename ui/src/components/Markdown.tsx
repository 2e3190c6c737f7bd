import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";
import styles from "./Markdown.module.css";

/** Links that may be followed: the web, mail, and places on this page. Everything else stays text. */
function safeHref(href: string): string | undefined {
  return /^(https?:|mailto:|#)/i.test(href.trim()) ? href.trim() : undefined;
}

/** Markdown as elements. HTML in it is shown as text, remote pictures become links: nothing of it can run or load. */
export default function Markdown({ text }: { text: string }) {
  return <div className={styles.markdown}>{blocks(lexer(text, { gfm: true }))}</div>;
}

function blocks(tokens: readonly Token[] = []): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{one(token)}</Fragment>);
}

/** The lexer escapes some characters for HTML; React escapes again, so they are turned back. */
function plain(text: string): string {
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name] ?? "");
}

function one(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return null;
    case "heading": {
      // The page has its own h1; headings of a text begin below it.
      const Heading = `h${Math.min(6, (token as Tokens.Heading).depth + 2)}` as "h3";
      return <Heading>{blocks(token.tokens)}</Heading>;
    }
    case "paragraph":
      return <p>{blocks(token.tokens)}</p>;
    case "blockquote":
      return <blockquote>{blocks(token.tokens)}</blockquote>;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "list": {
      const { ordered, start, items } = token as Tokens.List;
      const entries = items.map((item, index) => (
        <li key={index} className={item.task ? styles.task : undefined}>
          {item.task && <input type="checkbox" disabled checked={item.checked ?? false} readOnly aria-label={item.checked ? "done" : "open"} />}
          {blocks(item.tokens)}
        </li>
      ));
      return ordered ? <ol start={start === "" ? undefined : start}>{entries}</ol> : <ul>{entries}</ul>;
    }
    case "table": {
      const { header, rows, align } = token as Tokens.Table;
      return (
        <div className={styles.table}>
          <table>
            <thead>
              <tr>
                {header.map((cell, index) => (
                  <th key={index} style={{ textAlign: align[index] ?? undefined }}>
                    {blocks(cell.tokens)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, at) => (
                <tr key={at}>
                  {cells.map((cell, index) => (
                    <td key={index} style={{ textAlign: align[index] ?? undefined }}>
                      {blocks(cell.tokens)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    case "strong":
      return <strong>{blocks(token.tokens)}</strong>;
    case "em":
      return <em>{blocks(token.tokens)}</em>;
    case "del":
      return <del>{blocks(token.tokens)}</del>;
    case "codespan":
      return <code>{plain((token as Tokens.Codespan).text)}</code>;
    case "link": {
      const href = safeHref((token as Tokens.Link).href);
      return href ? (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {blocks(token.tokens)}
        </a>
      ) : (
        blocks(token.tokens)
      );
    }
    case "image": {
      const { href: source, text } = token as Tokens.Image;
      const href = safeHref(source);
      const name = text || source;
      return href ? (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {name}
        </a>
      ) : (
        name
      );
    }
    case "text":
      return token.tokens ? blocks(token.tokens) : plain((token as Tokens.Text).text);
    case "escape":
      return plain((token as Tokens.Escape).text);
    default:
      return token.raw;
  }
}
