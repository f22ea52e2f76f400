/**
 * The consensus core: one event in, its effects out. No I/O, no clock, no randomness but a seed, no threads.
 * Source: docs/protocol.md; each rule lives in a file of its own and is named there.
 */

import type { Entries } from "../wire/entries.ts";
import { onCommitted, onReplicated, repeatVotes } from "./certify.ts";
import { addCommands, oldestSince } from "./command-pool.ts";
import {
  candidacyIfDue,
  decideHeldVotes,
  giveUpTerm,
  onRequestVote,
  onRequestVoteResponse,
  onTimeout,
  onTimerFired,
  repeatCandidacy,
} from "./election.ts";
import { onAppendEntries, onInvalidAppend } from "./follow.ts";
import { heartbeatIfDue, onNack, propose } from "./lead.ts";
import type { Effect, Event } from "./protocol.ts";
import { relayAgain, relayWaiting } from "./relay.ts";
import { hasUncommittedWork, restartTimer, type State, scaled } from "./state.ts";
import { askIfStalled, fetchIfDue, onSyncRequest, onSyncResponse } from "./sync.ts";

/** Changes `state` by one event and returns what is to be done, in order. Total: it throws only on an own defect. */
export function step(state: State, event: Event): Effect[] {
  const effects = react(state, event);
  if (state.pool.left > 0) {
    effects.push({ kind: "credit", commands: state.pool.left });
    state.pool.left = 0;
  }
  return effects;
}

function react(state: State, event: Event): Effect[] {
  switch (event.kind) {
    case "tick":
      return onTick(state);
    case "commands":
      return onCommands(state, event.entries);
    case "appendEntries":
      return onAppendEntries(state, event.header, event.entries, event.frame);
    case "invalidAppend":
      return onInvalidAppend(state, event.leader, event.term, event.frame);
    case "nack":
      return onNack(state, event.value);
    case "timeout":
      return onTimeout(state, event.value, event.signature);
    case "requestVote":
      return onRequestVote(state, event.value);
    case "requestVoteResponse":
      return onRequestVoteResponse(state, event.value, event.signature);
    case "syncRequest":
      return onSyncRequest(state, event.value);
    case "syncResponse":
      return onSyncResponse(state, event.header, event.entries);
    case "replicated":
      return onReplicated(state, event.certificate);
    case "committed":
      return onCommitted(state, event.certificate);
  }
}

function onTick(state: State): Effect[] {
  state.tick++;
  const effects = [...decideHeldVotes(state), ...candidacyIfDue(state), ...repeatCandidacy(state)];
  const heartbeat = heartbeatIfDue(state);
  if (heartbeat.length > 0) {
    effects.push(...heartbeat);
    // A leader with nothing to do is not without progress; one with open work is reminded like its followers.
    if (hasUncommittedWork(state)) effects.push(...repeatVotes(state));
    else restartTimer(state);
  }
  effects.push(...propose(state), ...fetchIfDue(state), ...askIfStalled(state), ...relayAgain(state));
  if (state.tick >= state.deadlineTick) effects.push(...onTimerFired(state));
  return [...effects, ...watchFairness(state)];
}

/** A leader that orders others' commands but not one that this node passed on is voted out, though there is progress. */
function watchFairness(state: State): Effect[] {
  const { role, config } = state;
  const since = oldestSince(state.pool);
  if (since === undefined || role.kind !== "follower" || role.leader === undefined) {
    state.fairnessTick = state.tick;
    return [];
  }
  const waited = state.tick - Math.max(since, state.fairnessTick);
  if (waited < scaled(state, config.fairnessTimeoutTicks)) return [];
  state.fairnessTick = state.tick;
  const text = `the leader of term ${state.term} leaves out a client's command`;
  return [{ kind: "note", level: "warn", text }, ...giveUpTerm(state)];
}

function onCommands(state: State, entries: Entries): Effect[] {
  const { added, committed } = addCommands(state.pool, entries, state.tick);
  const effects: Effect[] = [];
  const refused = entries.count - added.length;
  if (refused > 0) effects.push({ kind: "credit", commands: refused });
  if (committed.length > 0) effects.push({ kind: "repeat", requests: committed });
  if (added.length === 0) return effects;
  return [...effects, ...(state.role.kind === "leader" ? propose(state) : relayWaiting(state, added))];
}
