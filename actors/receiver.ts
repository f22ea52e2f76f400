/**
 * Receiver: takes frames off the listeners, has them verified, and passes on what is sound.
 *
 * In    `frame`, `closed` from the transport; `verdict` from the verifier; `credit`, `settled` from consensus;
 *       `certified` from commit tracker; `queried` from applier; `reply` from sender
 * Out   votes to commit tracker, queries to applier; everything else that is verified to consensus
 * Owns  listening sockets, lanes, size and rate limits, which connection is which client's
 * Rule  architecture: cheap checks first, lanes, and a flood of commands costs latency, never memory, nor votes
 *
 * Three lanes, each first in, first out: votes and evidence; AEs and chunks; commands. A lane has few batches at the
 * verifier at once; meanwhile the next batch grows, so load makes batches larger. Commands need credit besides: room in
 * the waiting room of consensus. Where a lane is full, its entrance stops reading.
 */
import type { VoteKind } from "../consensus/evidence-book.ts";
import type { BatchVerdict, SignatureBatch } from "../pools/signature-batch.ts";
import type { ClientId, LogIndex, NodeId, Term } from "../wire/types.ts";
import { admit, type CheckItem, type Entrance, type LaneNumber, type Members } from "./admission.ts";
import { rowCount } from "./command-rows.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";
import { isLate, isSpare, knowVotes, settle, type VotesKnown } from "./needless-votes.ts";
import { createOpenQueries, hasRoomFor, noteClosed, noteOpened, type OpenQueries } from "./open-queries.ts";
import { type Arrival, forged, pack, type Task, unpack, votePost } from "./verification.ts";

export type Config = {
  readonly members: Members;
  readonly self: NodeId;
  readonly memory: "shared" | "own";
  readonly commitIndex: LogIndex;
  /** Commands that may be between here and the log. */
  readonly commandsWaitingMax: number;
  /** As many signatures of votes are checked on this thread rather than by the verifier. */
  readonly checksHereMax: number;
};

export type Mail =
  | { readonly kind: "frame"; readonly entrance: Entrance; readonly connection: number; readonly frame: Uint8Array }
  | { readonly kind: "closed"; readonly connection: number }
  | { readonly kind: "verdict"; readonly task: number; readonly verdict: BatchVerdict }
  | { readonly kind: "credit"; readonly commands: number }
  /** The time that `later` asked for has come. */
  | { readonly kind: "later" }
  | { readonly kind: "settled"; readonly index: LogIndex }
  /** Q votes on this point are in: more of them tell nothing new. */
  | { readonly kind: "certified"; readonly of: VoteKind; readonly term: Term; readonly index: LogIndex }
  /** A query of this client is done with, answered or not. */
  | { readonly kind: "queried"; readonly client: ClientId }
  | { readonly kind: "reply"; readonly client: ClientId; readonly frame: Uint8Array };

export type Io = {
  /** Checks one signature on this thread. */
  readonly checkHere: (check: CheckItem) => boolean;
  /** Starts a verification; its result comes back as `verdict` mail. */
  readonly verify: (task: number, batch: SignatureBatch, lane: LaneNumber) => void;
  /** Writes to a client's connection, or drops the frame if that does not read. */
  readonly reply: (connection: number, frame: Uint8Array) => void;
  /** Stops reading, or goes on reading, at an entrance. */
  readonly hold: (entrance: Entrance, held: boolean) => void;
  /** Brings `later` mail in some 20 ms. */
  readonly later: () => void;
  /** Ends a connection whose messages are forged. */
  readonly close: (connection: number, reason: string) => void;
};

type Lane = {
  readonly queue: Arrival[];
  /** In the queue: counted anew for each frame they would cost a flood more than its frames do. */
  commands: number;
  readonly running: { task: Task; number: number; verdict?: BatchVerdict }[];
};

export type State = {
  readonly config: Config;
  readonly io: Io;
  readonly counters: Counters;
  readonly rejects: Counters;
  readonly lanes: readonly [Lane, Lane, Lane];
  readonly connectionsOf: Map<ClientId, number[]>;
  readonly held: Record<Entrance, boolean>;
  tasks: number;
  credit: number;
  readonly votes: VotesKnown;
  readonly queries: OpenQueries;
  /** Votes on points for which enough are being checked; looked at again if those do not suffice. */
  spare: Arrival[];
};

/** Signatures in one batch of each lane: votes must not wait for one another for long, the rest gains by being many. */
const checksPerTaskMax: readonly [number, number, number] = [256, 1024, 1024];
/** Batches of one lane at the verifier at once. */
const tasksPerLaneMax = 2;
/** While a batch of commands is at the verifier, another follows only if it is worth it: singles that arrive gather. */
const secondTaskCommandsMin = 256;
/** Frames that wait in a lane before its entrance stops reading, and before it reads again. */
const queuedMax = 4096;
const queuedLow = 1024;
/** Spare votes kept: what was read before the entrance stopped may come on top. More are lost, as on a network; all are said again. */
const spareMax = queuedMax + queuedLow;
/** Connections on which one client gets its answers: the newest. */
const connectionsPerClientMax = 8;

const newLane = (): Lane => ({ queue: [], commands: 0, running: [] });

export function start(config: Config, io: Io): State {
  return {
    config,
    io,
    counters: {},
    rejects: {},
    lanes: [newLane(), newLane(), newLane()],
    connectionsOf: new Map(),
    held: { peer: false, client: false },
    tasks: 0,
    credit: config.commandsWaitingMax,
    votes: knowVotes(config.members.quorum, config.commitIndex),
    queries: createOpenQueries(),
    spare: [],
  };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "frame":
      takeFrame(state, mail.entrance, mail.connection, mail.frame);
      break;
    case "closed":
      forgetConnection(state, mail.connection);
      break;
    case "verdict":
      return [...takeVerdict(state, mail.task, mail.verdict), ...pump(state)];
    case "credit":
      state.credit += mail.commands;
      break;
    case "settled":
      settle(state.votes, mail.index);
      return [];
    case "later":
      for (const arrival of state.spare) {
        if (!isLate(state.votes, arrival.admitted)) state.lanes[0].queue.push(arrival);
        else tally(state.counters, "late messages");
      }
      state.spare = [];
      break;
    case "certified":
      state.votes.certified[mail.of] = { term: mail.term, index: mail.index };
      return [];
    case "queried":
      noteClosed(state.queries, mail.client);
      return [];
    case "reply":
      for (const connection of state.connectionsOf.get(mail.client) ?? []) state.io.reply(connection, mail.frame);
      return [];
    default:
      return unreachable(mail);
  }
  return pump(state);
}

/** Fewer commands are checked with their envelope, in one go. */
const batchCommandsMin = 8;
/** Ready made: joined for each frame, a name would have to be looked up among all strings. */
const framesOf: Readonly<Record<Entrance, string>> = { peer: "peer frames", client: "client frames" };
const ownMessage = "a message of this node's own";

function takeFrame(state: State, entrance: Entrance, connection: number, frame: Uint8Array): void {
  tally(state.counters, framesOf[entrance]);
  const result = admit(state.config.members, entrance, frame);
  if (!result.ok) {
    tally(state.rejects, result.reason);
    // Honest members never send what cannot be admitted: whoever is there speaks another protocol, or lies.
    state.io.close(connection, result.reason);
    return;
  }
  let admitted = result.value;
  if (entrance === "peer" && admitted.opened?.signer === state.config.self) {
    // Its own votes it has already; and a question of its own that somebody plays back to it would have it answer itself.
    tally(state.rejects, ownMessage);
    state.io.close(connection, ownMessage);
    return;
  }
  if (isLate(state.votes, admitted)) {
    tally(state.counters, "late messages");
    return;
  }
  if (admitted.lane === 2 && admitted.opened !== undefined && rowCount(admitted.commands) >= batchCommandsMin) {
    // A stranger's batch must not cost the checks of all that is in it: first whether it is its sender's at all.
    tally(state.counters, "signatures checked");
    tally(state.counters, "signatures checked here");
    if (!admitted.checks.every(state.io.checkHere)) {
      refuseForged(state, connection, 1);
      return;
    }
    admitted = { ...admitted, checks: [] };
  }
  const lane = state.lanes[admitted.lane];
  // Relayed commands come by the peers' entrance, which is not held for them: they are relayed again.
  if (entrance === "peer" && admitted.lane === 2 && lane.queue.length > queuedMax) {
    tally(state.counters, "relays dropped");
    return;
  }
  if (isSpare(state.votes, admitted)) {
    if (state.spare.length >= spareMax) {
      tally(state.counters, "spare votes dropped");
      return;
    }
    if (state.spare.length === 0) state.io.later();
    state.spare.push({ admitted, connection });
    return;
  }
  lane.queue.push({ admitted, connection });
  lane.commands += rowCount(admitted.commands);
}

/** Gives each lane's next batch to the verifier, as far as there is room; holds entrances whose lanes are full. */
function pump(state: State): readonly Post[] {
  const posts = checkVotesHere(state);
  for (const number of [0, 1, 2] as const) {
    const lane = state.lanes[number];
    while (mayStart(lane, number)) {
      const batch = nextBatch(state, number);
      if (batch.length === 0) break;
      // What votes say is copied out of their batch; only commands stay where they were checked.
      const task = pack(batch, number === 0 ? "own" : state.config.memory);
      state.tasks++;
      lane.running.push({ task, number: state.tasks });
      state.io.verify(state.tasks, task.batch, number);
    }
  }
  const [votes, appends, commands] = state.lanes.map((lane) => lane.queue.length);
  // Relayed commands share a lane with clients' but come by the peers' entrance, which also brings votes: it is held
  // only by what peers alone can fill.
  holdIf(state, "peer", Math.max(votes ?? 0, appends ?? 0, state.spare.length));
  holdIf(state, "client", commands ?? 0);
  return posts;
}

function mayStart({ queue, commands, running }: Lane, number: LaneNumber): boolean {
  if (queue.length === 0 || running.length >= tasksPerLaneMax) return false;
  return number !== 2 || running.length === 0 || commands >= secondTaskCommandsMin;
}

/** A few votes that wait for nothing: checked at once, without a batch. */
function checkVotesHere(state: State): readonly Post[] {
  const { queue, running } = state.lanes[0];
  const none: readonly Post[] = [];
  if (queue.length === 0 || running.length > 0) return none;
  let checks = 0;
  for (const { admitted } of queue) checks += admitted.checks.length;
  if (checks > state.config.checksHereMax) return none;
  tally(state.counters, "signatures checked", checks);
  tally(state.counters, "signatures checked here", checks);
  return queue.splice(0).flatMap(({ admitted, connection }) => {
    if (admitted.opened !== undefined && admitted.checks.every(state.io.checkHere)) return votePost(admitted.opened);
    refuseForged(state, connection, 1);
    return none;
  });
}

function nextBatch(state: State, number: LaneNumber): Arrival[] {
  const lane = state.lanes[number];
  const { queue } = lane;
  let checks = 0;
  let taken = 0;
  for (const { admitted } of queue) {
    const commands = rowCount(admitted.commands);
    if (number === 2 && commands > 0 && state.credit <= 0) break;
    checks += admitted.checks.length + commands;
    if (taken > 0 && checks > checksPerTaskMax[number]) break;
    if (number === 2) state.credit -= commands;
    taken++;
  }
  const batch = queue.splice(0, taken);
  for (const { admitted } of batch) lane.commands -= rowCount(admitted.commands);
  return batch;
}

function holdIf(state: State, entrance: Entrance, queued: number): void {
  const held = state.held[entrance] ? queued > queuedLow : queued > queuedMax;
  if (held === state.held[entrance]) return;
  state.held[entrance] = held;
  if (held) tally(state.counters, `${entrance} entrance held`);
  state.io.hold(entrance, held);
}

/** Verdicts may come out of order; a lane passes its mail on in the order of arrival, or AEs would not follow. */
function takeVerdict(state: State, number: number, verdict: BatchVerdict): readonly Post[] {
  const posts: Post[] = [];
  for (const lane of state.lanes) {
    const done = lane.running.find((running) => running.number === number);
    if (done === undefined) continue;
    done.verdict = verdict;
    for (let first = lane.running[0]; first?.verdict !== undefined; first = lane.running[0]) {
      lane.running.shift();
      posts.push(...release(state, first.task, first.verdict));
    }
  }
  return posts;
}

function release(state: State, task: Task, verdict: BatchVerdict): readonly Post[] {
  const { posts, hellos, rejects } = unpack(task, verdict);
  tally(state.counters, "signatures checked", verdict.valid.length);
  for (const { client, node, connection } of hellos) {
    // Greeting another node: somebody replays it here to hear what is not his.
    if (node === state.config.self) noteConnection(state, client, connection);
    else tally(state.rejects, "hello to another node");
  }
  for (const { reason, connection, count } of rejects) {
    if (reason === forged) refuseForged(state, connection, count);
    else tally(state.rejects, reason, count);
  }
  giveBackCredit(state, task, posts);
  return posts.filter(({ mail }) => mail.kind !== "query" || mayPass(state, mail.query.client));
}

/** Makes room for a query on its way to the applier, or drops it. */
function mayPass(state: State, client: ClientId): boolean {
  const room = hasRoomFor(state.queries, client);
  if (room) noteOpened(state.queries, client);
  else tally(state.counters, "queries dropped");
  return room;
}

/** A forged envelope costs more to refuse than to make: its connection is of no more use. */
function refuseForged(state: State, connection: number, count: number): void {
  tally(state.rejects, forged, count);
  dropQueued(state, connection);
  state.io.close(connection, forged);
}

/** What came along with a forged message is not worth its checks: a chunk of TCP may hold hundreds. */
function dropQueued(state: State, connection: number): void {
  for (const lane of state.lanes) {
    const { queue } = lane;
    if (!queue.some((arrival) => arrival.connection === connection)) continue;
    const others = queue.filter((arrival) => arrival.connection !== connection);
    tally(state.counters, "dropped behind a forgery", queue.length - others.length);
    queue.splice(0, queue.length, ...others);
    lane.commands = others.reduce((sum, { admitted }) => sum + rowCount(admitted.commands), 0);
  }
}

/** Commands that were refused take up no room in the waiting room. */
function giveBackCredit(state: State, task: Task, posts: readonly Post[]): void {
  let taken = 0;
  for (const { admitted } of task.packed) if (admitted.lane === 2) taken += rowCount(admitted.commands);
  let passed = 0;
  for (const { mail } of posts) if (mail.kind === "commands") passed += mail.entries.count;
  state.credit += taken - passed;
}

function noteConnection(state: State, client: ClientId, connection: number): void {
  const known = (state.connectionsOf.get(client) ?? []).filter((one) => one !== connection);
  state.connectionsOf.set(client, [...known, connection].slice(-connectionsPerClientMax));
}

function forgetConnection(state: State, connection: number): void {
  for (const [client, known] of state.connectionsOf) {
    if (!known.includes(connection)) continue;
    state.connectionsOf.set(
      client,
      known.filter((one) => one !== connection),
    );
  }
}

/** What people ask for first. */
export function describe(state: State): object {
  const [votes, appends, commands] = state.lanes.map((lane) => lane.queue.length);
  return { lanes: { votes, appends, commands }, credit: state.credit, rejects: state.rejects };
}
