/**
 * Consensus: runs the pure core on its thread and carries out what it wants done, by mail.
 *
 * In    every event of consensus/protocol.ts: votes, AEs, commands from receiver; own votes from sender; certificates
 *       from the commit tracker; ticks from its clock; `replayed` from log
 * Out   `write`, `serve` to log; `send` to sender; `apply`, `repeat` to applier; `settled` to commit tracker and
 *       receiver; `credit` to receiver
 * Owns  term, vote, lock, role, the uncommitted log, the leader's batches and windows
 * Rule  docs/protocol.md, all of it
 */
import { noteCommitted } from "../consensus/command-pool.ts";
import type { Effect, Event } from "../consensus/protocol.ts";
import { forgottenIn } from "../consensus/rolled-back.ts";
import { type State as Core, type Config as CoreConfig, commitIndexOf, createState } from "../consensus/state.ts";
import { step } from "../consensus/step.ts";
import { lastIndex } from "../consensus/tail.ts";
import type { Durable } from "../wire/durable.ts";
import type { Segment } from "../wire/entries.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

export type Config = { readonly core: CoreConfig; readonly durable: Durable };

export type Mail =
  | Event
  /** From log, at the start of the node: committed in an earlier life, and so no work that waits. */
  | { readonly kind: "replayed"; readonly segments: readonly Segment[] };

export type Io = {
  /** Notes to people. */
  readonly note: (level: "info" | "warn", text: string, facts: object) => void;
  /** Peers show what this node has signed and its store has forgotten. Throws: a node that goes on then is a liar. */
  readonly forgotten: (what: string) => void;
};

export type State = {
  readonly core: Core;
  readonly io: Io;
  readonly counters: Counters;
  /**
   * Commit certificates that wait for company on their way to the log. No message of this node rests on them, and others
   * have them too: going along with the next write they cost neither a wake-up nor a sync of their own.
   */
  held: Post[];
  heldTicks: number;
};

/** Ticks that a commit certificate waits for company at most. */
const heldTicksMax = 5;

export function start(config: Config, io: Io): State {
  return { core: createState(config.core, config.durable), io, counters: {}, held: [], heldTicks: 0 };
}

/** Throws where the core halts: a node that is not sure of its state must not vote. */
export function receive(state: State, mail: Mail): readonly Post[] {
  if (mail.kind === "replayed") {
    for (const { entries } of mail.segments) noteCommitted(state.core.pool, entries);
    return [];
  }
  if (mail.kind !== "tick") tally(state.counters, mail.kind);
  const forgotten = forgottenIn(state.core, mail);
  if (forgotten !== undefined) state.io.forgotten(forgotten);
  const posts: Post[] = [];
  for (const effect of step(state.core, mail)) carryOut(state, effect, posts);
  if (mail.kind === "tick" && state.held.length > 0 && ++state.heldTicks >= heldTicksMax) posts.push(...letGo(state));
  return posts;
}

/** Takes what is held back, for the log; to be called at the end of a node too. */
export function letGo(state: State): readonly Post[] {
  const { held } = state;
  state.held = [];
  state.heldTicks = 0;
  return held;
}

function carryOut(state: State, effect: Effect, posts: Post[]): void {
  switch (effect.kind) {
    case "send":
      posts.push({ to: "sender", mail: effect });
      return;
    case "write":
      if (mayWait(effect)) state.held.push({ to: "log", mail: effect });
      else posts.push(...letGo(state), { to: "log", mail: effect });
      return;
    case "serve":
      posts.push(...letGo(state), { to: "log", mail: effect });
      return;
    case "apply":
    case "repeat":
      posts.push({ to: "applier", mail: effect });
      return;
    case "settled":
      posts.push({ to: "commit-tracker", mail: effect }, { to: "receiver", mail: effect });
      return;
    case "credit":
      posts.push({ to: "receiver", mail: effect });
      return;
    case "note": {
      const { core } = state;
      state.io.note(effect.level, effect.text, { term: core.term, index: commitIndexOf(core) });
      return;
    }
    case "halt":
      throw new Error(effect.reason);
    default:
      unreachable(effect);
  }
}

/** A commit certificate and nothing else. */
function mayWait({ write, release }: Extract<Effect, { kind: "write" }>): boolean {
  return release.length === 0 && write.commit !== undefined && Object.keys(write).length === 1;
}

/** What people ask for first. */
export function describe(state: State): object {
  const { core } = state;
  const { role } = core;
  const leader = role.kind === "leader" ? core.config.self : role.kind === "follower" ? (role.leader ?? null) : null;
  return {
    role: role.kind,
    term: core.term,
    leader,
    commitIndex: commitIndexOf(core),
    lastIndex: lastIndex(core.tail),
    logHash: Buffer.from(core.tail.baseHash).toString("hex"),
    lock: core.lock === undefined ? null : { term: core.lock.term, index: core.lock.index },
    waiting: core.pool.waitingCount,
  };
}
