/**
 * Which validator a client sends its commands to. Any will do, since all of them pass commands on to the leader, but each
 * command is verified once less where it goes to the leader at once: who says that it leads is chosen. Else the choice is
 * kept as long as it works: the lowest id first, and after silence or a broken connection the one that has been quickest
 * to answer of late. Who was silent when chosen is not believed again until all have been.
 */
import type { NodeId } from "../wire/types.ts";

export type Preference = {
  /** All that are dialed, and how many connections it takes for an agreement. */
  readonly validators: number;
  readonly needed: number;
  readonly connected: Set<NodeId>;
  /** How often each was first with an answer that was agreed upon; older firsts count less. */
  readonly firsts: Map<NodeId, number>;
  chosen: NodeId | undefined;
  /** All have been connected, or had time to be: answers sent before a connection is greeted would be lost. */
  begun: boolean;
  readonly silent: Set<NodeId>;
};

/** What a first keeps of its weight at each later one: some 50 of them count. */
const decay = 0.98;

export function createPreference(validators: number, needed: number): Preference {
  const nobody = { connected: new Set<NodeId>(), silent: new Set<NodeId>(), firsts: new Map<NodeId, number>() };
  return { validators, needed, ...nobody, chosen: undefined, begun: false };
}

export function noteConnected(preference: Preference, node: NodeId): void {
  preference.connected.add(node);
  if (preference.connected.size === preference.validators) preference.begun = true;
}

/** The first connections have been there for a while: those that are missing now may be missing for long. */
export function noteGraceOver(preference: Preference): void {
  preference.begun = true;
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

/** `node` says that it leads. */
export function noteLeading(preference: Preference, node: NodeId): void {
  if (preference.connected.has(node) && !preference.silent.has(node)) preference.chosen = node;
}

/** The chosen one did not get commands through: choose another, where there is one. */
export function noteSilence(preference: Preference): void {
  if (preference.chosen !== undefined) preference.silent.add(preference.chosen);
  if (preference.silent.size >= preference.connected.size) preference.silent.clear();
  preference.chosen = best(preference, preference.chosen) ?? preference.chosen;
}

/** Where to send to; undefined while too few are connected for an agreement. */
export function chosenNode(preference: Preference): NodeId | undefined {
  if (!preference.begun || preference.connected.size < preference.needed) return undefined;
  preference.chosen ??= best(preference, undefined);
  return preference.chosen;
}

function best({ connected, firsts, silent }: Preference, except: NodeId | undefined): NodeId | undefined {
  const weight = (node: NodeId) => firsts.get(node) ?? 0;
  const order = (a: NodeId, b: NodeId) =>
    Number(silent.has(a)) - Number(silent.has(b)) || weight(b) - weight(a) || a - b;
  return [...connected].filter((node) => node !== except).sort(order)[0];
}
