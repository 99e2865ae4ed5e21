// The contrast of the colours, computed: WCAG 2.2 wants 4.5:1 for text (1.4.3) and 3:1 for the edges of controls (1.4.11).
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const css = readFileSync("src/styles.css", "utf8");

function colours(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

test.each([":root", ':root[data-theme="dark"]'])("%s is readable", (selector) => {
  const palette = colours(selector);
  const of = (name: string) => palette.get(name) ?? "#";
  const tooFaint: string[] = [];
  const check = (text: string, ground: string, least: number) => {
    const found = contrast(of(text), of(ground));
    if (!(found >= least)) tooFaint.push(`${text} on ${ground}: ${found.toFixed(2)}`);
  };
  for (const ground of ["canvas", "surface", "sunken", "hover"]) {
    for (const text of ["ink", "muted", "accent", "danger", "high", "medium", "low"]) check(text, ground, 4.5);
    check("edge", ground, 3);
  }
  check("on-accent", "accent", 4.5);
  check("on-accent", "accent-hover", 4.5);
  check("canvas", "ink", 4.5);
  check("accent", "accent-soft", 3);
  expect(tooFaint).toEqual([]);
});
