/** The fuzzer itself: what must be found is found. */
import test from "ava";
import { seededTape } from "../sim/tape.ts";
import { mutate } from "./mutate.ts";
import { fuzzTarget } from "./run-target.ts";
import type { Target } from "./target.ts";

const plan = { inputs: 20_000, seed: 1, corpus: [] };
const target = (take: Target["take"], form: Target["form"] = "bytes"): Target => ({
  name: "canary",
  form,
  examples: [Buffer.from("a good input(1, 2)")],
  take,
});

test("a decoder that throws on some inputs is found, with the input", (t) => {
  const report = fuzzTarget(
    target((input) => {
      if (input[3] === 0xff) throw new Error("unexpected");
      return "accepted";
    }),
    plan,
  );
  t.regex(report.failure?.flaw ?? "", /^threw Error: unexpected/);
  t.is(report.failure?.input[3], 0xff);
});

test("a stall is found, and so is memory far beyond the input", (t) => {
  const slow = target((input) => {
    const startedAt = process.threadCpuUsage();
    while (input.length > 40 && process.threadCpuUsage(startedAt).user < 80_000);
    return "accepted";
  });
  t.regex(fuzzTarget(slow, plan).failure?.flaw ?? "", /^took \d+ ms/);
  const kept: Uint8Array[] = [];
  const greedy = target((input) => {
    if (input.length > 40) kept.push(new Uint8Array(16 * 1024 * 1024));
    return "accepted";
  });
  t.regex(fuzzTarget(greedy, plan).failure?.flaw ?? "", /^allocated \d+ bytes/);
});

test("the same seed makes the same inputs, another seed others", (t) => {
  const inputs = (seed: number): string[] => {
    const random = seededTape(seed, false).stream("x");
    const pool = [Buffer.from("CreateAccount a"), Buffer.from("transfer(a->b, 1%2)")];
    return Array.from({ length: 50 }, () => Buffer.from(mutate({ form: "text" }, pool, random)).toString("hex"));
  };
  t.deepEqual(inputs(1), inputs(1));
  t.notDeepEqual(inputs(1), inputs(2));
});

test("what is new in kind is kept as a start for more", (t) => {
  const byLength = target((input) => (input.length > 30 ? "long" : input.length < 5 ? "short" : "middling"));
  const report = fuzzTarget(byLength, plan);
  t.is(report.failure, undefined);
  t.deepEqual([...report.verdicts.keys()].sort(), ["long", "middling", "short"]);
  t.is(report.fresh.length, 2);
});
