/**
 * The client: sends signed commands to a cluster and believes what f+1 validators say became of them.
 *
 * A command goes to one validator, which passes it on to the leader; after silence it goes to all. A timeout is not an
 * error: nothing is given up before the caller gives it up, and then it may still take effect.
 */
import type { TlsOptions } from "../cluster/nng/credentials.ts";
import { type EngineName, loadEngine } from "../pools/engine.ts";
import { sha256 } from "../pools/sha256.ts";
import { clusterIdOf } from "../wire/genesis.ts";
import type { ClientId, Genesis, NodeId } from "../wire/types.ts";
import { type ClientStatus, statusOf } from "./client-status.ts";
import { createIdentity } from "./identity.ts";
import { createJob, type Receipt } from "./job.ts";
import { openLinks } from "./links.ts";
import { type Agreement, createMatching, takeFrame } from "./matching.ts";
import { encodePayload, encodeQuestion } from "./payload.ts";
import { createPending, type PendingLimits } from "./pending.ts";
import {
  createPreference,
  noteConnected,
  noteDisconnected,
  noteFirst,
  noteGraceOver,
  noteLeading,
  noteSilence,
} from "./preference.ts";
import { createPump } from "./pump.ts";
import { type Answer, type AskOptions, createQueries } from "./queries.ts";
import { createRetry, dueRequests, noteAgreements, noteStall, type RetryLimits } from "./retry.ts";

export type ConnectOptions = {
  readonly genesis: Genesis;
  /** This client's id in the genesis, and its secret key's 32 bytes. */
  readonly client: number;
  readonly secretSeed: Uint8Array;
  /** Where each validator of the genesis listens for clients. */
  readonly urls: readonly { readonly id: number; readonly url: string }[];
  /** For `tls+tcp` URLs. */
  readonly tls?: TlsOptions;
  /** Default: `simd`. */
  readonly engine?: EngineName;
  readonly limits?: Partial<PendingLimits & RetryLimits>;
};

export type SendOptions = { readonly signal?: AbortSignal };

/** A flood: what `Receipt`s come is told one by one, so that a million commands need no more memory than a window of them. */
export type FloodOptions = SendOptions & {
  /** Many commands in one message; else one message each. */
  readonly batched: boolean;
  /** `position` counts payloads from 0. */
  readonly onReceipt?: (receipt: Receipt, position: number) => void;
};

export type Payload = Uint8Array | string;

/**
 * Every promise waits until f+1 validators agree, however long, and rejects with `StillPending` where its signal or
 * `close` ends the waiting, with a `RequestTaken` where the number of the command is that of another one of this client, or with
 * a `RangeError` where a payload is longer than 64 KiB.
 */
export type JunoClient = {
  send(payload: Payload, options?: SendOptions): Promise<Receipt>;
  /** Sends many commands in one message for each thousand; the receipts are in the order of the payloads. */
  sendBatch(payloads: readonly Payload[], options?: SendOptions): Promise<Receipt>[];
  /** Sends each command in a message of its own. */
  sendMany(payloads: readonly Payload[], options?: SendOptions): Promise<Receipt>[];
  /** Takes payloads as there is room for them; resolves when all are settled. */
  flood(payloads: Iterable<Payload>, options: FloodOptions): Promise<void>;
  /**
   * Asks the state machine without a place in the log for the question: what f+1 validators say of one place. The question is in
   * the state machine's own words, up to 8 KiB. Waits until so many agree, or rejects with the signal's reason.
   */
  query(question: Payload, options?: AskOptions): Promise<Answer>;
  status(): ClientStatus;
  /** Ends the connections; what is under way rejects with `StillPending`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const limitsDefault: PendingLimits & RetryLimits = {
  requestsMax: 8192,
  bytesMax: 8 * 1024 * 1024,
  minMs: 2000,
  maxMs: 15_000,
  chunkRequestsMax: 1000,
  chunkBytesMax: 1024 * 1024,
};

/** How often repeats are looked for, and so the pause between chunks of them. */
const tickMs = 50;
/** How long the first connection waits for the others before commands are sent without them. */
const graceMs = 250;
/** On a new connection at most so many commands under way are sent again at once; more wait for the retry. */
const greetingRequestsMax = 256;
/** A validator that has not even taken this much gets no repeats on top. */
const backlogBytesMax = 4 * 1024 * 1024;

/** Starts to dial all validators, and does not wait for them. Throws one clear line where a URL or the engine is no good. */
export async function connect(options: ConnectOptions): Promise<JunoClient> {
  const { genesis, secretSeed } = options;
  const engine = await loadEngine(options.engine ?? "simd");
  const limits = { ...limitsDefault, ...options.limits };
  const cluster = clusterIdOf(sha256, genesis);
  // The one place where a member's id becomes a client's or a node's.
  const client = options.client as ClientId;
  const validators = new Map(genesis.validators.map(({ id, publicKey }) => [id as NodeId, publicKey]));
  const urls = new Map(options.urls.map(({ id, url }) => [id as NodeId, url]));

  const pending = createPending(limits);
  const members = { cluster, client, validators, verify: engine.verify, hash: sha256 };
  const matching = createMatching(members, pending);
  const retry = createRetry(limits);
  const preference = createPreference(urls.size, matching.agreeing);
  let repeated = 0;
  let grace: NodeJS.Timeout | undefined;
  const identity = createIdentity(cluster, client, sha256, (message) => engine.sign(message, secretSeed));
  if (urls.size < matching.agreeing) {
    throw new Error(`${urls.size} validators are listed, but only ${matching.agreeing} equal answers count; list all`);
  }
  const links = openLinks({
    urls,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    hello: identity.hello,
    onOpen: (node) => {
      noteConnected(preference, node);
      grace ??= setTimeout(() => {
        noteGraceOver(preference);
        pump.wake();
      }, graceMs);
      repeatTo(node);
      queries.opened(node);
      pump.wake();
    },
    onClose: (node) => noteDisconnected(preference, node),
    onFrame: (node, frame) => {
      if (queries.take(node, frame)) return;
      const agreements = takeFrame(matching, node, frame);
      if (matching.leading !== undefined) noteLeading(preference, matching.leading);
      matching.leading = undefined;
      settle(agreements);
    },
  });
  const pump = createPump({ pending, retry, preference, identity, send: links.send });

  const queries = createQueries({
    config: members,
    query: identity.query,
    send: (frame, node) => {
      for (const one of node === undefined ? preference.connected : [node]) links.send(one, frame);
    },
  });

  function settle(agreements: readonly Agreement[]): void {
    const [first] = agreements;
    if (first === undefined) return;
    const now = performance.now();
    noteAgreements(retry, agreements, now);
    const [quickest] = first.nodes;
    if (quickest !== undefined) noteFirst(preference, quickest);
    for (const agreement of agreements) pump.settle(agreement, now);
    pump.wake();
  }

  /** What is under way may have been lost with this validator's last connection, or with its last run. */
  function repeatTo(node: NodeId): void {
    const { requests, bytes } = pending;
    if (requests.size === 0 || requests.size > greetingRequestsMax || bytes > limits.chunkBytesMax) return;
    links.send(node, identity.batch([...requests.values()].map(({ command }) => command)));
  }

  function tick(): void {
    const now = performance.now();
    const stallMs = now - tickedAt - tickMs;
    tickedAt = now;
    if (stallMs > tickMs) noteStall(retry, stallMs);
    const due = dueRequests(retry, pending, now);
    if (due.silent) noteSilence(preference);
    if (due.requests.length === 0) return;
    repeated += due.requests.length;
    const frame = identity.batch(due.requests.flatMap((request) => pending.requests.get(request)?.command ?? []));
    for (const node of preference.connected) if (links.backlogBytes(node) < backlogBytesMax) links.send(node, frame);
  }

  let tickedAt = performance.now();
  const timer = setInterval(tick, tickMs);
  let closing: Promise<void> | undefined;

  function flood(payloads: Iterable<Payload>, { batched, onReceipt, signal }: FloodOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const job = createJob(encodeAll(payloads), batched, {
        onReceipt: onReceipt ?? ignore,
        onDone: resolve,
        onFailed: reject,
      });
      pump.start(job, signal);
    });
  }

  function sendEach(payloads: readonly Payload[], batched: boolean, options: SendOptions = {}): Promise<Receipt>[] {
    const waiting = payloads.map(() => Promise.withResolvers<Receipt>());
    const onReceipt = (receipt: Receipt, position: number) => waiting[position]?.resolve(receipt);
    flood(payloads, { ...options, batched, onReceipt }).catch((error: unknown) => {
      for (const { reject } of waiting) reject(error);
    });
    return waiting.map(({ promise }) => promise);
  }

  function close(): Promise<void> {
    clearInterval(timer);
    clearTimeout(grace);
    pump.stop();
    queries.stop();
    closing ??= links.close(0);
    return closing;
  }

  return {
    async send(payload, options) {
      const [receipt] = await Promise.all(sendEach([payload], false, options));
      if (receipt === undefined) throw new Error("a command without receipt");
      return receipt;
    },
    sendBatch: (payloads, options) => sendEach(payloads, true, options),
    sendMany: (payloads, options) => sendEach(payloads, false, options),
    flood,
    query: async (question, askOptions = {}) => queries.ask(encodeQuestion(question), askOptions),
    status: () => statusOf({ links: links.stats(), matching, retry, preference, waiting: pump.waiting(), repeated }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function* encodeAll(payloads: Iterable<Payload>): Generator<Uint8Array> {
  for (const payload of payloads) yield encodePayload(payload);
}

function ignore(): void {}
