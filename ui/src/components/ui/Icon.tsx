const PATHS = {
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  arrowUp: "M8 13V3M4 7l4-4 4 4",
  check: "M3 8.5 6.5 12 13 4.5",
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  dots: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  edit: "M10.5 2.8l2.7 2.7L6 12.7l-3.4.7.7-3.4z",
  file: "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
  flask: "M6 2h4M6.8 2v4.2L3 13.2c-.3.5.1 1 .6 1h8.8c.5 0 .9-.5.6-1L9.200 6.200V2M5 10h6",
  folder: "M1.800 4h4.500l1.500 1.800h6.400v7.200H1.800z",
  keyboard: "M1.500 4h13v8h-13zM4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M5 9.500h6",
  moon: "M13 9.500A5.500 5.500 0 1 1 6.500 3 4.500 4.500 0 0 0 13 9.500z",
  plus: "M8 3v10M3 8h10",
  restore: "M3 8a5 5 0 1 1 1.500 3.600M3 12V8h4",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.600 10.600 14 14",
  sun: "M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1",
  system: "M2 3h12v8H2zM6 14h4",
  trash: "M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.700 7v4M9.300 7v4",
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative line icon; the control around it carries the name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "dots" ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
