/** A terminal with log lines that scroll and a table that stays below them. */
import { stripVTControlCharacters } from "node:util";

/** A terminal, or a part of what `process.stdout` is. */
export type Terminal = {
  readonly columns?: number;
  readonly rows?: number;
  readonly write: (text: string) => boolean;
};

export type LiveScreen = {
  /** Adds lines above the table; they show with the next draw, at most `drawMs` later. */
  readonly log: (text: string) => void;
  /** Replaces the table. */
  readonly table: (lines: readonly string[]) => void;
  /** Draws for the last time; the table stays as it is. */
  readonly close: () => void;
};

/** Between two draws; a burst of log lines is one draw. */
const drawMs = 40;

export function liveScreen(terminal: Terminal): LiveScreen {
  let logs = "";
  let lines: readonly string[] = [];
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  function draw(): void {
    clearTimeout(timer);
    timer = undefined;
    const shown = linesFor(lines, terminal.columns ?? 80, terminal.rows ?? 24);
    terminal.write(frame(drawn, logs, shown));
    drawn = shown.length;
    logs = "";
  }
  return {
    log: (text) => {
      logs += text;
      timer ??= setTimeout(draw, drawMs);
    },
    table: (next) => {
      lines = next;
      timer ??= setTimeout(draw, drawMs);
    },
    close: draw,
  };
}

/**
 * The text that replaces a table of `drawn` lines by logs and the next table. Each line is written over the old one and
 * then cleared to its end, and the terminal is told to show it all at once: nothing flickers.
 */
export function frame(drawn: number, logs: string, table: readonly string[]): string {
  const up = drawn === 0 ? "\r" : `\r\u001b[${drawn}A`;
  const clearToEnd = "\u001b[K\n";
  const body = logs.replaceAll("\n", clearToEnd) + table.map((line) => line + clearToEnd).join("");
  return `\u001b[?2026h${up}${body}\u001b[J\u001b[?2026l`;
}

/** Lines that do not wrap, and so few that the whole table stays on the screen. */
export function linesFor(lines: readonly string[], columns: number, rows: number): readonly string[] {
  const max = Math.max(1, rows - 2);
  const shown =
    lines.length <= max ? lines : [...lines.slice(0, max - 1), `... and ${lines.length - max + 1} more lines`];
  // A line as wide as the terminal would wrap on some.
  return shown.map((line) => cut(line, columns - 1));
}

function cut(line: string, columns: number): string {
  const text = stripVTControlCharacters(line);
  return text.length <= columns ? line : text.slice(0, Math.max(0, columns));
}
