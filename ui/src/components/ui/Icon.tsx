const PATHS = {
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  arrowUp: "M8 13V3M4 7l4-4 4 4",
  check: "M3 8.5 6.5 12 13 4.5",
  book: "M3 2.500h8.500a1.500 1.500 0 0 1 1.500 1.500v9.500H4.500A1.500 1.500 0 0 1 3 12zM3 12a1.500 1.500 0 0 1 1.500-1.500H13M6 5.500h4",
  chevron: "M6 4l4 4-4 4",
  chevronDown: "M4 6l4 4 4-4",
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
  group: "M2 3.500h12M5 8h9M5 12.500h9M2 8h.01M2 12.500h.01",
  model: "M8 1.800l5.500 3.100v6.200L8 14.200l-5.500-3.100V4.900zM2.700 5 8 8l5.300-3M8 8v6",
  moon: "M13 9.500A5.500 5.500 0 1 1 6.500 3 4.500 4.500 0 0 0 13 9.500z",
  plus: "M8 3v10M3 8h10",
  restore: "M3 8a5 5 0 1 1 1.500 3.600M3 12V8h4",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.600 10.600 14 14",
  sun: "M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1",
  system: "M2 3h12v8H2zM6 14h4",
  tree: "M3 2.500v9.500h4M3 6.500h4M9 6.500h4.500M9 12h4.500M5.500 2.500h8",
  trash: "M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9M6.700 7v4M9.300 7v4",
  user: "M8 7.500a2.750 2.750 0 1 0 0-5.500 2.750 2.750 0 0 0 0 5.500zM2.800 14a5.200 5.200 0 0 1 10.400 0",
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
