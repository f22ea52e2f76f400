/** The judge itself: it passes what a ledger really answers, and names each thing that is not so. */
import test from "ava";
import { encodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { apply, createLedger } from "../hopper/demo/model-ledger.ts";
import { flawsOfAnswers } from "./judge.ts";
import { type AccountsInput, textOf } from "./linearizability/accounts-model.ts";
import { outputOf, type Recorded } from "./load.ts";
import { type Entry, effective } from "./read-ledger.ts";

const inputs: readonly AccountsInput[] = [
  { kind: "create", account: "a" },
  { kind: "create", account: "b" },
  { kind: "adjust", account: "a", amount: 100 },
  { kind: "transfer", route: ["a", "b"], amount: 30 },
  { kind: "transfer", route: ["a", "b"], amount: 300 },
  { kind: "transfer", route: ["a", "a"], amount: 7 },
  { kind: "observe", account: "b" },
  { kind: "observe", account: "nobody" },
];

const entries: readonly Entry[] = inputs.map((input, i) => ({
  index: i + 1,
  client: 0,
  request: 10 + i,
  payload: Buffer.from(textOf(input)),
}));

function historyOf(log: readonly Entry[]): Recorded[] {
  const ledger = createLedger();
  return log.map(({ index, request, payload }, i) => {
    const input = inputs[request - 10];
    if (input === undefined) throw new Error(`no command ${request}`);
    const bytes = encodeOutcome(apply(ledger, payload));
    const outcome = Buffer.from(bytes).toString("hex");
    return {
      client: 0,
      request,
      index,
      input,
      output: outputOf(input, bytes),
      outcome,
      calledAt: i,
      returnedAt: i + 0.5,
    };
  });
}

const history = historyOf(entries);
const first = (flaws: readonly string[]): string => flaws[0] ?? "none";
const without = (log: readonly Entry[], at: number): Entry[] => log.filter(({ index }) => index !== at);

test("what the ledger answers is what the specification says", (t) => {
  t.deepEqual(flawsOfAnswers(entries, history), []);
});

test("a repeat in the log takes effect once; a command nobody saw answered may be there or not", (t) => {
  const [, , , transfer] = entries;
  if (transfer === undefined) throw new Error("no transfer");
  const repeated = [...entries, { ...transfer, index: 9 }];
  t.is(effective(repeated).length, 8);
  t.deepEqual(flawsOfAnswers(repeated, history), []);
  const unknown = { index: undefined, output: undefined, outcome: undefined, returnedAt: Number.POSITIVE_INFINITY };
  const unseen = history.map((one) => (one.index === 8 ? { ...one, ...unknown } : one));
  t.deepEqual(flawsOfAnswers(entries, unseen), []);
  t.deepEqual(flawsOfAnswers(without(entries, 8), unseen), []);
});

test("an acknowledged command that is not in the ledger", (t) => {
  t.regex(first(flawsOfAnswers(without(entries, 8), history)), /acknowledged at index 8, is lost/);
});

test("another index than was told", (t) => {
  const told = history.map((one) => (one.index === 3 ? { ...one, index: 30 } : one));
  t.regex(first(flawsOfAnswers(entries, told)), /stands at index 3, told was 30/);
});

test("another answer than the state machine's", (t) => {
  const [created] = history;
  const told = history.map((one) => (one.index === 2 ? { ...one, outcome: created?.outcome } : one));
  t.regex(first(flawsOfAnswers(entries, told)), /index 2: the answer told is not that/);
});

test("a command in the ledger that nobody sent", (t) => {
  t.regex(first(flawsOfAnswers(entries, history.slice(1))), /request 10 of client 0, which nobody sent/);
});

test("a command that took effect twice under two numbers", (t) => {
  const [, , , transfer] = entries;
  if (transfer === undefined) throw new Error("no transfer");
  const twice = [...entries.slice(0, 4), { ...transfer, request: 99, index: 5 }, ...entries.slice(5)];
  t.true(flawsOfAnswers(twice, history).length > 0);
});
