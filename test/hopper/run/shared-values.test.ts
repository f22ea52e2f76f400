/** Values are shared freely, so nothing may change one: what an evaluator is given, gives back, takes in and hands out. */
import test from "ava";
import { builtInFunctions } from "../../../hopper/check/built-in-functions.ts";
import { showType } from "../../../hopper/core/type.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import { encode } from "../../../hopper/run/canonical.ts";
import { Execution } from "../../../hopper/run/execution.ts";
import { Fault } from "../../../hopper/run/fault.ts";
import { createOwnTables } from "../../../hopper/run/own-tables.ts";
import { primitives } from "../../../hopper/run/primitives.ts";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import { principal, type Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { outcomeText, randomCommand, restoreMachine, runCommand, startMachine } from "./random-commands.ts";

/** A write to what is frozen throws, in modules. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}

test("values are shared and never changed: all may be frozen", (t) => {
  for (const evaluator of ["compiled", "reference"] as const) {
    const [frozen, free] = [startMachine(evaluator), startMachine(evaluator)];
    for (let i = 0; i < 400; i++) {
      const command = randomCommand(free, 5, i);
      const outcomes = [frozen, free].map((machine) => {
        const outcome = runCommand(machine, command);
        if (machine === frozen) {
          freeze(outcome.value);
          for (const { fields } of outcome.events) freeze(fields);
          for (const { before, after, key } of outcome.changes) for (const one of [before, after, key]) freeze(one);
        }
        return outcomeText(machine, command, outcome);
      });
      t.is(outcomes[0], outcomes[1]);
    }
    t.deepEqual(exportState(frozen), exportState(free));
  }
});

const ann: Value = [principal.key, { bytes: "k".repeat(32) }];
/** By type; texts of types are those that the checker shows. */
const samples: Readonly<Record<string, readonly Value[]>> = {
  Int: [5, -3, 0, 2n ** 70n],
  Nat: [2, 0],
  Rat: [
    { n: 7, d: 3 },
    { n: 4, d: 1 },
  ],
  Text: ["b", ""],
  Bytes: [{ bytes: "ab" }],
  Principal: [ann],
  A: [1, { items: [1] }],
  K: [2, 9],
  V: [3],
  "List(A)": [{ items: [3, 1, 2] }, { items: [] }],
  "List(Principal)": [{ items: [ann, ann] }],
  "Map(K, V)": [{ entries: [{ order: encode(2, { of: "Nat" }, []), key: 2, value: 5 }] }],
};
for (const values of Object.values(samples)) for (const value of values) freeze(value);

const operators: readonly (readonly [name: string, params: readonly string[]])[] = [
  ["textConcat", ["Text", "Text"]],
  ["bytesConcat", ["Bytes", "Bytes"]],
  ["listConcat", ["List(A)", "List(A)"]],
  ["equal", ["List(A)", "List(A)"]],
  ["ratAdd", ["Rat", "Rat"]],
];
const named = builtInFunctions().map(
  ({ primitive, signature }) => [primitive ?? "", signature.params.map(({ type }) => showType(type))] as const,
);

for (const [name, params] of [...operators, ...named]) {
  test(`${name} changes nothing that it is given`, (t) => {
    const choices = params.reduce<readonly (readonly Value[])[]>(
      (before, type) => before.flatMap((args) => (samples[type] ?? []).map((one) => [...args, one])),
      [[]],
    );
    let done = 0;
    for (const [a = 0, b = 0, c = 0] of choices) {
      const start = { signers: new Set<string>(), now: 0, gasLimit: limits.gas, sha256, mayWrite: true };
      const execution = new Execution({ ...start, policies: createOwnTables().policies });
      try {
        primitives.get(name)?.(execution, a, b, c);
        done++;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }
    t.true(done > 0);
  });
}

test("bytes that were imported are a copy, too", (t) => {
  const machine = startMachine("compiled");
  for (let i = 0; i < 50; i++) runCommand(machine, randomCommand(machine, 3, i));
  const before = exportState(machine);
  const given = Uint8Array.from(before);
  const restored = restoreMachine(given, "compiled");
  given.fill(0);
  t.true(restored.ok);
  if (restored.ok) t.deepEqual(exportState(restored.machine), before);
});

test("bytes that were exported are a copy: writing to them changes no state", (t) => {
  const machine = startMachine("compiled");
  for (let i = 0; i < 50; i++) runCommand(machine, randomCommand(machine, 3, i));
  const before = exportState(machine);
  exportState(machine).fill(0);
  t.deepEqual(exportState(machine), before);
});
