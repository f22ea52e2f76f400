/** A piece of work given to the client: payloads to send, one frame each or batched, and who wants their receipts. */
import type { LogIndex, NodeId, RequestId } from "../wire/types.ts";

/** What f+1 validators agree became of a request. */
export type Receipt = {
  readonly request: RequestId;
  /** Of the log entry at which the request took effect. */
  readonly index: LogIndex;
  /** The state machine's answer, as it encodes it. */
  readonly outcome: Uint8Array;
  /** The validators that agreed, in the order of their answers. */
  readonly nodes: readonly NodeId[];
  /** Milliseconds from the first send to the agreement. */
  readonly latencyMs: number;
};

/** Nobody waits any more, but commands that were sent may still take effect; `requests` names them. */
export class StillPending extends Error {
  readonly requests: readonly RequestId[];

  constructor(requests: readonly RequestId[], cause: unknown) {
    const which = requests.length === 1 ? `request ${requests[0]}` : `${requests.length} requests`;
    super(requests.length === 0 ? "given up before anything was sent" : `${which} may still take effect`, { cause });
    this.name = "StillPending";
    this.requests = requests;
  }
}

/**
 * The command took no effect: this client has used its number for another one. Two processes have one client's key, and began
 * within the same microsecond, or a clock went back.
 */
export class RequestTaken extends Error {
  readonly request: RequestId;

  constructor(request: RequestId) {
    super(`request ${request} of this client is another command already: give each process a client of its own`);
    this.name = "RequestTaken";
    this.request = request;
  }
}

export type Job = {
  readonly payloads: Iterator<Uint8Array>;
  /** The next payload, taken from the iterator but not yet sent. */
  next: Uint8Array | undefined;
  /** Of the next payload, from 0. */
  position: number;
  readonly batched: boolean;
  /** Requests sent and not settled. */
  openRequests: number;
  readonly onReceipt: (receipt: Receipt, position: number) => void;
  readonly onDone: () => void;
  readonly onFailed: (error: Error) => void;
};

export function createJob(
  payloads: Iterable<Uint8Array>,
  batched: boolean,
  handlers: Pick<Job, "onReceipt" | "onDone" | "onFailed">,
): Job {
  const iterator = payloads[Symbol.iterator]();
  const job: Job = { payloads: iterator, next: undefined, position: 0, batched, openRequests: 0, ...handlers };
  job.next = pull(iterator);
  return job;
}

/** Takes the payload that is next, which there must be. */
export function takeNext(job: Job): { payload: Uint8Array; position: number } {
  const payload = job.next;
  if (payload === undefined) throw new Error("no payload is left");
  job.next = pull(job.payloads);
  return { payload, position: job.position++ };
}

function pull(iterator: Iterator<Uint8Array>): Uint8Array | undefined {
  const step = iterator.next();
  return step.done === true ? undefined : step.value;
}
