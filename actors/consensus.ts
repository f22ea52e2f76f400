/**
 * Consensus: runs the pure core on its thread and carries out what it wants done, by mail.
 *
 * In    every event of consensus/protocol.ts: votes, AEs, commands from receiver; own votes from sender; certificates
 *       from the commit tracker; ticks from its clock
 * Out   `write`, `serve` to log; `send` to sender; `apply`, `repeat` to applier; `settled` to commit tracker and
 *       receiver; `credit` to receiver
 * Owns  term, vote, lock, role, the uncommitted log, the leader's batches and windows
 * Rule  docs/protocol.md, all of it
 */
import type { Effect, Event } from "../consensus/protocol.ts";
import { type State as Core, type Config as CoreConfig, commitIndexOf, createState } from "../consensus/state.ts";
import { step } from "../consensus/step.ts";
import { lastIndex } from "../consensus/tail.ts";
import type { Durable } from "../wire/durable.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

export type Config = { readonly core: CoreConfig; readonly durable: Durable };

export type Mail = Event;

/** What the outside gives: a place for notes to people. */
export type Io = { readonly note: (level: "info" | "warn", text: string, facts: object) => void };

export type State = { readonly core: Core; readonly io: Io; readonly counters: Counters };

export function start(config: Config, io: Io): State {
  return { core: createState(config.core, config.durable), io, counters: {} };
}

/** Throws where the core halts: a node that is not sure of its state must not vote. */
export function receive(state: State, mail: Mail): readonly Post[] {
  if (mail.kind !== "tick") tally(state.counters, mail.kind);
  return step(state.core, mail).flatMap((effect) => carryOut(state, effect));
}

function carryOut(state: State, effect: Effect): Post[] {
  switch (effect.kind) {
    case "send":
      return [{ to: "sender", mail: effect }];
    case "write":
    case "serve":
      return [{ to: "log", mail: effect }];
    case "apply":
    case "repeat":
      return [{ to: "applier", mail: effect }];
    case "settled":
      return [
        { to: "commit-tracker", mail: effect },
        { to: "receiver", mail: effect },
      ];
    case "credit":
      return [{ to: "receiver", mail: effect }];
    case "note": {
      const { core } = state;
      state.io.note(effect.level, effect.text, { term: core.term, index: commitIndexOf(core) });
      return [];
    }
    case "halt":
      throw new Error(effect.reason);
    default:
      return unreachable(effect);
  }
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
    waiting: core.pool.waiting.size,
  };
}
