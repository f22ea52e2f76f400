/** Writes an outbox into a socket, in batches: many small frames in one system call, one batch under way at a time. */
import type { Socket } from "node:net";
import { encodeFrames, type Framing } from "./frame.ts";
import type { Outbox } from "./outbox.ts";

export type Writer = {
  /** The hellos are exchanged: frames may go out. */
  open(): void;
  /** Frames were put into the outbox. */
  wake(): void;
  /** Ends the socket once the outbox is empty. */
  end(): void;
};

/**
 * Bytes of one write: enough for full segments, little to send again when a connection breaks. A guess; a benchmark
 * of links settles it.
 */
const batchBytesMax = 256 * 1024;

/** A writer that stays silent until `open`, and for good once the socket is destroyed. */
export function createWriter(socket: Socket, framing: Framing, outbox: Outbox): Writer {
  let opened = false;
  let ending = false;
  let writing = false;
  let woken = false;

  /** One write for all that is queued in this turn of the event loop. */
  function wake(): void {
    if (!opened || writing || woken) return;
    woken = true;
    setImmediate(() => {
      woken = false;
      write();
    });
  }

  function write(): void {
    if (socket.destroyed || writing) return;
    const batch = outbox.take(batchBytesMax);
    if (batch.length === 0) {
      if (ending) socket.end();
      return;
    }
    writing = true;
    const pieces = encodeFrames(batch, framing);
    const last = pieces.length - 1;
    socket.cork();
    for (const [at, piece] of pieces.entries()) socket.write(piece, at === last ? written : undefined);
    socket.uncork();
  }

  function written(error: Error | null | undefined): void {
    writing = false;
    // A destroyed socket's owner has taken the batch back already.
    if (socket.destroyed || error) return;
    outbox.confirm();
    write();
  }

  return {
    open() {
      opened = true;
      wake();
    },
    wake,
    end() {
      ending = true;
      wake();
    },
  };
}
