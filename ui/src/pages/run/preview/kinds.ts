/** How a file is shown, by its name. */

export type PreviewKind = "image" | "audio" | "video" | "html" | "markdown" | "json" | "table" | "text" | "other";

const EXTENSIONS: Record<string, PreviewKind> = {};
const add = (kind: PreviewKind, names: string): void => {
  for (const name of names.split(" ")) EXTENSIONS[name] = kind;
};
add("image", "png jpg jpeg gif webp svg bmp ico avif");
add("audio", "mp3 wav ogg flac m4a");
add("video", "mp4 webm mov m4v");
add("html", "html htm");
add("markdown", "md markdown");
add("json", "json geojson ipynb");
add("table", "csv tsv");
add(
  "text",
  "txt log err out cfg conf cnf cf ini properties prop hocon toml yaml yml xml py py3 pyi r rmd jl js ts tsx jsx css sql sh bash " +
    "java scala go rs c h cpp hpp cs kt swift rb php lua tf tex rst patch diff jsonl ndjson lock env dockerfile makefile gitignore",
);

const NAMES: Record<string, PreviewKind> = {
  MLmodel: "text",
  MLproject: "text",
  Dockerfile: "text",
  Makefile: "text",
  LICENSE: "text",
  README: "text",
};

export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return NAMES[name] ?? (dot < 0 ? "other" : (EXTENSIONS[name.slice(dot + 1).toLowerCase()] ?? "other"));
}

/** Whether bytes are text: valid UTF-8 without control characters. A character cut at the end does no harm. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The first bytes as a hex dump: offset, bytes, characters. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const slice = [...bytes.subarray(start, start + 16)];
    const hex = slice.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = slice.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${start.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}
