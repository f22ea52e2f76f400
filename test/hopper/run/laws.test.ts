/**
 * What holds of every command, whatever it does: its diff leads from the state before to the state after and back, diffs of a batch
 * make one, playing again gives the same, what fails changes nothing, no coin is made or lost, and what was restored runs on.
 */
import test from "ava";
import fc from "fast-check";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import type { Change } from "../../../hopper/run/journal.ts";
import type { Machine, Outcome } from "../../../hopper/run/machine.ts";
import { amountIn } from "../../../hopper/run/moves.ts";
import { rowsOf } from "../../../hopper/run/publish.ts";
import { exportState, stateHash } from "../../../hopper/run/state-bytes.ts";
import type { Value } from "../../../hopper/run/value.ts";
import {
  outcomeText,
  type RandomCommand,
  randomCommand,
  restoreMachine,
  runCommand,
  startMachine,
} from "./random-commands.ts";

const numRuns = Number(process.env.HOPPER_LAWS ?? 25);
const length = 60;
const histories = fc.integer({ min: 1, max: 0x7fffffff });

/** Rows of all tables: by table and key, the value's bytes. */
type Rows = ReadonlyMap<string, string>;

function rowsIn(machine: Machine): Rows {
  const rows = [...machine.tables.values()].flatMap((table) => {
    return rowsOf(table).map(([key, value]): [string, string] => [`${table.id}\n${key}`, value]);
  });
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Difference = { readonly at: string; readonly before: string | undefined; readonly after: string | undefined };

function differencesOf(changes: readonly Change[]): readonly Difference[] {
  return changes.map(({ table, bytes, before, after }) => {
    const written = (value: Value | undefined): string | undefined =>
      value === undefined ? undefined : encode(value, table.shape.value, table.shapes);
    return { at: `${table.id}\n${bytes}`, before: written(before), after: written(after) };
  });
}

/** Throws where the diff is not of this state. */
function applied(rows: Rows, diff: readonly Difference[]): Rows {
  const next = new Map(rows);
  for (const { at, before, after } of diff) {
    if (rows.get(at) !== before) throw new Error(`the diff has another row before, at ${at}`);
    if (after === undefined) next.delete(at);
    else next.set(at, after);
  }
  return new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const reverted = (diff: readonly Difference[]): readonly Difference[] =>
  diff.map(({ at, before, after }) => ({ at, before: after, after: before }));

/** One diff for two, one after the other. */
function composed(first: readonly Difference[], second: readonly Difference[]): readonly Difference[] {
  const all = new Map(first.map((one) => [one.at, one]));
  for (const { at, before, after } of second) all.set(at, { at, before: (all.get(at) ?? { before }).before, after });
  return [...all.values()].filter(({ before, after }) => before !== after);
}

type Moment = {
  readonly machine: Machine;
  readonly command: RandomCommand;
  readonly outcome: Outcome;
  readonly before: Rows;
};

/** Runs a history of random commands, and looks at each. */
function play(seed: number, look: (moment: Moment) => void, count = length): Machine {
  const machine = startMachine("compiled");
  let before = rowsIn(machine);
  for (let i = 0; i < count; i++) {
    const command = randomCommand(machine, seed, i);
    const outcome = runCommand(machine, command);
    look({ machine, command, outcome, before });
    before = rowsIn(machine);
  }
  return machine;
}

function holds(law: (seed: number) => void): void {
  fc.assert(fc.property(histories, law), { numRuns });
}

test("a diff leads from the state before to the state after, and back", (t) => {
  let changed = 0;
  holds((seed) => {
    play(seed, ({ machine, outcome, before }) => {
      const diff = differencesOf(outcome.changes);
      const after = rowsIn(machine);
      assertSame(applied(before, diff), after);
      assertSame(applied(after, reverted(diff)), before);
      changed += diff.length;
    });
  });
  t.true(changed > numRuns * 10, `${changed} rows`);
});

test("a diff names each row once, in order, and none that stays", (t) => {
  holds((seed) => {
    play(seed, ({ outcome }) => {
      const diff = differencesOf(outcome.changes);
      const places = outcome.changes.map(({ table, bytes }) => [table.id, bytes] as const);
      for (const [i, [table, key]] of places.entries()) {
        const [lastTable, lastKey] = places[i - 1] ?? ["", ""];
        if (i > 0 && !(lastTable < table || (lastTable === table && lastKey < key))) throw new Error("out of order");
      }
      if (diff.some(({ before, after }) => before === after)) throw new Error("a row that stays as it was");
    });
  });
  t.pass();
});

test("the diffs of a batch make one that does the same", (t) => {
  holds((seed) => {
    let first: Rows | undefined;
    let all: readonly Difference[] = [];
    const machine = play(seed, ({ outcome, before }) => {
      first ??= before;
      all = composed(all, differencesOf(outcome.changes));
    });
    assertSame(applied(first ?? new Map(), all), rowsIn(machine));
  });
  t.pass();
});

test("what is played again from the start comes to the same state, by either evaluator", (t) => {
  holds((seed) => {
    const commands: RandomCommand[] = [];
    const texts: string[] = [];
    const machine = play(seed, ({ machine: at, command, outcome }) => {
      commands.push(command);
      texts.push(outcomeText(at, command, outcome));
    });
    for (const evaluator of ["compiled", "reference"] as const) {
      const again = startMachine(evaluator);
      for (const [i, command] of commands.entries()) {
        if (outcomeText(again, command, runCommand(again, command)) !== texts[i])
          throw new Error(`${evaluator} at ${i}`);
      }
      assertSameState(again, machine);
    }
  });
  t.pass();
});

test("a command that fails leaves the very bytes that it found, tells nothing, and says what it cost", (t) => {
  let failed = 0;
  holds((seed) => {
    let bytes = "";
    play(seed, ({ machine, outcome }) => {
      const after = textOfBytes(exportState(machine));
      const { failure, gasUsed, gasLimit, changes, events, value } = outcome;
      if (failure !== undefined) {
        failed++;
        if (bytes !== "" && after !== bytes) throw new Error("a failed command has changed the state");
        if (changes.length + events.length > 0 || value !== undefined)
          throw new Error("a failed command tells something");
      } else if (changes.length === 0 && bytes !== "" && after !== bytes)
        throw new Error("a change that the diff has not");
      if (gasUsed < 0 || gasUsed > gasLimit) throw new Error(`${gasUsed} gas of ${gasLimit}`);
      bytes = after;
    });
  });
  t.true(failed > numRuns * 10, `${failed}`);
});

/** What there is of a unit, in purses and in whatever else holds coins; of all together where it is undefined. */
function amountOf(machine: Machine, unit: Value | undefined): bigint {
  let sum = 0n;
  for (const table of machine.tables.values()) {
    for (const { value } of table.unsortedRows()) {
      if (value !== undefined) sum += BigInt(amountIn(value, table.shape.value, table.shapes, unit));
    }
  }
  return sum;
}

test("coins of each unit are as many as were issued and not retired, wherever they lie", (t) => {
  let issued = 0;
  let elsewhere = 0;
  holds((seed) => {
    const wanted = new Map<string, { readonly unit: Value; amount: bigint }>();
    play(
      seed,
      ({ machine, outcome, command }) => {
        for (const { module, event, fields } of outcome.events) {
          const name = module.ir.path === "std/coin" ? module.ir.events[event]?.name : undefined;
          if (name !== "Issued" && name !== "Retired") continue;
          const [unit = 0, , n] = fields;
          const code = JSON.stringify(unit);
          const amount = BigInt(n as number | bigint) * (name === "Issued" ? 1n : -1n);
          wanted.set(code, { unit, amount: (wanted.get(code)?.amount ?? 0n) + amount });
          issued++;
        }
        let all = 0n;
        for (const [code, { unit, amount }] of wanted) {
          all += amount;
          const left = amountOf(machine, unit);
          if (left !== amount)
            throw new Error(`${command.path}.${command.command} leaves ${left} of ${code}, not ${amount}`);
        }
        const left = amountOf(machine, undefined);
        if (left !== all) throw new Error(`${command.path}.${command.command} leaves ${left} in all, not ${all}`);
        if (outcome.failure === undefined && command.path !== "std/coin" && outcome.changes.some(isPurse)) elsewhere++;
      },
      5 * length,
    );
  });
  t.true(issued > numRuns * 2, `${issued} issues and retirements`);
  t.true(elsewhere > numRuns, `${elsewhere} commands of other modules moved coins`);
});

function isPurse({ table }: Change): boolean {
  return table.shape.name === "purse";
}

test("a state that was exported and restored has the same bytes, and runs on the same", (t) => {
  holds((seed) => {
    const machine = play(seed, () => {});
    const bytes = exportState(machine);
    for (const evaluator of ["compiled", "reference"] as const) {
      const restored = restoreMachine(bytes, evaluator);
      if (!restored.ok) throw new Error(restored.reason);
      assertSameState(restored.machine, machine);
      const copy = restoreMachine(bytes, "compiled");
      if (!copy.ok) throw new Error(copy.reason);
      for (let i = length; i < length + 20; i++) {
        const command = randomCommand(copy.machine, seed, i);
        const wanted = outcomeText(copy.machine, command, runCommand(copy.machine, command));
        const given = outcomeText(restored.machine, command, runCommand(restored.machine, command));
        if (given !== wanted) throw new Error(`${evaluator} at ${i}: ${given}, not ${wanted}`);
      }
      assertSameState(restored.machine, copy.machine);
    }
  });
  t.pass();
});

test("a state whose bytes were changed or cut is refused, and nothing is thrown", (t) => {
  const bytes = exportState(play(1, () => {}));
  const places = fc.integer({ min: 0, max: bytes.length - 1 });
  const refused = fc.property(places, fc.integer({ min: 1, max: 255 }), (at, by) => {
    const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ by : byte));
    const restored = restoreMachine(changed, "compiled");
    // A changed letter or number may be another state's; but then it is that one, to the byte.
    if (restored.ok && textOfBytes(exportState(restored.machine)) !== textOfBytes(changed)) throw new Error(`at ${at}`);
    if (restoreMachine(bytes.subarray(0, at), "compiled").ok) throw new Error(`cut at ${at}`);
  });
  t.notThrows(() => fc.assert(refused, { numRuns: 60 }));
});

function assertSame(a: Rows, b: Rows): void {
  if (JSON.stringify([...a]) !== JSON.stringify([...b])) throw new Error("the rows differ");
}

function assertSameState(a: Machine, b: Machine): void {
  const [x, y] = [a, b].map((one) => textOfBytes(exportState(one)));
  if (x !== y) throw new Error("the states differ");
  if (textOfBytes(stateHash(a)) !== textOfBytes(stateHash(b))) throw new Error("the hashes differ");
}
