/**
 * Moves payloads of the jobs onto the wire as fast as the window of requests lets it, a chunk a turn of the event loop, so
 * that answers are read meanwhile; and hands agreements to the jobs they belong to.
 */
import { batchBytesMax } from "../wire/limits.ts";
import type { NodeId, RequestId } from "../wire/types.ts";
import type { Identity } from "./identity.ts";
import { type Job, RequestTaken, StillPending, takeNext } from "./job.ts";
import type { Agreement } from "./matching.ts";
import { addRequest, dropRequest, numberFor, type Pending, roomFor } from "./pending.ts";
import { chosenNode, type Preference } from "./preference.ts";
import { noteFirstSend, type Retry } from "./retry.ts";

export type PumpParts = {
  readonly pending: Pending;
  readonly retry: Retry;
  readonly preference: Preference;
  readonly identity: Identity;
  readonly send: (node: NodeId, frame: Uint8Array) => boolean;
};

export type Pump = {
  /** Takes on a job; its signal gives it up. */
  start(job: Job, signal: AbortSignal | undefined): void;
  /** There may be room, or a connection. */
  wake(): void;
  settle(agreement: Agreement, now: number): void;
  /** Jobs with payloads that were not sent yet. */
  waiting(): number;
  /** Gives up all jobs, and takes no more. */
  stop(): void;
};

/** Commands of one batch; each batch also costs a signature. */
const batchCommandsMax = 1000;
/** Single commands signed in one turn: some 5 ms. */
const singlesPerTurn = 200;
/** What the envelope adds to a payload, and some. */
const envelopeBytes = 256;

export function createPump({ pending, retry, preference, identity, send }: PumpParts): Pump {
  /** Jobs with payloads left; each gets a turn. */
  const queue: Job[] = [];
  const owners = new Map<RequestId, { readonly job: Job; readonly position: number }>();
  const live = new Map<Job, () => void>();
  let woken = false;
  let stopped = false;

  function start(job: Job, signal: AbortSignal | undefined): void {
    const refusal = stopped ? new Error("the client is closed") : signal?.aborted === true ? signal.reason : undefined;
    if (refusal !== undefined) {
      job.onFailed(new StillPending([], refusal));
      return;
    }
    if (job.next === undefined) {
      job.onDone();
      return;
    }
    const onAbort = () => giveUp(job, signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    live.set(job, () => signal?.removeEventListener("abort", onAbort));
    queue.push(job);
    wake();
  }

  function wake(): void {
    if (woken || stopped || queue.length === 0) return;
    woken = true;
    setImmediate(turn);
  }

  function turn(): void {
    woken = false;
    const job = queue.shift();
    const node = chosenNode(preference);
    if (job === undefined) return;
    if (node === undefined || !hasRoom(job)) {
      // Woken again by an agreement or a connection.
      queue.unshift(job);
      return;
    }
    try {
      sendChunk(job, node);
    } catch (error) {
      // The caller's iterator failed, or gave what the wire does not take.
      finish(job);
      forget(job);
      job.onFailed(error instanceof Error ? error : new Error(String(error)));
    }
    if (live.has(job) && job.next !== undefined) queue.push(job);
    wake();
  }

  /** A batch waits until there is room for a whole one: a trickle of small batches would cost more than it gains. */
  function hasRoom(job: Job): boolean {
    const bytes = (job.next?.length ?? 0) + envelopeBytes;
    const whole = job.batched
      ? Math.min(batchCommandsMax, Math.floor(batchBytesMax / bytes), pending.limits.requestsMax)
      : 1;
    return pending.requests.size === 0 || roomFor(pending, bytes) >= Math.max(1, whole);
  }

  function sendChunk(job: Job, node: NodeId): void {
    const now = performance.now();
    const commands: Uint8Array[] = [];
    const countMax = job.batched ? batchCommandsMax : singlesPerTurn;
    let bytes = 0;
    while (job.next !== undefined && commands.length < countMax) {
      const reserve = job.next.length + envelopeBytes;
      if (roomFor(pending, reserve) < 1 || (commands.length > 0 && bytes + reserve > batchBytesMax)) break;
      if (pending.requests.size === 0) noteFirstSend(retry, now);
      const request = numberFor(pending, Date.now() * 1000);
      const { payload, position } = takeNext(job);
      const command = identity.command(request, payload);
      addRequest(pending, request, command, now);
      owners.set(request, { job, position });
      job.openRequests++;
      commands.push(command);
      bytes += command.length;
      // A frame that is not taken is like one that is lost: the retry sends it again.
      if (!job.batched) send(node, command);
    }
    if (job.batched && commands.length > 0) send(node, identity.batch(commands));
  }

  function settle(agreement: Agreement, now: number): void {
    const owner = owners.get(agreement.request);
    if (owner === undefined) return;
    const { job, position } = owner;
    owners.delete(agreement.request);
    job.openRequests--;
    if (agreement.index === 0) {
      refuse(job, new RequestTaken(agreement.request));
      return;
    }
    const { request, index, outcome, nodes, firstSentAt } = agreement;
    job.onReceipt({ request, index, outcome, nodes, latencyMs: now - firstSentAt }, position);
    if (job.openRequests > 0 || job.next !== undefined) return;
    finish(job);
    job.onDone();
  }

  function giveUp(job: Job, reason: unknown): void {
    if (!live.has(job)) return;
    finish(job);
    job.onFailed(new StillPending(forget(job), reason));
    wake();
  }

  /** The numbers that follow may be taken as well: the job is given up. */
  function refuse(job: Job, taken: RequestTaken): void {
    finish(job);
    const others = forget(job);
    job.onFailed(others.length === 0 ? taken : new StillPending(others, taken));
    wake();
  }

  function finish(job: Job): void {
    live.get(job)?.();
    live.delete(job);
    const place = queue.indexOf(job);
    if (place >= 0) queue.splice(place, 1);
  }

  /** Repeats a job's requests no more; returns which were under way. */
  function forget(job: Job): RequestId[] {
    const requests = [...owners].flatMap(([request, owner]) => (owner.job === job ? [request] : []));
    for (const request of requests) {
      owners.delete(request);
      dropRequest(pending, request);
    }
    return requests;
  }

  function stop(): void {
    stopped = true;
    for (const job of [...live.keys()]) giveUp(job, new Error("the client is closed"));
  }

  return { start, wake, settle, waiting: () => queue.length, stop };
}
