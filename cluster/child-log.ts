/** How what a node prints is shown: for people on a terminal, as it is elsewhere. */
import { stripVTControlCharacters } from "node:util";
import { prettyFactory } from "pino-pretty";
import { isTable } from "./settings/layers.ts";

/** Colours told apart on light and dark grounds: cyan, yellow, green, magenta, blue, red. */
const colours = [36, 33, 32, 35, 34, 31] as const;

export type ChildLog = {
  /** Shows one line of the node at `index`, or of the launcher itself (undefined). */
  readonly show: (index: number | undefined, line: string) => Shown;
};

/** Text with its line ends; JSON lines outside of a terminal are data, everything else is talk. */
export type Shown = { readonly kind: "data" | "talk"; readonly text: string };

export function childLog(
  names: readonly string[],
  { pretty, colour }: { readonly pretty: boolean; readonly colour: boolean },
): ChildLog {
  const own = "juno";
  const width = Math.max(own.length, ...names.map((name) => name.length));
  const format = prettyFactory({
    colorize: colour,
    ignore: "pid,hostname,name,node",
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
  });
  const prefixOf = (index: number | undefined) => {
    const padded = `${(index === undefined ? own : (names[index] ?? "")).padEnd(width)} | `;
    return colour ? `\u001b[${index === undefined ? 1 : colours[index % colours.length]}m${padded}\u001b[0m` : padded;
  };
  return {
    show: (index, line) => {
      const record = parseRecord(line);
      if (record !== undefined && !pretty) return { kind: "data", text: `${line}\n` };
      const text = record === undefined ? plain(line) : format(record);
      const prefix = prefixOf(index);
      const lines = text.trimEnd().split("\n");
      return { kind: "talk", text: lines.map((part) => `${prefix}${part}\n`).join("") };
    },
  };
}

function parseRecord(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isTable(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without what would move the cursor or colour the rest of the screen. */
function plain(line: string): string {
  return stripVTControlCharacters(line).replace(/\p{Cc}/gu, (it) => (it === "\t" ? " " : ""));
}
