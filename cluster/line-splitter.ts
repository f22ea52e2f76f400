/** Cuts a stream of text into lines. */

/** Characters of one line; a longer one is cut, so that a child without line ends cannot fill our memory. */
export const lineMax: number = 64 * 1024;

export type LineSplitter = {
  readonly push: (text: string) => void;
  /** Gives out what is left without a line end. */
  readonly end: () => void;
};

/** Calls `onLine` with each line, without its end. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let rest = "";
  const give = (line: string) => onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  return {
    push: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) give(line);
      while (rest.length >= lineMax) {
        give(rest.slice(0, lineMax));
        rest = rest.slice(lineMax);
      }
    },
    end: () => {
      if (rest !== "") give(rest);
      rest = "";
    },
  };
}
