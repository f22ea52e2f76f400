/** Everything that may happen next in a world: each move is one event at one honest node, or a crash of it. */
import type { Event } from "../../consensus/protocol.ts";
import type { State } from "../../consensus/state.ts";
import { step } from "../../consensus/step.ts";
import { lastHash, lastIndex } from "../../consensus/tail.ts";
import { digestAt, type Entries, emptyColumns } from "../../wire/entries.ts";
import type { Certificate, Digest, NodeId, Point, RequestVote, Term } from "../../wire/types.ts";
import {
  carryOut,
  certificateOf,
  cloneCore,
  commands,
  endorsements,
  enoughWith,
  entriesOf,
  extend,
  type HonestNode,
  hex,
  honest,
  isCertified,
  type Known,
  liar,
  nodeOf,
  noEntries,
  signature,
  startCore,
  type World,
  withSaid,
} from "./world.ts";

export type Bounds = {
  readonly termMax: number;
  readonly indexMax: number;
  readonly crashesMax: number;
  /** Whether the fourth node lies; if not, it is away. */
  readonly lies: boolean;
  /** Whether a crash may also come while an event's writes are under way. */
  readonly tears: boolean;
};

export type Move = {
  readonly node: NodeId;
  readonly text: string;
  readonly event: Event | "timer" | "due" | "heartbeat" | "crash";
  /** The node crashes in the midst of it, when so many of its writes are on the disk. */
  readonly tornAfter?: number;
};

type Certified = { readonly replicated: Point[]; readonly committed: Point[] };

function certified(world: World, { lies }: Bounds): Certified {
  const enough = enoughWith(lies);
  const replicated: Point[] = [];
  const committed: Point[] = [];
  for (const { kind, point, signers } of world.said.votes.values()) {
    if (enough(signers)) (kind === "A" ? replicated : committed).push(point);
  }
  return { replicated, committed };
}

export function movesOf(world: World, known: Known, bounds: Bounds): Move[] {
  const moves: Move[] = [];
  const sure = certified(world, bounds);
  for (const node of honest) {
    const one = world.nodes[node];
    if (one === undefined) continue;
    ownMoves(moves, world, node, one, bounds);
    termMoves(moves, world, node, one, bounds, sure);
    appendMoves(moves, world, node, one, known, bounds);
    certificateMoves(moves, node, one, sure, known);
  }
  if (bounds.tears && world.crashes < bounds.crashesMax) moves.push(...moves.flatMap(tornOf));
  return moves;
}

/** No event of so small a log writes more often than three times; after the last write it is a crash behind the event. */
function tornOf(move: Move): Move[] {
  if (move.event === "crash") return [];
  return [0, 1, 2].map((writes) => ({
    ...move,
    text: `${move.text}, and crashes with ${writes} of its writes on the disk`,
    tornAfter: writes,
  }));
}

/** Timers, commands, crashes: what comes from nobody's message. */
function ownMoves(moves: Move[], world: World, node: NodeId, { core }: HonestNode, bounds: Bounds): void {
  if (Math.max(core.term, core.askedTerm) < bounds.termMax) moves.push({ node, text: "timer", event: "timer" });
  if (core.tick === 0 && core.term > 0) moves.push({ node, text: "ranks are due", event: "due" });
  if (core.role.kind === "leader") {
    moves.push({ node, text: "heartbeat", event: "heartbeat" });
    if (lastIndex(core.tail) < bounds.indexMax) {
      for (const [command] of commands.entries()) {
        moves.push({
          node,
          text: `command ${command}`,
          event: { kind: "commands", entries: entriesOf(command, 0 as Term) },
        });
      }
    }
    // Followers that cannot follow complain of where they are.
    for (const other of honest) {
      const follower = world.nodes[other];
      if (other === node || follower === undefined || follower.core.term > core.term) continue;
      const { tail } = follower.core;
      const value = {
        term: follower.core.term,
        node: other,
        lastIndex: lastIndex(tail),
        lastHash: lastHash(tail),
        commitIndex: tail.base,
      };
      moves.push({ node, text: `NACK of ${other}`, event: { kind: "nack", value } });
    }
  }
  if (world.crashes < bounds.crashesMax) moves.push({ node, text: "crash", event: "crash" });
}

function termMoves(
  moves: Move[],
  world: World,
  node: NodeId,
  { core }: HonestNode,
  bounds: Bounds,
  { replicated }: Certified,
): void {
  const { said } = world;
  for (let term = core.term + 1; term <= bounds.termMax; term++) {
    const bits = said.timeouts.get(term) ?? 0;
    for (const from of bounds.lies ? [...honest, liar] : honest) {
      if (from !== liar && (bits & (1 << from)) === 0) continue;
      if ((core.timeouts.get(from)?.term ?? 0) >= term) continue;
      const value = { term: term as Term, node: from };
      moves.push({ node, text: `TO t${term} of ${from}`, event: { kind: "timeout", value, signature } });
    }
  }
  const ask = (value: RequestVote): void => {
    if (value.candidate === node || value.term < core.term) return;
    moves.push({
      node,
      text: `RV t${value.term} of ${value.candidate} at ${shown(value.lock)}`,
      event: { kind: "requestVote", value },
    });
  };
  for (const value of said.requests.values()) ask(value);
  if (bounds.lies) {
    for (const [term, bits] of said.timeouts) {
      if (!isCertified(bits) || term > bounds.termMax) continue;
      const timeout = { term: term as Term, endorsements: [...endorsements] };
      for (const lock of [undefined, ...replicated.map(certificateOf)]) {
        if (lock === undefined || lock.term < term) ask({ term: term as Term, candidate: liar, lock, timeout });
      }
    }
  }
  const { role } = core;
  if (role.kind !== "candidate") return;
  for (const value of said.responses.values()) {
    if (value.candidate !== node || value.term !== core.term) continue;
    moves.push({
      node,
      text: `RVR of ${value.voter} ${value.granted ? "grants" : `refuses with ${shown(value.voterLock)}`} at ${shown(value.lock)}`,
      event: { kind: "requestVoteResponse", value, signature },
    });
  }
  if (!bounds.lies) return;
  const bare = { term: core.term, voter: liar, candidate: node, lock: role.lock };
  moves.push({
    node,
    text: "the liar grants",
    event: { kind: "requestVoteResponse", value: { ...bare, granted: true, voterLock: undefined }, signature },
  });
  for (const voterLock of replicated.map(certificateOf)) {
    moves.push({
      node,
      text: `the liar refuses with ${shown(voterLock)}`,
      event: { kind: "requestVoteResponse", value: { ...bare, granted: false, voterLock }, signature },
    });
  }
}

const noFrame = new Uint8Array(0);

function appendMoves(
  moves: Move[],
  world: World,
  node: NodeId,
  { core }: HonestNode,
  known: Known,
  bounds: Bounds,
): void {
  for (const { header, entries } of world.said.appends.values()) {
    if (header.leader === node || header.term < core.term) continue;
    const proved = header.proof === undefined ? "" : ", with proof";
    const behind = `${header.prevIndex} (${hex(header.prevHash)})`;
    const text = `AE t${header.term} of ${header.leader} behind ${behind} to ${hex(header.endHash)}${proved}`;
    moves.push({ node, text, event: { kind: "appendEntries", header, entries, frame: noFrame } });
  }
  if (!bounds.lies) return;
  for (const { term, candidate, lock, signers } of world.said.grants.values()) {
    if (candidate !== liar || term < core.term || !isCertified(signers)) continue;
    const proof = { term, leader: liar, lock, endorsements: [...endorsements] };
    const ends: Point[] = [lock, { term, index: core.tail.base, hash: core.tail.baseHash }];
    ends.push({ term, index: lastIndex(core.tail), hash: lastHash(core.tail) });
    for (const prev of new Map(ends.map((end) => [hex(end.hash), end])).values()) {
      const bare = { term, leader: liar, prevIndex: prev.index, prevHash: prev.hash, proof };
      const event = (endHash: Digest, entries: Entries): Event => ({
        kind: "appendEntries",
        header: { ...bare, endHash },
        entries,
        frame: noFrame,
      });
      moves.push({
        node,
        text: `AE t${term} of the liar, nothing behind ${prev.index} (${hex(prev.hash)})`,
        event: event(prev.hash, noEntries),
      });
      if (prev.index >= bounds.indexMax) continue;
      for (const [command] of commands.entries()) {
        const hash = extend(known, prev.hash, prev.index, command, term);
        moves.push({
          node,
          text: `AE t${term} of the liar, command ${command} behind ${prev.index} (${hex(prev.hash)})`,
          event: event(hash, entriesOf(command, term)),
        });
      }
    }
  }
}

function certificateMoves(moves: Move[], node: NodeId, { core }: HonestNode, sure: Certified, known: Known): void {
  for (const point of sure.replicated) {
    if (point.term < core.term || point.index <= core.tail.base) continue;
    moves.push({ node, text: `RC ${shown(point)}`, event: { kind: "replicated", certificate: certificateOf(point) } });
  }
  for (const point of sure.committed) {
    if (point.index < core.tail.base) continue;
    moves.push({ node, text: `CC ${shown(point)}`, event: { kind: "committed", certificate: certificateOf(point) } });
    syncMove(moves, node, core, { $case: "commit", value: certificateOf(point) }, known);
  }
  if (core.role.kind === "candidate" && core.role.seeking !== undefined) {
    syncMove(moves, node, core, { $case: "replication", value: core.role.seeking }, known);
  }
}

function syncMove(
  moves: Move[],
  node: NodeId,
  core: HonestNode["core"],
  end: { $case: "commit" | "replication"; value: Certificate },
  known: Known,
): void {
  const entries = entriesBetween(known, core.tail.baseHash, end.value.hash);
  if (entries === undefined) return;
  const header = { node: liar, prevIndex: core.tail.base, prevHash: core.tail.baseHash, end };
  moves.push({ node, text: `SYNC to ${shown(end.value)}`, event: { kind: "syncResponse", header, entries } });
}

/** The entries of a chain that leads from one hash to another; undefined where none is known, or there are none. */
function entriesBetween(known: Known, from: Digest, to: Digest): Entries | undefined {
  const steps: { term: Term; command: number }[] = [];
  for (let at = hex(to); at !== hex(from); ) {
    const entry = known.get(at);
    if (entry === undefined) return undefined;
    steps.unshift(entry);
    at = entry.prev;
  }
  if (steps.length === 0) return undefined;
  const columns = emptyColumns(steps.length);
  const data = new Uint8Array(steps.length);
  for (const [row, { term, command }] of steps.entries()) {
    const one = entriesOf(command, term);
    data[row] = one.data[0] ?? 0;
    columns.starts[row] = row;
    columns.ends[row] = row + 1;
    columns.payloadStarts[row] = row;
    columns.payloadEnds[row] = row + 1;
    columns.clients[row] = one.clients[0] ?? 0;
    columns.requests[row] = one.requests[0] ?? 0;
    columns.terms[row] = term;
    columns.leaves.set(one.leaves, row * 32);
  }
  return { count: steps.length, data, ...columns };
}

export type Next = {
  readonly world: World;
  /** How the move itself broke an invariant. */
  readonly flaw: string | undefined;
  /** Whom evidence that was written accuses. */
  readonly accused: readonly NodeId[];
};

/** The world after a move; the one before is left as it was. */
export function play(world: World, { node, event, tornAfter }: Move, known: Known): Next {
  const before = world.nodes[node];
  if (before === undefined) throw new Error(`no node ${node}`);
  if (event === "crash") {
    const again = nodeOf(startCore(node, before.durable), before.durable);
    const after = { ...world, nodes: world.nodes.with(node, again), crashes: world.crashes + 1 };
    return { world: after, flaw: undefined, accused: [] };
  }
  const core = cloneCore(before.core);
  let effects: ReturnType<typeof step>;
  if (event === "timer") {
    core.deadlineTick = core.tick + 1;
    const due = core.tick > core.enteredTick;
    effects = step(core, { kind: "tick" });
    // A tick of the timer is not yet the turn of the ranks behind the first.
    if (!due && core.tick === 1) core.tick = core.enteredTick;
  } else if (event === "due") {
    core.tick += 10;
    effects = step(core, { kind: "tick" });
  } else if (event === "heartbeat") {
    if (core.role.kind === "leader") core.role.sentTick = -1000;
    core.tick--;
    effects = step(core, { kind: "tick" });
  } else effects = step(core, event);
  noteChain(known, core);
  const writesMax = tornAfter ?? Number.POSITIVE_INFINITY;
  const { node: after, messages, flaw, accused } = carryOut(before, core, effects, writesMax);
  const said = withSaid(world.said, node, messages);
  const bit = 1 << node;
  const kept = after.core.term === before.core.term ? world.refused : world.refused & ~bit;
  const seeks = after.core.role.kind === "candidate" && after.core.role.seeking !== undefined;
  const refused = seeks ? kept | bit : kept;
  const crashes = tornAfter === undefined ? world.crashes : world.crashes + 1;
  return { world: { nodes: world.nodes.with(node, after), said, refused, crashes }, flaw, accused };
}

/** What stands in a log above its commit index, over all its segments. */
function noteChain(known: Known, { tail }: State): void {
  let prev = tail.baseHash;
  for (const { first, entries, hashes } of tail.segments) {
    for (let row = 0; row < entries.count; row++) {
      const hash = digestAt(hashes, row);
      if (!known.has(hex(hash))) {
        extend(known, prev, first + row - 1, (entries.requests[row] ?? 1) - 1, (entries.terms[row] ?? 0) as Term);
      }
      prev = hash;
    }
  }
}

function shown(point: Point | Certificate | undefined): string {
  return point === undefined ? "none" : `(${point.term}, ${point.index}, ${hex(point.hash)})`;
}
