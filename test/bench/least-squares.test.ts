import test from "ava";
import { costOf, type Equation, fitCosts } from "../../bench/least-squares.ts";

const known = [3, 0, 250, 0.5];
const counts = [
  [1, 4, 1, 0],
  [10, 0, 1, 30],
  [1000, 7, 1, 3000],
  [300, 2, 6, 0],
  [5, 9, 2, 15],
  [40, 1, 9, 400],
];

/** Errors count by what they are of the total. */
const equation = (row: readonly number[], total: number): Equation => ({ counts: row, total, weight: 1 / total });

function near(actual: readonly number[], expected: readonly number[], within: number): boolean {
  return (
    actual.length === expected.length && actual.every((value, i) => Math.abs(value - (expected[i] ?? 0)) <= within)
  );
}

test("costs are recovered from what things cost together", (t) => {
  const fitted = fitCosts(counts.map((row) => equation(row, costOf(row, known))));
  t.true(near(fitted, known, 1e-6), fitted.join());
});

test("noise of some percent moves costs by some percent", (t) => {
  const noise = [1.02, 0.98, 1.01, 0.99, 0.98, 1.02];
  const fitted = fitCosts(counts.map((row, i) => equation(row, costOf(row, known) * (noise[i] ?? 1))));
  t.true(Math.abs((fitted[0] ?? 0) / 3 - 1) < 0.1 && Math.abs((fitted[2] ?? 0) / 250 - 1) < 0.1, fitted.join());
});

test("no cost is below zero, where plain least squares would say so", (t) => {
  // By two equations exactly: 2 and -1. Alone, x is least wrong in (x - 1)^2 + (2x - 3)^2 at 7/5.
  const fitted = fitCosts([
    { counts: [1, 1], total: 1, weight: 1 },
    { counts: [2, 1], total: 3, weight: 1 },
  ]);
  t.true(near(fitted, [7 / 5, 0], 1e-9), fitted.join());
});

test("an equation's weight says how much its error counts", (t) => {
  const both = (weight: number) =>
    fitCosts([
      { counts: [1], total: 1, weight: 1 },
      { counts: [1], total: 3, weight },
    ]);
  t.true(near(both(1), [2], 1e-9));
  t.true(near(both(0), [1], 1e-9));
  // (x - 1) + 9 (x - 3) = 0
  t.true(near(both(3), [2.8], 1e-9));
});

test("what was never done costs nothing, and what took no time neither", (t) => {
  t.deepEqual(fitCosts([{ counts: [2, 0], total: 8, weight: 1 }]), [4, 0]);
  t.deepEqual(fitCosts([{ counts: [2, 5], total: 0, weight: 1 }]), [0, 0]);
  t.deepEqual(fitCosts([]), []);
});
