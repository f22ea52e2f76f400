/** What looks like `process.stdout`, and keeps what is written to it. */
import { Socket } from "node:net";
import type { Output } from "../../cluster/launcher-view.ts";

export type Captured = {
  readonly output: Output;
  readonly text: () => string;
  /** From now on nobody reads: `write` returns false. */
  readonly block: () => void;
  /** Somebody reads again. */
  readonly drain: () => void;
  /** As when the reader has gone away. */
  readonly fail: (error: Error) => void;
};

export function capturedOutput(terminal?: { readonly columns: number; readonly rows: number }): Captured {
  // Never connected: a stream with all the methods and events of stdout, whose writes go to us.
  const stream = new Socket();
  let text = "";
  let blocked = false;
  const write = (part: string): boolean => {
    text += part;
    return !blocked;
  };
  return {
    output: Object.assign(stream, { write }, terminal === undefined ? {} : { ...terminal, isTTY: true }),
    text: () => text,
    block: () => {
      blocked = true;
    },
    drain: () => {
      blocked = false;
      stream.emit("drain");
    },
    fail: (error) => stream.emit("error", error),
  };
}
