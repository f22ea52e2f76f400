import test from "ava";
import { validatorsMax } from "../../wire/limits.ts";
import { faultyMax, quorumOf } from "../../wire/quorum.ts";

// From the specification, Model.
const exact: readonly [validators: number, faulty: number, quorum: number][] = [
  [1, 0, 1],
  [2, 0, 2],
  [3, 0, 2],
  [4, 1, 3],
  [5, 1, 4],
  [6, 1, 4],
  [7, 2, 5],
  [8, 2, 6],
  [10, 3, 7],
  [13, 4, 9],
  [16, 5, 11],
  [64, 21, 43],
];

for (const [validators, faulty, quorum] of exact) {
  test(`${quorum} of ${validators} are a quorum, of whom ${faulty} may lie`, (t) => {
    t.is(faultyMax(validators), faulty);
    t.is(quorumOf(validators), quorum);
  });
}

for (let n = 1; n <= validatorsMax; n++) {
  test(`${n} validators: quorums share an honest one, and the honest ones are a quorum`, (t) => {
    const f = faultyMax(n);
    const quorum = quorumOf(n);
    t.true(3 * f + 1 <= n && 3 * (f + 1) + 1 > n, "f is the most that fits");
    t.true(2 * quorum - n >= f + 1, "two quorums share f + 1");
    t.true(n - f >= quorum, "the honest ones are a quorum");
    t.true(2 * (quorum - 1) - n < f + 1, "no smaller one would do");
  });
}

test("the old Juno's majority is not enough from 5 validators on (D5)", (t) => {
  const majority = (n: number): number => 1 + Math.floor(n / 2);
  const unsafe = Array.from({ length: 16 }, (_, i) => i + 1).filter((n) => 2 * majority(n) - n < faultyMax(n) + 1);
  t.deepEqual(unsafe, [5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  for (const n of unsafe) t.true(quorumOf(n) > majority(n));
});
