/** A progress bar of one line, for people at a terminal; elsewhere it is silent. */

/** `process.stderr`, or what looks like it. */
export type ProgressStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
};

export type Progress = {
  /** Tells how many of `total` are done; draws at most ten times a second. */
  update(done: number, total: number): void;
  /** Clears the line. */
  finish(): void;
};

const drawMs = 100;
const barColumns = 24;
const clearLine = "\r\u001b[K";

/** `unit` is the plural of what is counted; `noColor` as the variable NO_COLOR of the environment. */
export function createProgress(stream: ProgressStream, unit: string, noColor: string | undefined): Progress {
  if (stream.isTTY !== true) return { update: () => undefined, finish: () => undefined };
  const colour = noColor === undefined || noColor === "";
  const startedAt = performance.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < drawMs) return;
      drawnAt = now;
      const text = progressLine(done, total, unit, (now - startedAt) / 1000).slice(
        0,
        Math.max(0, (stream.columns || 80) - 1),
      );
      stream.write(`${clearLine}${colour ? `\u001b[36m${text}\u001b[0m` : text}`);
    },
    finish() {
      if (drawnAt !== Number.NEGATIVE_INFINITY) stream.write(clearLine);
    },
  };
}

/** `[######..................]  25%  250 of 1000 entries, 3100/s`. */
export function progressLine(done: number, total: number, unit: string, seconds: number): string {
  const part = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.floor(part * barColumns);
  const rate = seconds > 0 ? Math.round(done / seconds) : 0;
  const percent = `${Math.floor(part * 100)}%`.padStart(4);
  return `[${"#".repeat(filled)}${".".repeat(barColumns - filled)}] ${percent}  ${done} of ${total} ${unit}, ${rate}/s`;
}
