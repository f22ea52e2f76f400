/**
 * Which validator a client sends its commands to. Any will do, since all of them pass commands on to the leader, so the
 * choice is kept as long as it works: the lowest id first, and after silence or a broken connection the one that has been
 * quickest to answer of late.
 */
import type { NodeId } from "../wire/types.ts";

export type Preference = {
  readonly connected: Set<NodeId>;
  /** How often each was first with an answer that was agreed upon; older firsts count less. */
  readonly firsts: Map<NodeId, number>;
  chosen: NodeId | undefined;
};

/** What a first keeps of its weight at each later one: some 50 of them count. */
const decay = 0.98;

export function createPreference(): Preference {
  return { connected: new Set(), firsts: new Map(), chosen: undefined };
}

export function noteConnected(preference: Preference, node: NodeId): void {
  preference.connected.add(node);
}

export function noteDisconnected(preference: Preference, node: NodeId): void {
  preference.connected.delete(node);
  if (preference.chosen === node) preference.chosen = undefined;
}

/** `node` was the first to send what came to be agreed upon. */
export function noteFirst(preference: Preference, node: NodeId): void {
  for (const [known, weight] of preference.firsts) preference.firsts.set(known, weight * decay);
  preference.firsts.set(node, (preference.firsts.get(node) ?? 0) + 1);
}

/** The chosen one did not get commands through: choose another, where there is one. */
export function noteSilence(preference: Preference): void {
  preference.chosen = best(preference, preference.chosen) ?? preference.chosen;
}

/** Where to send to; undefined while no validator is connected. */
export function chosenNode(preference: Preference): NodeId | undefined {
  preference.chosen ??= best(preference, undefined);
  return preference.chosen;
}

function best({ connected, firsts }: Preference, except: NodeId | undefined): NodeId | undefined {
  const weight = (node: NodeId) => firsts.get(node) ?? 0;
  return [...connected].filter((node) => node !== except).sort((a, b) => weight(b) - weight(a) || a - b)[0];
}
