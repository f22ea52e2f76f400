/**
 * Rare events by name. A simulator that never reaches them proves little: a run counts how often each was seen, and tests ask
 * for those that matter.
 */
import { commitIndexOf, nothingMore, type State } from "../../consensus/state.ts";
import type { Invariant } from "./world.ts";

export const markers = [
  "a leader is elected with a lock of an earlier term",
  "a lock is carried over an election and committed",
  "a suffix is displaced",
  "a locked suffix is displaced and kept aside",
  "a displaced suffix is proposed again",
  "a candidate is refused for its lock",
  "a refused candidate learns the lock and wins",
  "a commit is learned by catching up",
  "a commit certificate waits for its chain",
  "a replication certificate waits for its chain",
  "a certificate brings a node into a term",
  "a vote is held back until its rank is due",
  "a candidate of a later rank wins",
  "a node restarts with a lock above its commit",
  "a node restarts in a term it voted in",
  "a leader falls and comes back",
  "two nodes lead different terms at once",
  "an entry is committed in a later term than its own",
  "a command has two places in the log",
  "the fairness timer fires",
  "a log ends at a heartbeat",
  "a node catches up from genesis",
  "a term ends without a leader",
  "timers are stretched to their longest",
  "a leader gives way to a higher term",
  "a candidate gives up its term",
  "two candidates in one term",
  "a node behind is answered a timeout",
  "what was acknowledged is displaced by a commit",
  "a leader's window is full",
  "a node asks for a term while it leads",
  "a complaint of a follower reaches its leader",
  "a leader serves what is committed",
  "a vote comes after its term",
  "a command comes again after its commit",
  "commands wait while nobody leads",
  "a node applies what it had committed in an earlier life",
] as const;

export type Marker = (typeof markers)[number];

/** Counts markers while it watches as an invariant does; it breaks nothing. */
export function createMarkers(): { readonly watch: Invariant; readonly counts: Map<Marker, number> } {
  const counts = new Map<Marker, number>();
  const hit = (marker: Marker): void => void counts.set(marker, (counts.get(marker) ?? 0) + 1);
  const before = new Map<number, Seen>();
  const refused = new Set<number>();
  const led = new Set<number>();
  const leading = new Map<number, number>();
  const running = new Map<number, number>();
  const ledTerms = new Map<number, number>();

  function compare(id: number, was: Seen, core: State): void {
    const { role, lock, displaced, term } = core;
    if (role.kind === "leader" && was.role !== "leader") {
      const lockTerm = role.proof.lock?.term ?? 0;
      ledTerms.set(term, lockTerm);
      if (lockTerm > 0 && (role.proof.lock?.index ?? 0) > was.commit) {
        hit("a leader is elected with a lock of an earlier term");
      }
      if (refused.delete(id)) hit("a refused candidate learns the lock and wins");
      if (rankIn(core) > 0) hit("a candidate of a later rank wins");
      if (led.has(id)) hit("a leader falls and comes back");
      led.add(id);
    }
    if (was.role === "leader" && role.kind !== "leader" && term > was.term) hit("a leader gives way to a higher term");
    if (was.role === "leader" && core.askedTerm > was.asked) hit("a node asks for a term while it leads");
    if (was.role === "candidate" && role.kind === "follower" && role.leader === undefined) {
      hit("a candidate gives up its term");
    }
    if (role.kind !== "candidate") running.delete(id);
    else if (running.get(id) !== term) {
      if ([...running.values()].includes(term)) hit("two candidates in one term");
      running.set(id, term);
    }
    if (!was.silenced && core.acknowledged === nothingMore) hit("what was acknowledged is displaced by a commit");
    if (role.kind === "leader" && core.pool.waitingCount > 0 && role.inFlight.length >= core.config.windowBatches) {
      hit("a leader's window is full");
    }
    if (was.waiting === 0 && core.pool.waitingCount > 0 && role.kind === "follower" && role.leader === undefined) {
      hit("commands wait while nobody leads");
    }
    if (role.kind === "leader") leading.set(id, term);
    else leading.delete(id);
    if (role.kind === "candidate" && role.seeking !== undefined && !refused.has(id)) {
      refused.add(id);
      hit("a candidate is refused for its lock");
    }
    if (was.displaced === 0 && displaced.length > 0) hit("a locked suffix is displaced and kept aside");
    if (was.displaced > 0 && displaced.length === 0 && role.kind === "candidate" && was.role === "follower") {
      hit("a displaced suffix is proposed again");
    }
    if (!was.pendingCommit && core.pendingCommit !== undefined) hit("a commit certificate waits for its chain");
    if (!was.pendingReplication && core.pendingReplication !== undefined) {
      hit("a replication certificate waits for its chain");
    }
    if (was.held === 0 && core.heldVotes.size > 0) hit("a vote is held back until its rank is due");
    if (core.backoff >= 6 && was.backoff < 6) hit("timers are stretched to their longest");
    if (term > was.term + 0 && was.term > 0 && was.leaderless && was.role !== "leader")
      hit("a term ends without a leader");
    const commitIndex = commitIndexOf(core);
    if (commitIndex > was.commit && core.commit !== undefined && lock !== undefined) {
      if ((ledTerms.get(core.commit.term) ?? 0) > 0 && was.lockTerm > 0 && was.lockTerm < core.commit.term) {
        hit("a lock is carried over an election and committed");
      }
    }
  }

  const watch: Invariant = {
    name: "markers",
    onBoot: (_, node) => {
      before.delete(node.id);
      leading.delete(node.id);
      running.delete(node.id);
      const core = node.actors?.consensus.core;
      if (core === undefined) return;
      if (core.lock !== undefined && core.lock.index > commitIndexOf(core)) {
        hit("a node restarts with a lock above its commit");
      }
      if (core.vote !== undefined) hit("a node restarts in a term it voted in");
    },
    onStep: (_, node, actor, mail) => {
      if (actor === "log" && mail.kind === "write") {
        const { truncateAfter, append, displaced } = mail.write;
        if (truncateAfter !== undefined) hit("a suffix is displaced");
        if (truncateAfter !== undefined && append === undefined && displaced === undefined)
          hit("a log ends at a heartbeat");
      }
      if (actor === "log" && mail.kind === "serve" && node.actors?.consensus.core.role.kind === "leader") {
        hit("a leader serves what is committed");
      }
      if (actor === "applier" && mail.kind === "repeat") hit("a command comes again after its commit");
      if (actor !== "consensus") return;
      if (mail.kind === "replayed") hit("a node applies what it had committed in an earlier life");
      const core = node.actors?.consensus.core;
      if (core === undefined) return;
      const was = before.get(node.id);
      if (was !== undefined) {
        const { kind } = mail;
        if (kind === "nack" && core.role.kind === "leader") hit("a complaint of a follower reaches its leader");
        if (kind === "requestVoteResponse" && mail.value.term < core.term) hit("a vote comes after its term");
        if (kind === "timeout" && core.answeredTick.get(mail.value.node) === core.tick) {
          hit("a node behind is answered a timeout");
        }
        const changed = was.term !== core.term;
        if (changed && (kind === "replicated" || kind === "committed" || kind === "syncResponse")) {
          hit("a certificate brings a node into a term");
        }
        const commitIndex = commitIndexOf(core);
        if (kind === "syncResponse" && commitIndex > was.commit) {
          hit("a commit is learned by catching up");
          if (was.commit === 0) hit("a node catches up from genesis");
        }
        if (kind === "tick" && core.fairnessTick === core.tick && was.waiting > 0 && core.askedTerm > was.asked) {
          if (core.role.kind === "follower" && core.role.leader !== undefined) hit("the fairness timer fires");
        }
        if (commitIndex > was.commit && core.commit !== undefined) {
          if (was.lowestTerm > 0 && was.lowestTerm < core.commit.term) {
            hit("an entry is committed in a later term than its own");
          }
        }
        compare(node.id, was, core);
        if (leading.size > 1 && was.role !== "leader" && core.role.kind === "leader") {
          hit("two nodes lead different terms at once");
        }
      }
      before.set(node.id, seenOf(core));
    },
    onSurvey: ({ nodes }) => {
      for (const { actors } of nodes) {
        const repeats = actors?.applier.counters.repeats ?? 0;
        if (repeats > 0) hit("a command has two places in the log");
      }
    },
  };
  return { watch, counts };
}

type Seen = {
  readonly role: string;
  readonly term: number;
  readonly asked: number;
  readonly commit: number;
  readonly displaced: number;
  readonly pendingCommit: boolean;
  readonly pendingReplication: boolean;
  readonly held: number;
  readonly backoff: number;
  readonly leaderless: boolean;
  readonly lockTerm: number;
  readonly lowestTerm: number;
  readonly waiting: number;
  readonly silenced: boolean;
};

function seenOf(core: State): Seen {
  const { role, lock, tail } = core;
  return {
    role: role.kind,
    term: core.term,
    asked: core.askedTerm,
    commit: commitIndexOf(core),
    displaced: core.displaced.length,
    pendingCommit: core.pendingCommit !== undefined,
    pendingReplication: core.pendingReplication !== undefined,
    held: core.heldVotes.size,
    backoff: core.backoff,
    leaderless: role.kind === "follower" && role.leader === undefined,
    lockTerm: lock !== undefined && lock.index > commitIndexOf(core) ? lock.term : 0,
    lowestTerm: tail.segments[0]?.entries.terms[0] ?? 0,
    waiting: core.pool.waitingCount,
    silenced: core.acknowledged === nothingMore,
  };
}

function rankIn({ config, term }: State): number {
  const { validators, self } = config;
  return (validators.indexOf(self) - (term % validators.length) + validators.length) % validators.length;
}
