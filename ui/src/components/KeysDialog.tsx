import { Dialog } from "./ui/Dialog";
import styles from "./KeysDialog.module.css";

const KEYS: [keys: string, does: string][] = [
  ["/", "Filter box"],
  ["?", "This list"],
  ["g e", "Experiments"],
  ["g m", "Models"],
  ["g l", "Decisions, the ledger"],
  ["↑ ↓ ← →", "Move in a table"],
  ["Home End PgUp PgDn", "Ends of a row, pages of a table"],
  ["Enter", "Open; on a header: sort (Shift adds)"],
  ["Ctrl Enter", "Open in a new tab"],
  ["Space", "Select"],
  ["Shift ↑ ↓", "Extend the selection"],
  ["← →", "Close or open what is below a row"],
  ["Alt ↓", "Menu of a column or a row"],
  ["Ctrl A", "Select all loaded rows"],
  ["Esc", "Clear the selection, close, leave"],
  ["Del", "Move the selection to the trash"],
  ["1 – 9", "Tabs of a run"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
