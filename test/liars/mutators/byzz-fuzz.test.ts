/** Messages with a changed field, in a few rounds: every invariant holds, the cluster heals, and every field gets its turn. */
import test from "ava";
import { encodeSigned, senderOf } from "../../../wire/envelope.ts";
import { calm } from "../../sim/options.ts";
import { simulate } from "../../sim/simulation.ts";
import { seededTape } from "../../sim/tape.ts";
import { bodies } from "../../wire/bodies.ts";
import { cluster } from "../../wire/cluster.ts";
import { byzzFuzz, faultMs } from "./byzz-fuzz.ts";
import { type Memory, mutate, pathsOf, remember, type Scope } from "./fields.ts";

/** Votes, appends and answers: what nodes say to nodes in most runs. */
const seedsPerSize = 5;

for (const scope of ["small", "any"] as const satisfies readonly Scope[]) {
  test(`liars with changes of ${scope} scope break nothing`, (t) => {
    const paths = new Set<string>();
    for (const nodes of [4, 5, 7, 10]) {
      for (let seed = 1; seed <= seedsPerSize; seed++) {
        const options = { ...calm, nodes, clients: 2, commands: 12, faultMs, loss: 0.02 };
        const { failure } = simulate({ seed, options, adversary: byzzFuzz(scope, (path) => paths.add(path)) });
        t.is(failure, undefined, `n = ${nodes}, seed ${seed}, ${scope}`);
      }
    }
    t.true(paths.size > 20, [...paths].join(" "));
  });
}

test("every field that the schema lists is changed, of every message", (t) => {
  const choose = seededTape(1, false).stream("fields");
  const memory: Memory = new Map();
  for (const body of bodies) remember(memory, encodeSigned(cluster, senderOf(body), body));
  for (const body of bodies) {
    const signed = encodeSigned(cluster, senderOf(body), body);
    const changed = new Set<string>();
    let kept = 0;
    for (let count = 0; count < 900; count++) {
      const after = mutate(signed, count % 2 === 0 ? "small" : "any", memory, choose);
      if (Buffer.from(after.signed).equals(signed)) kept++;
      else changed.add(after.path);
    }
    const kind = [...changed][0]?.split(".")[0] ?? "0";
    t.deepEqual([...changed].sort(), [...pathsOf(Number(kind))].sort(), body.$case);
    t.true(kept < 600);
  }
});
