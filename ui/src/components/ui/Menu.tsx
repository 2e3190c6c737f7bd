import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import styles from "./Menu.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  danger?: boolean;
  /** For a choice among several: whether this one holds. */
  checked?: boolean;
  /** Begins another group of items. */
  apart?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  label: string;
  icon: IconName;
  items: MenuItem[];
  className?: string;
  tabIndex?: number;
}

/** An icon button that opens a menu in the browser's top layer. */
export function Menu({ label, icon, items, className, tabIndex }: MenuProps) {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        ref={trigger}
        icon={icon}
        label={label}
        className={className}
        tabIndex={tabIndex}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      />
      {open && <MenuList id={id} label={label} anchor={trigger.current} items={items} onClose={() => setOpen(false)} />}
    </>
  );
}

interface MenuListProps {
  id: string;
  label: string;
  anchor: HTMLElement | null;
  items: MenuItem[];
  onClose: () => void;
}

function MenuList({ id, label, anchor, items, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const menu = list.current;
    if (!menu || !anchor) return;
    menu.showPopover();
    const around = anchor.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const left = Math.min(around.left, window.innerWidth - width - 8);
    const below = around.bottom + 4;
    menu.style.left = `${Math.max(8, left)}px`;
    menu.style.top = `${below + height > window.innerHeight - 8 ? Math.max(8, around.top - height - 4) : below}px`;
    menu.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !menu.contains(event.target) && !anchor.contains(event.target)) onClose();
    };
    // What it belongs to moves away under it.
    const scrolled = (event: Event): void => {
      if (event.target !== menu) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", scrolled, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", scrolled, true);
    };
  }, [anchor, onClose]);

  const close = (): void => {
    onClose();
    anchor?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, number> = {
      ArrowDown: (at + 1) % entries.length,
      ArrowUp: (at - 1 + entries.length) % entries.length,
      Home: 0,
      End: entries.length - 1,
    };
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    } else if (event.key in moves) {
      event.preventDefault();
      entries[moves[event.key] ?? 0]?.focus();
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      [...entries.slice(at + 1), ...entries].find((entry) => entry.textContent?.toLowerCase().startsWith(letter))?.focus();
    }
  };

  const hasMarks = items.some((item) => item.checked !== undefined);
  return (
    <div ref={list} id={id} popover="manual" role="menu" aria-label={label} className={styles.menu} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.checked}
          tabIndex={-1}
          className={`${styles.item} ${item.danger ? styles.danger : ""} ${item.apart ? styles.apart : ""}`}
          onClick={(event) => {
            event.stopPropagation();
            close();
            item.onSelect();
          }}
        >
          <MenuMark item={item} hasMarks={hasMarks} />
          {item.label}
        </button>
      ))}
    </div>
  );
}

function MenuMark({ item, hasMarks }: { item: MenuItem; hasMarks: boolean }): ReactNode {
  if (hasMarks) return <span className={styles.mark}>{item.checked && <Icon name="check" />}</span>;
  return item.icon ? <Icon name={item.icon} /> : null;
}
