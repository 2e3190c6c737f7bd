import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** The custom properties of one theme, from the file that the pages use. */
function tokens(theme: "light" | "dark"): Record<string, string> {
  const block = new RegExp(`data-theme="${theme}"\\]\\s*{([^}]*)}`).exec(css)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, (value ?? "").trim()]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const BACKGROUNDS = ["bg", "surface", "hover", "selected"];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const token = tokens(theme);
  const ratio = (text: string, background: string): number => contrast(token[text] ?? "", token[background] ?? "");

  it("has the tokens of the other theme too", () => {
    expect(Object.keys(token).sort()).toEqual(Object.keys(tokens(theme === "light" ? "dark" : "light")).sort());
  });

  it.each(["text", "text-2", "link", "ok", "warn", "bad"])("%s is readable on every background", (name) => {
    for (const background of BACKGROUNDS) expect(ratio(name, background), background).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["ok", "warn", "bad"])("%s and text are readable on its tint", (name) => {
    expect(ratio(name, `${name}-tint`)).toBeGreaterThanOrEqual(4.5);
    expect(ratio("text", `${name}-tint`)).toBeGreaterThanOrEqual(4.5);
  });

  it("solid buttons are readable", () => {
    expect(ratio("on-link", "link")).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["ok", "warn", "bad"])("words on solid %s are readable", (name) => {
    expect(ratio("on-status", name)).toBeGreaterThanOrEqual(4.5);
  });

  it("outlines of controls can be seen", () => {
    for (const background of BACKGROUNDS) expect(ratio("outline", background), background).toBeGreaterThanOrEqual(3);
  });

  it("eight series can be seen on charts", () => {
    const series = (token.series ?? "").split(" ");
    expect(series).toHaveLength(8);
    for (const color of series) {
      for (const background of ["bg", "surface"]) {
        expect(contrast(color, token[background] ?? ""), `${color} on ${background}`).toBeGreaterThanOrEqual(3);
      }
    }
  });
});
