import { useMemo, useState } from "react";
import { Button } from "../../../components/ui/Button";
import { formatCount } from "../../../lib/numbers";
import { delimiterOf, parseCsv } from "./csv";
import styles from "./Preview.module.css";

const STEP = 200;

/** CSV as a table, more rows on demand. */
export function TableView({ text, path, isCut }: { text: string; path: string; isCut: boolean }) {
  const rows = useMemo(() => {
    const parsed = parseCsv(text, delimiterOf(path, text));
    // The last line of a cut file is probably half a line.
    return isCut ? parsed.slice(0, -1) : parsed;
  }, [text, path, isCut]);
  const [count, setCount] = useState(STEP);
  const [header = [], ...body] = rows;
  const numeric = header.map((_, column) => body.slice(0, 50).every((row) => row[column] === undefined || row[column] === "" || !Number.isNaN(Number(row[column]))));
  return (
    <>
      <div className={styles.tableWrap} tabIndex={0} role="region" aria-label="Table">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" className={styles.index}>
                #
              </th>
              {header.map((cell, index) => (
                <th key={index} scope="col" className={numeric[index] ? styles.number : undefined}>
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.slice(0, count).map((row, at) => (
              <tr key={at}>
                <td className={styles.index}>{at + 1}</td>
                {row.map((cell, index) => (
                  <td key={index} className={numeric[index] ? styles.number : undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.cut}>
        {formatCount(Math.min(count, body.length))} of {formatCount(body.length)} rows
        {count < body.length && (
          <Button look="quiet" onClick={() => setCount(count + 1000)}>
            Show more
          </Button>
        )}
      </p>
    </>
  );
}
