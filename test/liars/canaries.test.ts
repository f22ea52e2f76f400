/**
 * That the liars bite: a row whose liar does nothing fails, and of each family a row fails where a rule is broken on purpose.
 */
import test from "ava";
import type { Durable } from "../../wire/durable.ts";
import type { Term } from "../../wire/types.ts";
import { idealCrypto } from "../sim/crypto.ts";
import type { Behaviour, Encounter } from "./behaviour.ts";
import { perform } from "./perform.ts";
import { rows } from "./registry.ts";

function behaviour(id: string): Behaviour {
  const row = rows.find((one) => one.id === id);
  if (row?.how !== "simulator") throw new Error(`${id} is no row of the simulator's`);
  return row;
}

/** Runs a row with a change until it fails, and says how. */
function firstFailure(
  id: string,
  change: Parameters<typeof perform>[1]["change"],
  more: Partial<Behaviour> = {},
): string {
  const row = { ...behaviour(id), ...more };
  for (const nodes of row.nodes) {
    for (let seed = 1; seed <= 8; seed++) {
      const { failure } = perform(row, { nodes, seed, ...(change === undefined ? {} : { change }) }).report;
      if (failure !== undefined) return failure.message;
    }
  }
  return "nothing failed";
}

/** Signatures that are never looked at. */
const credulous = { engine: { ...idealCrypto().engine, verify: () => true }, publicKeyOf: idealCrypto().publicKeyOf };

for (const row of rows) {
  if (row.how !== "simulator" || (row.somewhere?.length ?? 0) > 0) continue;
  test(`${row.id} fails with a liar that tells no lie`, (t) => {
    const { failure } = perform(row, { nodes: row.nodes[0] ?? 4, seed: 1, lie: () => ({}) }).report;
    t.is(failure?.invariant, "MustObserve");
  });
}

test("leaders: with one liar too many, B01q forks the cluster", (t) => {
  t.regex(firstFailure("B01q", undefined, { liars: (faulty) => faulty + 1 }), /^invariant (?!MustObserve)|conflicting/);
});

test("voters: where signatures are not checked, B13 elects by refusals", (t) => {
  t.regex(firstFailure("B13", { crypto: credulous }), /refusals have elected a leader|^invariant (?!MustObserve)/);
});

test("forgers: where signatures are not checked, B17 commits what nobody replicated", (t) => {
  const seen = firstFailure("B17", { crypto: credulous }, { observe: () => undefined });
  t.regex(seen, /^invariant (?!MustObserve)/);
});

test("clients: where signatures are not checked, B27 has commands applied that no client signed", (t) => {
  const seen = firstFailure("B27", { crypto: credulous }, { observe: () => undefined });
  t.regex(seen, /^invariant (?!MustObserve).*/);
});

test("memory: where honest nodes forget their votes too, A12 breaks an invariant", (t) => {
  const remember = (durable: Durable): Durable => ({ ...durable, term: 0 as Term, vote: undefined, lock: undefined });
  t.regex(firstFailure("A12", { remember }), /^invariant (?!MustObserve)/);
});

test("entrances: without its cap B48, and without its deadlines B45, fails", async (t) => {
  const encounter = (id: string): Encounter => {
    const row = rows.find((one) => one.id === id);
    if (row === undefined || row.how === "simulator" || row.how === "waits") throw new Error(`${id} is no encounter`);
    return row;
  };
  await t.throwsAsync(encounter("B48").run({ connectionsMax: 1_000 }), { message: /some are refused/ });
  await t.throwsAsync(encounter("B45").run({ handshakeMs: 60_000 }), { message: /handshakeTimeout/ });
});
