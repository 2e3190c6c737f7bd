import { formatNumber, splitDecimal } from "../../lib/numbers";
import styles from "./Num.module.css";

interface NumProps {
  value: number;
  digits?: number;
  /** Characters to keep free for decimals, so that the points of a column stand in line. */
  fraction?: number;
}

/** A number as people read it, in full on hover. */
export function Num({ value, digits, fraction }: NumProps) {
  const [whole, decimals] = splitDecimal(formatNumber(value, digits));
  return (
    <span className={styles.number} title={String(value)}>
      {whole}
      {fraction && Number.isFinite(value) ? (
        <span className={styles.fraction} style={{ minWidth: `${fraction}ch` }}>
          {decimals}
        </span>
      ) : (
        decimals
      )}
    </span>
  );
}
