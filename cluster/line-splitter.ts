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
  /** Gives what is too long for a line, and returns what is left. */
  const cut = (line: string) => {
    let left = line;
    for (; left.length > lineMax; left = left.slice(lineMax)) onLine(left.slice(0, lineMax));
    return left;
  };
  const give = (line: string) => {
    const last = cut(line);
    onLine(last.endsWith("\r") ? last.slice(0, -1) : last);
  };
  return {
    push: (text) => {
      const lines = (rest + text).split("\n");
      const started = lines.pop() ?? "";
      for (const line of lines) give(line);
      rest = cut(started);
    },
    end: () => {
      if (rest !== "") give(rest);
      rest = "";
    },
  };
}
