/**
 * The state of one node's consensus core, and how it begins. Only the rules in this folder change it.
 */
import { chainer, type Hash } from "../wire/chain.ts";
import type { Durable, Vote } from "../wire/durable.ts";
import { type Allocate, lastOf, type Segment } from "../wire/entries.ts";
import { faultyMax, quorumOf } from "../wire/quorum.ts";
import type {
  Certificate,
  Digest,
  ElectionProof,
  LogIndex,
  NodeId,
  Point,
  RequestVote,
  Signature,
  Term,
  TimeoutCertificate,
} from "../wire/types.ts";
import { type CommandPool, createCommandPool, noteLogged } from "./command-pool.ts";
import { createTail, lastIndex, type Tail } from "./tail.ts";

/** Times are counted in ticks of the node's clock. */
export type Config = {
  readonly self: NodeId;
  /** By position; equal on all nodes. */
  readonly validators: readonly NodeId[];
  /** The cluster's id, which is the chain hash at index 0. */
  readonly genesisHash: Digest;
  readonly heartbeatTicks: number;
  readonly electionTimeoutTicksMin: number;
  readonly electionTimeoutTicksMax: number;
  /** How long the candidate of each further rank waits. */
  readonly candidateDelayTicks: number;
  readonly fairnessTimeoutTicks: number;
  /** Batches of the leader's that may be uncommitted at once. */
  readonly windowBatches: number;
  /** How long a command waits for company for each batch in flight. */
  readonly batchDelayTicks: number;
  readonly batchCommandsMax: number;
  readonly batchBytesMax: number;
  readonly hash: Hash;
  readonly allocate: Allocate;
  /** Seed of the election timers' jitter. */
  readonly seed: number;
};

/** An AE of the current leader's that was accepted: one half of a proof, should the leader contradict it. */
export type AcceptedAppend = { readonly prevIndex: LogIndex; readonly endIndex: LogIndex; readonly frame: Uint8Array };

/** How a leader sees a follower that could not follow. */
export type FollowerView = { resentTick: number; lastIndex: LogIndex };

export type Follower = {
  readonly kind: "follower";
  /** The leader of this term, once its election is proved to this node. */
  readonly leader: NodeId | undefined;
  /** The lock point its election rests on; the log it leads extends it. */
  readonly lock: Point | undefined;
  accepted: AcceptedAppend[];
};

export type Candidate = {
  readonly kind: "candidate";
  lock: Point;
  readonly grants: Map<NodeId, Signature>;
  askedTick: number;
  /** A higher lock that a voter showed, whose chain is being fetched. */
  seeking: Certificate | undefined;
};

export type Leader = {
  readonly kind: "leader";
  readonly proof: ElectionProof;
  readonly followers: Map<NodeId, FollowerView>;
  /** Last index of each own batch that is not committed. */
  inFlight: LogIndex[];
  sentTick: number;
};

export type Role = Follower | Candidate | Leader;

export type State = {
  readonly config: Config;
  readonly quorum: number;
  readonly faulty: number;
  readonly chain: ReturnType<typeof chainer>;
  readonly pool: CommandPool;
  readonly tail: Tail;
  /** Newest TO of each node. */
  readonly timeouts: Map<NodeId, { readonly term: Term; readonly signature: Signature; readonly tick: number }>;
  /** The last TO of each node that is ahead, for a lower term than its newest: an answer to this node's own. */
  readonly answers: Map<NodeId, { readonly term: Term; readonly signature: Signature }>;
  /** When each peer that is behind was last answered. */
  readonly answeredTick: Map<NodeId, number>;
  /** Votes asked for by candidates whose rank is not due. */
  readonly heldVotes: Map<NodeId, RequestVote>;
  /** When each peer was last served by SYNC. */
  readonly servedTick: Map<NodeId, number>;

  tick: number;
  random: number;
  term: Term;
  vote: Vote | undefined;
  lock: Certificate | undefined;
  commit: Certificate | undefined;
  /** How far the log is acknowledged in the current term; `nothingMore` where no more of it may be. */
  acknowledged: LogIndex;
  /** The chain from where it left the log up to the lock. */
  displaced: readonly Segment[];
  role: Role;
  enteredTick: number;
  timeoutCertificate: TimeoutCertificate | undefined;
  /** The highest term this node has asked for. */
  askedTerm: Term;
  deadlineTick: number;
  /** Times the timer has fired since there was progress: each doubles it. */
  backoff: number;
  fairnessTick: number;
  relayedTick: number;
  /** Certificates on chains that this node does not hold (yet). */
  pendingReplication: Certificate | undefined;
  pendingCommit: Certificate | undefined;
  fetchTick: number;
  /** The commit index when it was last looked at with entries above it, and since when it is that. */
  stalledAt: LogIndex;
  stalledTick: number;
  /** Questions by SYNC so far, so that each goes to another peer, and those since the last useful answer. */
  fetchAttempts: number;
  fetchFailures: number;
};

/** The core as it stands after a start, from what it had made durable. */
export function createState(config: Config, durable: Durable): State {
  const validators = config.validators.length;
  const commitIndex = durable.commit?.index ?? (0 as LogIndex);
  const pool = createCommandPool();
  for (const segment of durable.tail) noteLogged(pool, segment.entries);
  const state: State = {
    config,
    quorum: quorumOf(validators),
    faulty: faultyMax(validators),
    chain: chainer(config.hash),
    pool,
    tail: createTail(commitIndex, durable.commit?.hash ?? config.genesisHash, durable.tail),
    timeouts: new Map(),
    answers: new Map(),
    answeredTick: new Map(),
    heldVotes: new Map(),
    servedTick: new Map(),
    tick: 0,
    random: config.seed >>> 0,
    term: durable.term,
    vote: durable.vote?.term === durable.term ? durable.vote : undefined,
    lock: durable.lock,
    commit: durable.commit,
    acknowledged: durable.acknowledged?.term === durable.term ? durable.acknowledged.index : (0 as LogIndex),
    displaced: durable.displaced,
    role: followerOf(undefined, undefined),
    enteredTick: 0,
    timeoutCertificate: undefined,
    askedTerm: durable.term,
    deadlineTick: 0,
    backoff: 0,
    fairnessTick: 0,
    relayedTick: 0,
    pendingReplication: undefined,
    pendingCommit: undefined,
    fetchTick: 0,
    stalledAt: commitIndex,
    stalledTick: 0,
    fetchAttempts: 0,
    fetchFailures: 0,
  };
  restartTimer(state);
  // Nobody leads a new cluster: there is nothing to wait for.
  if (durable.term === 0) state.deadlineTick = 1;
  return state;
}

/**
 * In place of the index that is acknowledged: a commit has displaced what this node had acknowledged in the term, whose leader
 * thus signed two logs. Another AER of the term would contradict the earlier ones, and prove a lie of this node's.
 */
export const nothingMore: LogIndex = Number.MAX_SAFE_INTEGER as LogIndex;

export function followerOf(leader: NodeId | undefined, lock: Point | undefined): Follower {
  return { kind: "follower", leader, lock, accepted: [] };
}

export function commitIndexOf(state: State): LogIndex {
  return state.tail.base;
}

/** True while this node knows of work that is not committed: an entry, or a client's command. */
export function hasUncommittedWork(state: State): boolean {
  return lastIndex(state.tail) > state.tail.base || state.pool.waitingCount > 0;
}

/** Starts the election timer anew, from now, with jitter, doubled for each time it fired without progress. */
export function restartTimer(state: State): void {
  const { electionTimeoutTicksMin: min, electionTimeoutTicksMax: max } = state.config;
  const jitter = Math.floor(nextRandom(state) * (max - min + 1));
  state.deadlineTick = state.tick + scaled(state, min + jitter);
}

const backoffMax = 6;

/** A span of ticks, doubled as the timers are. */
export function scaled(state: State, ticks: number): number {
  return ticks * 2 ** Math.min(state.backoff, backoffMax);
}

/** Progress was made: the timers are as short as they begin. */
export function noteProgress(state: State): void {
  state.backoff = 0;
  restartTimer(state);
}

/** The validator's rank among the candidates of a term: 0 asks for votes at once, others wait. */
export function rankOf(state: State, node: NodeId, term: Term): number {
  const { validators } = state.config;
  const position = validators.indexOf(node);
  return (((position - (term % validators.length)) % validators.length) + validators.length) % validators.length;
}

/** The point a certificate certifies; without one, the genesis. */
export function pointOf(state: State, certificate: Certificate | undefined): Point {
  if (certificate === undefined) return { term: 0 as Term, index: 0 as LogIndex, hash: state.config.genesisHash };
  return { term: certificate.term, index: certificate.index, hash: certificate.hash };
}

/**
 * True where another SYNC question may be asked. An answer may be a megabyte and take long to verify: while none helps,
 * each question waits twice as long as the one before, or slow nodes would drown in answers.
 */
export function mayAsk(state: State): boolean {
  const patience = 2 * state.config.heartbeatTicks * 2 ** Math.min(state.fetchFailures, backoffMax);
  return state.tick - state.fetchTick >= patience;
}

/** Orders points as locks are: by the term of the votes, then by index. */
export function comparePoints(a: Point, b: Point): number {
  return a.term - b.term || a.index - b.index;
}

/** Index of the last entry of a displaced suffix that starts where `segments` do. */
export function endOfSegments(segments: readonly Segment[]): LogIndex | undefined {
  const last = segments.at(-1);
  return last === undefined ? undefined : lastOf(last);
}

/** Mulberry32: [0, 1). Only timers depend on it, so its quality matters little; that it is seeded does. */
function nextRandom(state: State): number {
  state.random = (state.random + 0x6d2b79f5) >>> 0;
  let x = state.random;
  x = Math.imul(x ^ (x >>> 15), x | 1);
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
  return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
}
