/** Twins: a share of all small scenarios, and drawn ones, are safe and heal; with one twin too many some are not. */
import test from "ava";
import type { NodeId } from "../../../wire/types.ts";
import { playTwins } from "./play.ts";
import { allSmall, drawnScenario, smallCount } from "./scenario.ts";

test("every 3001st of the small scenarios is safe, and its three terms are played", (t) => {
  let number = 0;
  for (const scenario of allSmall()) {
    if (number++ % 3_001 !== 0) continue;
    const { failure, terms } = playTwins(scenario);
    t.is(failure, undefined, JSON.stringify(scenario));
    t.true(terms > 3);
  }
  t.is(number, smallCount);
});

test("drawn scenarios of up to ten nodes and twelve terms are safe", (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const scenario = drawnScenario(seed);
    t.is(playTwins(scenario).failure, undefined, JSON.stringify(scenario));
  }
});

test("a commit displaces what a node has acknowledged before its acknowledgement has left", (t) => {
  // Found by the full enumeration: the acknowledgement leaves after the sync that displaced its entry, and must count for nothing.
  const leaders = [1, 0, 1].map((leader) => leader as NodeId);
  const groups = [
    [0, 0, 0, 0, 0],
    [0, 1, 1, 0, 1],
    [0, 0, 0, 1, 0],
  ];
  const rounds = groups.map((group, i) => ({ leader: leaders[i] ?? (0 as NodeId), groups: group }));
  const scenario = { nodes: 4, twins: [1 as NodeId], rounds, seed: 72_449 };
  t.is(playTwins(scenario).failure, undefined);
});

test("canary: with two twins of four nodes some scenario breaks an invariant", (t) => {
  const names = new Set<string>();
  for (let seed = 0; seed < 40 && names.size === 0; seed++) {
    // Each honest node with one copy of both twins: a quorum on either side.
    const rounds = [{ leader: 1 as NodeId, groups: [0, 0, 0, 1, 1, 1] }];
    const { failure } = playTwins({ nodes: 4, twins: [1 as NodeId, 2 as NodeId], rounds, seed });
    if (failure !== undefined) names.add(failure.invariant);
  }
  t.true(names.size > 0, "nothing broke");
});
