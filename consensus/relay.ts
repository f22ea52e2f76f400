/** Passing clients' commands on to the leader, by a node that does not lead. Source: docs/protocol.md, Clients. */
import { gather, type Row } from "../wire/entries.ts";
import { peekWaiting } from "./command-pool.ts";
import type { Effect } from "./protocol.ts";
import type { State } from "./state.ts";

/** Relays these commands to the leader, if there is a known one. They go on waiting until they are in the log. */
export function relayWaiting(state: State, rows: readonly Row[]): Effect[] {
  const { role, config } = state;
  if (role.kind !== "follower" || role.leader === undefined || rows.length === 0) return [];
  state.relayedTick = state.tick;
  const effects: Effect[] = [];
  for (let from = 0; from < rows.length; from += config.batchCommandsMax) {
    const entries = gather(rows.slice(from, from + config.batchCommandsMax), config.allocate);
    effects.push({ kind: "send", message: { kind: "relay", to: [role.leader], entries } });
  }
  return effects;
}

/** Relays the oldest again, once in an election timeout: the leader, or the message, may have been lost. */
export function relayAgain(state: State): Effect[] {
  const { config, role } = state;
  if (role.kind !== "follower" || role.leader === undefined) return [];
  if (state.pool.waitingCount === 0 || state.tick - state.relayedTick < config.electionTimeoutTicksMin) return [];
  return relayWaiting(state, peekWaiting(state.pool, config.batchCommandsMax));
}
