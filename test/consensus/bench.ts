/** One consensus core under test, fed with events as the verifier would: signatures are made up, since it checks none. */
import { hash } from "node:crypto";
import type { Effect, Event, Outgoing } from "../../consensus/protocol.ts";
import { type Config, createState, type State } from "../../consensus/state.ts";
import { step } from "../../consensus/step.ts";
import { hashAt, lastHash, lastIndex } from "../../consensus/tail.ts";
import type { Durable } from "../../wire/durable.ts";
import { digestAt, type Entries, emptyColumns } from "../../wire/entries.ts";
import type {
  Certificate,
  Digest,
  ElectionProof,
  LogIndex,
  NodeId,
  Point,
  Signature,
  Term,
  TimeoutCertificate,
} from "../../wire/types.ts";

export const genesis: Digest = new Uint8Array(32).fill(9) as Digest;
export const none: Durable = {
  term: 0 as Term,
  vote: undefined,
  lock: undefined,
  acknowledged: undefined,
  commit: undefined,
  tail: [],
  displaced: [],
};

export const config: Config = {
  self: 0 as NodeId,
  validators: [0, 1, 2, 3] as NodeId[],
  genesisHash: genesis,
  heartbeatTicks: 5,
  electionTimeoutTicksMin: 50,
  electionTimeoutTicksMax: 60,
  candidateDelayTicks: 3,
  fairnessTimeoutTicks: 500,
  windowBatches: 2,
  batchDelayTicks: 0,
  batchCommandsMax: 3,
  batchBytesMax: 10_000,
  hash: (bytes) => hash("sha256", bytes, "buffer"),
  allocate: (bytes) => new Uint8Array(bytes),
  seed: 1,
};

export function core(changes: Partial<Config> = {}, durable: Partial<Durable> = {}): State {
  return createState({ ...config, ...changes }, { ...none, ...durable });
}

export const signature = new Uint8Array(64) as Signature;
const endorsements = [1, 2, 3].map((node) => ({ node: node as NodeId, signature }));

export function commands(requests: readonly number[], term = 0, client = 7): Entries {
  const columns = emptyColumns(requests.length);
  requests.forEach((request, row) => {
    columns.starts[row] = row * 10;
    columns.ends[row] = row * 10 + 10;
    columns.clients[row] = client;
    columns.requests[row] = request;
    columns.terms[row] = term;
    columns.leaves.set(config.hash(Buffer.from(`${client}/${request}`)), row * 32);
  });
  return { count: requests.length, data: new Uint8Array(requests.length * 10), ...columns };
}

/** Chain hash after entries of these requests, all of one term, behind (index, prev). */
export function chainAfter(state: State, prevIndex: number, prev: Uint8Array, entries: Entries): Digest {
  let end = prev;
  for (let row = 0; row < entries.count; row++) {
    const index = (prevIndex + 1 + row) as LogIndex;
    end = state.chain(end, index, (entries.terms[row] ?? 0) as Term, digestAt(entries.leaves, row));
  }
  return end as Digest;
}

export function certificate(term: number, index: number, hash: Digest): Certificate {
  return { term: term as Term, index: index as LogIndex, hash, endorsements };
}

export function timeoutCertificate(term: number): TimeoutCertificate {
  return { term: term as Term, endorsements };
}

export function point(term: number, index: number, hash: Digest): Point {
  return { term: term as Term, index: index as LogIndex, hash };
}

export function proof(term: number, leader: number, lock: Point = point(0, 0, genesis)): ElectionProof {
  return { term: term as Term, leader: leader as NodeId, lock, endorsements };
}

/** An AE as `leader` sends it behind the log of `state`, unless told where. */
export function append(
  state: State,
  term: number,
  leader: number,
  requests: readonly number[],
  more: { prevIndex?: number; prevHash?: Digest; proof?: ElectionProof | undefined; entryTerm?: number } = {},
): Event {
  const prevIndex = (more.prevIndex ?? lastIndex(state.tail)) as LogIndex;
  const prevHash = more.prevHash ?? hashAt(state.tail, prevIndex) ?? lastHash(state.tail);
  const entries = commands(requests, more.entryTerm ?? term);
  const endHash = chainAfter(state, prevIndex, prevHash, entries);
  const header = { term: term as Term, leader: leader as NodeId, prevIndex, prevHash, endHash, proof: more.proof };
  return { kind: "appendEntries", header, entries, frame: Buffer.from(`AE ${term} ${prevIndex} ${requests}`) };
}

export function ticks(state: State, count: number): Effect[] {
  return Array.from({ length: count }, () => step(state, { kind: "tick" })).flat();
}

/** Messages that effects send or release, in short. */
export function messages(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === "send") return [shortOf(effect.message)];
    return effect.kind === "write" ? effect.release.map((message) => `${shortOf(message)}, once durable`) : [];
  });
}

function shortOf(message: Outgoing): string {
  const to = typeof message.to === "string" ? message.to : message.to.join(",");
  switch (message.kind) {
    case "append":
      return `AE(${message.header.term}, ${message.header.prevIndex}+${message.entries?.count ?? 0}${message.header.proof ? ", EP" : ""}) to ${to}`;
    case "relay":
      return `RELAY(${message.entries.count}) to ${to}`;
    case "sync":
      return `SYNC(${message.prevIndex}.., ${message.end.$case} ${message.end.value.index}) to ${to}`;
    case "body": {
      const { $case, value } = message.body;
      switch ($case) {
        case "appendEntriesResponse":
          return `AER(${value.term}, ${value.index}) to ${to}`;
        case "commitVote":
          return `CV(${value.term}, ${value.index}) to ${to}`;
        case "timeout":
          return `TO(${value.term}) to ${to}`;
        case "requestVote":
          return `RV(${value.term}, lock ${value.lock?.index ?? 0}) to ${to}`;
        case "requestVoteResponse":
          return `RVR(${value.term}, ${value.granted ? "granted" : "refused"}, lock ${value.lock?.index}) to ${to}`;
        case "nack":
          return `NACK(${value.term}, last ${value.lastIndex}, commit ${value.commitIndex}) to ${to}`;
        case "syncRequest":
          return `SYNC?(${value.fromIndex}${value.want ? `, want ${value.want.index}` : ""}) to ${to}`;
        default:
          return `${$case} to ${to}`;
      }
    }
  }
}

/** Node 0 as follower of `leader` in `term`. */
export function following(term: number, leader: number, durable: Partial<Durable> = {}): State {
  const state = core({}, durable);
  step(state, append(state, term, leader, [], { proof: proof(term, leader) }));
  return state;
}

/** Node 0 as leader of term 4, in which its rank is 0. */
export function leading(changes: Partial<Config> = {}): State {
  const state = core(changes);
  for (const node of [1, 2, 3] as NodeId[]) {
    step(state, { kind: "timeout", value: { term: 4 as Term, node }, signature });
  }
  for (const voter of [0, 1, 2] as NodeId[]) {
    const lock = point(0, 0, genesis);
    const value = { term: 4 as Term, voter, candidate: 0 as NodeId, lock, granted: true, voterLock: undefined };
    step(state, { kind: "requestVoteResponse", value, signature });
  }
  if (state.role.kind !== "leader") throw new Error("node 0 was not elected");
  return state;
}
