/** A space-time trace for people: a head that names the columns, and colours where there is a terminal for them. */
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** The first line: times are virtual milliseconds, then a column for each node. */
export function traceHead(nodes: number): string {
  const columns = Array.from({ length: nodes }, (_, slot) => ` n${slot}`.padEnd(5)).join("");
  return `${"ms".padStart(10)} ${columns} [who acts] .on whose message. L leads, C is a candidate, f follows, x is down`;
}

/** Who acts stands out, leaders are green, candidates yellow, nodes that are down red; arrivals are dim. */
export function colourTrace(line: string, colour: boolean): string {
  if (!colour) return line;
  const paint = (style: Style, text: string): string => styleText(style, text, { validateStream: false });
  if (/ (invariant |everything heals)/.test(line))
    return paint(line.includes("invariant") ? ["red", "bold"] : "green", line);
  const split = line.search(/ (?:<- |[a-z]+ [a-z]|starts|crashes)/);
  const cells = line.slice(0, split < 0 ? line.length : split);
  const text = split < 0 ? "" : line.slice(split);
  const painted = cells
    .replaceAll(/L\d+/g, (cell) => paint("green", cell))
    .replaceAll(/C\d+/g, (cell) => paint("yellow", cell))
    .replaceAll(/(?<=[ [])x(?=[ \]])/g, (cell) => paint("red", cell))
    .replaceAll(/[[\].](?!\d\d)/g, (mark) => paint("bold", mark));
  return painted + (text.startsWith(" <- ") ? paint("dim", text) : text);
}
