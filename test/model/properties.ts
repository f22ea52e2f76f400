/** What must hold in every world, and what some world must show. */
import { holdsLockChain } from "../../consensus/log.ts";
import { nothingMore, type State } from "../../consensus/state.ts";
import { hashAt, lastIndex } from "../../consensus/tail.ts";
import type { Durable } from "../../wire/durable.ts";
import { digestAt, type Segment } from "../../wire/entries.ts";
import { type Certificate, type Point, sameBytes } from "../../wire/types.ts";
import type { Bounds } from "./moves.ts";
import { enoughWith, hex, honest, type Known, liar, type World } from "./world.ts";

/** The invariant that a world breaks, and how; undefined where it breaks none. */
export function flawOf(world: World, { lies }: Bounds, known: Known): string | undefined {
  const enough = enoughWith(lies);
  const committed: { term: number; index: number; hash: string }[] = [];
  const replicated = new Map<string, string>();
  const signedAt = new Map<string, string>();
  for (const { kind, point, signers } of world.said.votes.values()) {
    const hash = hex(point.hash);
    for (const id of honest) {
      if ((signers & (1 << id)) === 0) continue;
      const place = `${kind} ${id} ${point.term} ${point.index}`;
      if (signedAt.has(place) && signedAt.get(place) !== hash)
        return `SignOnce: node ${id} signed two logs at ${place}`;
      signedAt.set(place, hash);
    }
    if (!enough(signers)) continue;
    if (kind === "C") committed.push({ term: point.term, index: point.index, hash });
    else {
      const place = `${point.term} ${point.index}`;
      if (replicated.has(place) && replicated.get(place) !== hash) return `PrepareCertUnique at ${place}`;
      replicated.set(place, hash);
    }
  }
  for (const a of committed) {
    for (const b of committed) {
      if (a.index <= b.index && !goesThrough(known, b.hash, a.index, a.hash)) {
        return `Agreement: (${a.term}, ${a.index}, ${a.hash}) and (${b.term}, ${b.index}, ${b.hash}) are both committed`;
      }
    }
  }
  const elected = new Map<number, number>();
  const voted = new Map<string, number>();
  for (const { term, candidate, lock, signers } of world.said.grants.values()) {
    for (const id of honest) {
      if ((signers & (1 << id)) === 0) continue;
      const before = voted.get(`${id} ${term}`);
      if (before !== undefined && before !== candidate) return `VoteOnce: node ${id} in term ${term}`;
      voted.set(`${id} ${term}`, candidate);
    }
    if (!enough(signers)) continue;
    const other = elected.get(term);
    if (other !== undefined && other !== candidate) return `ElectionSafety: ${other} and ${candidate} in term ${term}`;
    elected.set(term, candidate);
    for (const one of committed) {
      if (one.term < term && !goesThrough(known, hex(lock.hash), one.index, one.hash)) {
        return `LeaderCompleteness: ${candidate} may lead term ${term} without (${one.term}, ${one.index})`;
      }
    }
  }
  return silencedByHonest(world) ?? flawOfNodes(world, committed);
}

/** Only a leader that signed two logs can have made a node acknowledge what a commit displaces. */
function silencedByHonest({ nodes, said }: World): string | undefined {
  for (const [id, { core }] of nodes.entries()) {
    if (core.acknowledged !== nothingMore) continue;
    for (const { header } of said.appends.values())
      if (header.term === core.term)
        return `SilencedByLies: node ${id} in term ${core.term}, led by node ${header.leader}`;
  }
  return undefined;
}

function flawOfNodes(
  { nodes }: World,
  committed: readonly { readonly term: number; readonly index: number; readonly hash: string }[],
): string | undefined {
  for (const [id, { core, durable }] of nodes.entries()) {
    if (!holdsLockChain(core)) return `LockChainKept: node ${id}`;
    if (durable.term !== core.term) return `Durable: node ${id} is in term ${core.term}, its disk in ${durable.term}`;
    if ((durable.commit?.index ?? 0) !== core.tail.base) return `Durable: the commit index of node ${id}`;
    const acknowledged = durable.acknowledged?.term === core.term ? durable.acknowledged.index : 0;
    // Of what is committed nobody counts acknowledgements: a leader takes them for granted there, and sends none.
    const counts = core.acknowledged !== nothingMore && core.acknowledged > core.tail.base;
    if (counts && acknowledged < core.acknowledged) {
      return `Durable: what node ${id} acknowledged`;
    }
    const { commit } = core;
    const isBacked = (point: Point): boolean =>
      committed.some((one) => one.term === point.term && one.index === point.index && one.hash === hex(point.hash));
    if (commit !== undefined && !isBacked(commit)) return `CommitCertified: node ${id} at ${commit.index}`;
    const flaw = unlikeItsDisk(core, durable);
    if (flaw !== undefined) return `Durable: the ${flaw} of node ${id}`;
    if (lastIndex(core.tail) < core.tail.base) return `LogBounds: node ${id}`;
  }
  return undefined;
}

/** Between two events nothing of the core is ahead of its disk, so what it would be after a crash needs no record of its own. */
function unlikeItsDisk(core: State, durable: Durable): string | undefined {
  const vote = durable.vote?.term === durable.term ? durable.vote : undefined;
  if (vote?.candidate !== core.vote?.candidate || !isSame(vote?.lock, core.vote?.lock)) return "vote";
  if (!isSame(durable.lock, core.lock)) return "lock";
  if (endOf(durable.tail) !== endOf(core.tail.segments)) return "log";
  return endOf(durable.displaced) === endOf(core.displaced) ? undefined : "displaced suffix";
}

function isSame(a: Point | Certificate | undefined, b: Point | Certificate | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.term === b.term && a.index === b.index && sameBytes(a.hash, b.hash);
}

function endOf(segments: readonly Segment[]): string {
  const last = segments.at(-1);
  return last === undefined ? "" : hex(digestAt(last.hashes, last.entries.count - 1));
}

/** Whether the chain that ends in `end` has `hash` at `index`. */
function goesThrough(known: Known, end: string, index: number, hash: string): boolean {
  for (let at: string | undefined = end; at !== undefined; ) {
    if (at === hash) return true;
    const entry = known.get(at);
    if (entry === undefined || entry.index <= index) return false;
    at = entry.prev;
  }
  return false;
}

/** Names of what a world shows; `before` is the one that a move led from. */
export function goalsOf(before: World, world: World, { lies }: Bounds): string[] {
  const enough = enoughWith(lies);
  const goals: string[] = [];
  const terms = new Set<number>();
  for (const { kind, point, signers } of world.said.votes.values()) {
    if (kind === "C" && enough(signers)) terms.add(point.term);
  }
  for (const term of terms) goals.push(`a commit in term ${term}`);
  for (const { candidate, signers, lock, term } of world.said.grants.values()) {
    if (!enough(signers)) continue;
    if (candidate === liar) goals.push("the liar is elected");
    if (lock.index > 0 && lock.term < term) goals.push("a lock is carried over an election");
  }
  const leaders = world.nodes.filter(({ core }) => core.role.kind === "leader");
  if (leaders.length > 1) goals.push("two leaders at once, of different terms");
  for (const [id, { core }] of world.nodes.entries()) {
    const was = before.nodes[id];
    if (was === undefined || was.core === core) continue;
    if (core.displaced.length > 0) goals.push("a suffix is displaced and kept aside");
    if (was.core.displaced.length > 0 && core.displaced.length === 0 && core.role.kind === "candidate") {
      goals.push("a displaced suffix is proposed again");
    }
    if (core.acknowledged === nothingMore) goals.push("a commit displaces what was acknowledged");
    if (core.role.kind === "candidate" && core.role.seeking !== undefined)
      goals.push("a candidate is refused for its lock");
    const sought = was.core.role.kind === "candidate" && was.core.role.seeking !== undefined;
    if (sought && core.role.kind === "candidate" && core.role.seeking === undefined)
      goals.push("a refused candidate catches up");
    if (core.pendingCommit !== undefined) goals.push("a commit is known before its entry");
    if (was.core.vote?.term === core.term && world.crashes > before.crashes)
      goals.push("a node restarts after its vote");
    if (
      core.role.kind === "leader" &&
      was.core.role.kind === "candidate" &&
      hashAt(core.tail, core.tail.base) !== undefined
    ) {
      goals.push(`an honest leader in term ${core.term}`);
      if ((world.refused & (1 << id)) !== 0) goals.push("a refused candidate catches up and wins");
    }
  }
  return goals;
}
