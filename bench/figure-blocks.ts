/** Blocks of Markdown in a page that are written from run files, between comments that name run file and block. */

/** Writes the blocks of a run file, by their names. */
export type BlockWriter = (run: string, block: string) => string;

const start = /^<!-- figures: (\S+) (\S+) -->$/;
const end = "<!-- end of figures -->";

/** The page with each block anew; throws where a block has no end, or the writer knows none of its name. */
export function fillBlocks(page: string, write: BlockWriter): string {
  const filled: string[] = [];
  let open: string | undefined;
  for (const line of page.split("\n")) {
    if (open !== undefined) {
      if (start.test(line)) throw new RangeError(`${open} has no end: ${end}`);
      if (line !== end) continue;
      open = undefined;
    }
    filled.push(line);
    const [, run, block] = start.exec(line) ?? [];
    if (run === undefined || block === undefined) continue;
    filled.push("", write(run, block), "");
    open = line;
  }
  if (open !== undefined) throw new RangeError(`${open} has no end: ${end}`);
  return filled.join("\n");
}

/** A table; the first line is its head. */
export function markdownTable([head = [], ...lines]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(head), `|${"---|".repeat(head.length)}`, ...lines.map(row)].join("\n");
}
