/**
 * The smallest world around the real consensus core: three honest nodes, a fourth that lies, and everything that was ever signed.
 * A message, once sent, may arrive at any time, any number of times, or never, so what was sent is a set that only grows; and a
 * certificate exists as soon as enough honest nodes have signed for it, since the liar signs whatever is missing.
 */

import type { AppendHeader, Effect, Outgoing } from "../../consensus/protocol.ts";
import { type Config, createState, nothingMore, type State } from "../../consensus/state.ts";
import { sha256 } from "../../pools/sha256.ts";
import { chainer, leafHash } from "../../wire/chain.ts";
import type { Durable, Write } from "../../wire/durable.ts";
import { type Entries, emptyColumns, lastOf, type Segment, sliceSegment } from "../../wire/entries.ts";
import type {
  Certificate,
  ClientId,
  Digest,
  Endorsement,
  LogIndex,
  NodeId,
  Point,
  RequestId,
  RequestVote,
  RequestVoteResponse,
  Signature,
  Term,
} from "../../wire/types.ts";
import { flawOfDisk, flawOfMessage } from "./move-properties.ts";

export const honest: readonly NodeId[] = [0, 1, 2].map((id) => id as NodeId);
export const liar = 3 as NodeId;
export const quorum = 3;
export const genesisHash: Digest = new Uint8Array(32).fill(1) as Digest;
export const genesis: Point = { term: 0 as Term, index: 0 as LogIndex, hash: genesisHash };

/** Whoever may sign is decided by who has signed: the bytes of a signature say nothing here. */
export const signature: Signature = new Uint8Array(64) as Signature;
export const endorsements: readonly Endorsement[] = [0, 1, 3].map((node) => ({ node: node as NodeId, signature }));

const configOf = (self: NodeId): Config => ({
  self,
  validators: [...honest, liar],
  genesisHash,
  heartbeatTicks: 1,
  electionTimeoutTicksMin: 1_000_000,
  electionTimeoutTicksMax: 1_000_000,
  candidateDelayTicks: 1,
  fairnessTimeoutTicks: 1_000_000,
  windowBatches: 4,
  batchDelayTicks: 0,
  batchCommandsMax: 1,
  batchBytesMax: 1000,
  hash: sha256,
  allocate: (bytes) => new Uint8Array(bytes),
  seed: 1,
});
const configs = new Map(honest.map((id) => [id, configOf(id)]));

/** Two commands, as a client has signed them. */
export const commands: readonly Uint8Array[] = [Uint8Array.of(1), Uint8Array.of(2)];

/** One command as entries of a term. */
export function entriesOf(command: number, term: Term): Entries {
  const data = commands[command] ?? new Uint8Array(1);
  const columns = emptyColumns(1);
  columns.starts[0] = 0;
  columns.ends[0] = 1;
  columns.payloadStarts[0] = 0;
  columns.payloadEnds[0] = 1;
  columns.clients[0] = 7 as ClientId;
  columns.requests[0] = (command + 1) as RequestId;
  columns.terms[0] = term;
  columns.leaves.set(leafHash(sha256, data));
  return { count: 1, data, ...columns };
}

export const noEntries: Entries = { count: 0, data: new Uint8Array(0), ...emptyColumns(0) };

const chain = chainer(sha256);

/** Every entry that was ever chained: from a chain hash to what stands there. */
export type Known = Map<
  string,
  {
    readonly prev: string;
    readonly prevHash: Digest;
    readonly index: number;
    readonly term: Term;
    readonly command: number;
  }
>;

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, 6).toString("hex");

/** The hash behind a point with one more entry; noted, so that the chain can be told again. */
export function extend(known: Known, prevHash: Digest, prevIndex: number, command: number, term: Term): Digest {
  const leaf = leafHash(sha256, commands[command] ?? new Uint8Array(1));
  const hash = chain(prevHash, (prevIndex + 1) as LogIndex, term, leaf);
  known.set(hex(hash), { prev: hex(prevHash), prevHash, index: prevIndex + 1, term, command });
  return hash;
}

/** `key` is its state as a text: what may make a difference to what it does next. */
export type HonestNode = { readonly core: State; readonly durable: Durable; readonly key: string };

export type AppendFact = { readonly header: AppendHeader; readonly entries: Entries };

/** What honest nodes have said so far; the liar's words need no record. */
export type Said = {
  /** Who asked for a term, who signed for a point, who granted a vote: sets of honest signers, as bits. */
  readonly timeouts: ReadonlyMap<number, number>;
  readonly votes: ReadonlyMap<string, { readonly kind: "A" | "C"; readonly point: Point; readonly signers: number }>;
  readonly grants: ReadonlyMap<
    string,
    { readonly term: Term; readonly candidate: NodeId; readonly lock: Point; readonly signers: number }
  >;
  readonly requests: ReadonlyMap<string, RequestVote>;
  readonly responses: ReadonlyMap<string, RequestVoteResponse>;
  readonly appends: ReadonlyMap<string, AppendFact>;
};

export type World = {
  readonly nodes: readonly HonestNode[];
  readonly said: Said;
  readonly crashes: number;
  /** Candidates that were refused for their lock in the term they are in, as bits; told of, and no part of the state. */
  readonly refused: number;
};

export function firstWorld(): World {
  const durable: Durable = {
    term: 0 as Term,
    vote: undefined,
    lock: undefined,
    acknowledged: undefined,
    commit: undefined,
    tail: [],
    displaced: [],
  };
  const nodes = honest.map((id) => nodeOf(startCore(id, durable), durable));
  const none = new Map();
  return {
    nodes,
    said: { timeouts: none, votes: none, grants: none, requests: none, responses: none, appends: none },
    crashes: 0,
    refused: 0,
  };
}

export function startCore(id: NodeId, durable: Durable): State {
  const config = configs.get(id);
  if (config === undefined) throw new Error(`node ${id} is not honest`);
  return calm(createState(config, durable));
}

/**
 * Time is not explored: timers fire when a move says so, and every question may be asked again at once. Of ticks only this is left:
 * whether the ranks behind the first are due.
 */
export function calm(core: State): State {
  const due = core.tick > core.enteredTick;
  core.tick = due ? 10 : 0;
  core.enteredTick = 0;
  core.deadlineTick = Number.MAX_SAFE_INTEGER;
  core.backoff = 0;
  core.fairnessTick = core.tick;
  core.relayedTick = core.tick;
  core.fetchTick = -1_000_000;
  core.fetchAttempts = 0;
  core.fetchFailures = 0;
  core.stalledAt = core.tail.base;
  core.stalledTick = core.tick;
  core.servedTick.clear();
  core.answeredTick.clear();
  core.random = 1;
  for (const [node, one] of core.timeouts) core.timeouts.set(node, { ...one, tick: core.tick });
  const { role } = core;
  if (role.kind === "candidate") role.askedTick = core.tick;
  if (role.kind === "leader") {
    role.sentTick = core.tick;
    role.followers.clear();
  }
  if (role.kind === "follower") role.accepted = [];
  return core;
}

export function cloneCore(core: State): State {
  const { role, pool } = core;
  const clients = new Map(
    [...pool.clients].map(
      ([id, { requests, committed }]) =>
        [
          id,
          { requests: new Map(requests), committed: { highest: committed.highest, seen: committed.seen.slice() } },
        ] as const,
    ),
  );
  return {
    ...core,
    pool: { ...pool, clients, queue: [...pool.queue] },
    tail: { ...core.tail, segments: [...core.tail.segments] },
    timeouts: new Map(core.timeouts),
    answers: new Map(core.answers),
    answeredTick: new Map(),
    heldVotes: new Map(core.heldVotes),
    servedTick: new Map(),
    role:
      role.kind === "candidate"
        ? { ...role, grants: new Map(role.grants) }
        : role.kind === "leader"
          ? { ...role, followers: new Map(), inFlight: [...role.inFlight] }
          : { ...role, accepted: [] },
  };
}

/** One change of a node's disk. */
export function written(durable: Durable, write: Write): Durable {
  let { tail, displaced } = durable;
  if (write.displaced !== undefined) displaced = write.displaced;
  const cut = write.truncateAfter;
  if (cut !== undefined) tail = tail.flatMap((segment) => keptOf(segment, 1, cut));
  if (write.append !== undefined) tail = [...tail, write.append];
  const { term, vote, lock, acknowledged, commit } = { ...durable, ...write };
  if (write.commit !== undefined) {
    const from = write.commit.index + 1;
    tail = tail.flatMap((segment) => keptOf(segment, from, Number.MAX_SAFE_INTEGER));
  }
  return { term, vote, lock, acknowledged, commit, tail, displaced };
}

function keptOf(segment: Segment, from: number, to: number): Segment[] {
  const start = Math.max(from, segment.first);
  const end = Math.min(to, lastOf(segment));
  return start > end ? [] : [sliceSegment(segment, start as LogIndex, end as LogIndex)];
}

/** Adds what a node says to what was said. */
export function withSaid(said: Said, node: NodeId, messages: readonly Outgoing[]): Said {
  let next = said;
  const bit = 1 << node;
  for (const message of messages) {
    if (message.kind === "append") {
      const { header } = message;
      const entries = message.entries ?? noEntries;
      const key = `${header.term} ${header.leader} ${header.prevIndex} ${hex(header.prevHash)} ${hex(header.endHash)} ${header.proof !== undefined}`;
      if (!next.appends.has(key)) next = { ...next, appends: new Map(next.appends).set(key, { header, entries }) };
      continue;
    }
    if (message.kind !== "body") continue;
    const { body } = message;
    switch (body.$case) {
      case "timeout": {
        const before = next.timeouts.get(body.value.term) ?? 0;
        if ((before & bit) === 0)
          next = { ...next, timeouts: new Map(next.timeouts).set(body.value.term, before | bit) };
        break;
      }
      case "appendEntriesResponse":
      case "commitVote": {
        const kind = body.$case === "commitVote" ? "C" : "A";
        const { term, index, hash } = body.value;
        const key = `${kind} ${term} ${index} ${hex(hash)}`;
        const before = next.votes.get(key)?.signers ?? 0;
        if ((before & bit) !== 0) break;
        next = {
          ...next,
          votes: new Map(next.votes).set(key, { kind, point: { term, index, hash }, signers: before | bit }),
        };
        break;
      }
      case "requestVote": {
        const { term, candidate, lock } = body.value;
        const key = `${term} ${candidate} ${lock?.term} ${lock?.index}`;
        if (!next.requests.has(key)) next = { ...next, requests: new Map(next.requests).set(key, body.value) };
        break;
      }
      case "requestVoteResponse": {
        const { term, candidate, lock, granted, voterLock, voter } = body.value;
        if (lock === undefined) break;
        const at = `${term} ${candidate} ${lock.term} ${lock.index} ${hex(lock.hash)}`;
        if (granted) {
          const before = next.grants.get(at)?.signers ?? 0;
          if ((before & bit) === 0) {
            next = { ...next, grants: new Map(next.grants).set(at, { term, candidate, lock, signers: before | bit }) };
          }
        }
        const key = `${voter} ${granted} ${at} ${voterLock?.term} ${voterLock?.index}`;
        if (!next.responses.has(key)) next = { ...next, responses: new Map(next.responses).set(key, body.value) };
        break;
      }
      default:
        break;
    }
  }
  return next;
}

/** Signers that a certificate lacks may be the liar, who is one. */
export function isCertified(signers: number): boolean {
  let count = 1;
  for (const id of honest) if ((signers & (1 << id)) !== 0) count++;
  return count >= quorum;
}

/** Whether so many honest signers make a certificate: the liar adds its signature, and who is away none. */
export function enoughWith(lies: boolean): (signers: number) => boolean {
  return lies ? isCertified : (signers) => signers === 0b111;
}

export function certificateOf({ term, index, hash }: Point): Certificate {
  return { term, index, hash, endorsements };
}

export function nodeOf(core: State, durable: Durable): HonestNode {
  return { core, durable, key: keyOf(core, durable) };
}

function keyOf(core: State, durable: Durable): string {
  const { role } = core;
  const point = (one: Point | Certificate | undefined): string =>
    one === undefined ? "-" : `${one.term}.${one.index}.${hex(one.hash)}`;
  const segments = (list: readonly Segment[]): string =>
    list.map((one) => hex(one.hashes.subarray(one.hashes.length - 32))).join(",");
  const parts = [
    core.term,
    core.tick > 0 ? "due" : "",
    core.vote === undefined ? "-" : `${core.vote.term}.${core.vote.candidate}.${point(core.vote.lock)}`,
    point(core.lock),
    point(core.commit),
    core.acknowledged === nothingMore ? "x" : core.acknowledged,
    `${core.tail.base} ${segments(core.tail.segments)}`,
    segments(core.displaced),
    role.kind,
    role.kind === "follower" ? `${role.leader} ${point(role.lock)}` : "",
    role.kind === "candidate"
      ? `${point(role.lock)} ${[...role.grants.keys()].sort().join()} ${point(role.seeking)}`
      : "",
    role.kind === "leader" ? role.inFlight.join() : "",
    core.timeoutCertificate?.term ?? "-",
    core.askedTerm,
    point(core.pendingReplication),
    point(core.pendingCommit),
    [...core.timeouts]
      .map(([id, { term }]) => `${id}.${term}`)
      .sort()
      .join(),
    [...core.answers]
      .map(([id, { term }]) => `${id}.${term}`)
      .sort()
      .join(),
    [...core.heldVotes]
      .map(([id, { term, lock }]) => `${id}.${term}.${point(lock)}`)
      .sort()
      .join(),
    [...core.pool.clients]
      .map(
        ([, { requests, committed }]) =>
          `${[...requests].map(([id, one]) => `${id}${one === "logged" ? "l" : "w"}`).join()}/${committed.highest}`,
      )
      .join(),
    durable.term,
    point(durable.lock),
    durable.acknowledged === undefined ? "-" : `${durable.acknowledged.term}.${durable.acknowledged.index}`,
  ];
  return parts.join("|");
}

const keysOfSaid = new WeakMap<Said, string>();

export function keyOfSaid(said: Said): string {
  const before = keysOfSaid.get(said);
  if (before !== undefined) return before;
  const sorted = (list: Iterable<string>): string => [...list].sort().join(";");
  const key = [
    sorted([...said.timeouts].map(([term, bits]) => `${term}:${bits}`)),
    sorted([...said.votes].map(([key, { signers }]) => `${key}:${signers}`)),
    sorted([...said.grants].map(([key, { signers }]) => `${key}:${signers}`)),
    sorted(said.requests.keys()),
    sorted(said.responses.keys()),
    sorted(said.appends.keys()),
  ].join("#");
  keysOfSaid.set(said, key);
  return key;
}

export type Outcome = {
  readonly node: HonestNode;
  readonly messages: readonly Outgoing[];
  /** The reason of a halt, or how the move itself broke an invariant. */
  readonly flaw: string | undefined;
  /** Whom evidence that it wrote accuses. */
  readonly accused: readonly NodeId[];
};

/**
 * Effects in order: what is written, and what is said, each after what it waits for. A crash lets only so many of the writes reach
 * the disk; what waits for no write was said all the same.
 */
export function carryOut(before: HonestNode, core: State, effects: readonly Effect[], writesMax: number): Outcome {
  let { durable } = before;
  const messages: Outgoing[] = [];
  const accused: NodeId[] = [];
  let flaw: string | undefined;
  let writes = 0;
  const say = (said: readonly Outgoing[]): void => {
    for (const message of said) flaw ??= flawOfMessage(message, durable);
    messages.push(...said);
  };
  for (const effect of effects) {
    if (effect.kind === "write" && ++writes <= writesMax) {
      durable = written(durable, effect.write);
      accused.push(...(effect.write.evidence?.accused ?? []));
      say(effect.release);
    } else if (effect.kind === "send") say([effect.message]);
    else if (effect.kind === "halt") flaw ??= `Halted: ${effect.reason}`;
  }
  const liars = accused.filter((id) => id === liar);
  if (liars.length < accused.length) flaw ??= `NoFraming: node ${core.config.self} accuses ${accused.join()}`;
  flaw ??= flawOfDisk(before.durable, durable);
  const crashed = writes > writesMax || writesMax < Number.POSITIVE_INFINITY;
  const after = crashed ? startCore(core.config.self, durable) : calm(core);
  return { node: nodeOf(after, durable), messages, flaw, accused };
}
