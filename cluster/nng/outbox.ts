/** Outgoing frames of one peer: a queue bounded in frames and bytes, with the batch that is being written at its head. */
import assert from "node:assert/strict";

/** What gives way in a full queue: the new frame (replies) or the oldest (messages that later ones supersede). */
export type WhenFull = "refuseNew" | "dropOldest";

export type OutboxLimits = {
  /** Bytes of all frames that wait or are being written, headers not counted. */
  readonly queueBytesMax: number;
  /** Frames that wait or are being written. */
  readonly queueFramesMax: number;
};

export type OutboxStats = {
  readonly queuedFrames: number;
  readonly queuedBytes: number;
  /** Frames handed to the operating system whole. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Frames lost to a full queue, old ones and refused ones. */
  readonly dropped: number;
};

export type Outbox = {
  /** Takes a frame, which must not change until it is sent; false where it is refused, and counted as dropped. */
  offer(frame: Uint8Array): boolean;
  /** The next frames, at least one where any wait, else up to `bytesMax` bytes; they count as queued until `confirm`. */
  take(bytesMax: number): readonly Uint8Array[];
  /** The batch taken last is written. */
  confirm(): void;
  /** The batch taken last is not known to be written: it comes first again, whole, so its frames may arrive twice. */
  rewind(): void;
  empty(): boolean;
  stats(): OutboxStats;
};

export function createOutbox(limits: OutboxLimits, whenFull: WhenFull): Outbox {
  let waiting: Uint8Array[] = [];
  /** Where the oldest waiting frame lies: shifting a long array would cost its length each time. */
  let head = 0;
  let taken: Uint8Array[] = [];
  let queuedBytes = 0;
  let sent = 0;
  let sentBytes = 0;
  let dropped = 0;

  function queuedFrames(): number {
    return waiting.length - head + taken.length;
  }

  function shift(): Uint8Array | undefined {
    const frame = waiting[head];
    if (frame === undefined) return undefined;
    head++;
    if (head >= 1024 && head * 2 >= waiting.length) {
      waiting = waiting.slice(head);
      head = 0;
    } else {
      // The slot is passed, but must not keep the frame's memory.
      waiting[head - 1] = noFrame;
    }
    return frame;
  }

  function full(frame: Uint8Array): boolean {
    return queuedFrames() + 1 > limits.queueFramesMax || queuedBytes + frame.length > limits.queueBytesMax;
  }

  function offer(frame: Uint8Array): boolean {
    // A frame that can never fit must not push out those that do.
    const possible = whenFull === "dropOldest" && frame.length <= limits.queueBytesMax;
    while (possible && full(frame)) {
      const oldest = shift();
      if (oldest === undefined) break;
      queuedBytes -= oldest.length;
      dropped++;
    }
    if (full(frame)) {
      dropped++;
      return false;
    }
    waiting.push(frame);
    queuedBytes += frame.length;
    return true;
  }

  function take(bytesMax: number): readonly Uint8Array[] {
    assert(taken.length === 0, "a batch was taken before the last one was confirmed or rewound");
    let bytes = 0;
    for (;;) {
      const next = waiting[head];
      if (next === undefined || (taken.length > 0 && bytes + next.length > bytesMax)) return taken;
      bytes += next.length;
      taken.push(next);
      shift();
    }
  }

  function confirm(): void {
    sent += taken.length;
    for (const frame of taken) {
      sentBytes += frame.length;
      queuedBytes -= frame.length;
    }
    taken = [];
  }

  function rewind(): void {
    if (taken.length === 0) return;
    waiting = taken.concat(waiting.slice(head));
    head = 0;
    taken = [];
  }

  return {
    offer,
    take,
    confirm,
    rewind,
    empty: () => queuedFrames() === 0,
    stats: () => ({ queuedFrames: queuedFrames(), queuedBytes, sent, sentBytes, dropped }),
  };
}

const noFrame = new Uint8Array(0);
