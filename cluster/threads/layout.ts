/**
 * Which actor lives on which thread.
 *
 * Waking a thread costs some 40 µs of processor time, and one command alone wakes each thread of a node several times:
 * with fewer processors than threads that is most of its latency. With processors to spare, threads of their own let
 * actors work at the same time. The log and the applier have their own in any case: a slow disk or a long contract
 * must not keep votes waiting.
 */
import type { ActorName } from "../../actors/mailbox.ts";

export type Layout = "packed" | "spread";

export const layouts: readonly Layout[] = ["packed", "spread"];

export type ThreadPlan = { readonly name: string; readonly actors: readonly ActorName[] };

/** Who talks with whom. */
export const edges: readonly (readonly [ActorName, ActorName])[] = [
  ["receiver", "consensus"],
  ["receiver", "commit-tracker"],
  ["receiver", "sender"],
  ["receiver", "applier"],
  ["consensus", "log"],
  ["consensus", "sender"],
  ["consensus", "commit-tracker"],
  ["consensus", "applier"],
  ["commit-tracker", "log"],
  ["commit-tracker", "sender"],
  ["log", "sender"],
  ["log", "applier"],
  ["applier", "sender"],
];

export const actorNames: readonly ActorName[] = ["receiver", "consensus", "log", "commit-tracker", "applier", "sender"];

const plans: { readonly [L in Layout]: readonly ThreadPlan[] } = {
  packed: [
    { name: "protocol", actors: ["receiver", "consensus", "commit-tracker", "sender"] },
    { name: "log", actors: ["log"] },
    { name: "applier", actors: ["applier"] },
  ],
  spread: actorNames.map((name) => ({ name, actors: [name] })),
};

/** The threads of a node; every actor is on exactly one. */
export function threadsOf(layout: Layout): readonly ThreadPlan[] {
  return plans[layout];
}

/** Processors from which on a node's six actors, verifiers and event loops have room beside each other. A guess. */
const processorsForSpread = 8;

/** The layout for a node that has so many processors for itself. */
export function layoutFor(processors: number): Layout {
  return processors >= processorsForSpread ? "spread" : "packed";
}
