/** What may be typed at the prompt: help, and completion with Tab. */
import { commandExamples, commandWords } from "../hopper/demo/command-words.ts";

export const replHelp: string = [
  "Commands of the ledger:",
  ...commandWords.map((word) => `  ${commandExamples[word]}`),
  "Measurements (Acct1 and Acct2 must exist, and Acct1 hold enough):",
  "  batch test:1000     1000 transfers in few messages",
  "  many test:1000      1000 transfers in a message each",
  "Of this prompt:",
  "  status              connections, repeats, refused answers",
  "  help                this list",
  "  exit                ends, as Ctrl-D does; Ctrl-C gives up a running command",
].join("\n");

/** First words of a line, as Tab completes them. */
const firstWords: readonly string[] = [
  ...commandWords.map((word) => (word === "transfer" ? "transfer(" : word === "ObserveAccounts" ? word : `${word} `)),
  "batch test:",
  "many test:",
  "status",
  "help",
  "exit",
];

/** Candidates for the end of a line, and the part of the line they stand for, as readline wants them. */
export function complete(line: string, accounts: ReadonlySet<string>): [string[], string] {
  const first = firstWords.filter((word) => word.startsWith(line));
  if (first.length > 0) return [first, line];
  // Looked for from the end: a pattern that ends in $ would try each place of a long line.
  let start = line.length;
  while (start > 0 && !/[\s(,>]/.test(line[start - 1] ?? "")) start--;
  const part = line.slice(start);
  if (part.length === line.length) return [[], line];
  return [[...accounts].filter((name) => name.startsWith(part)).sort(), part];
}
