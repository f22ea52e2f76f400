import test from "ava";
import { createRandom } from "../../bench/random.ts";
import { renderTable, shown } from "../../bench/result-table.ts";
import { type Row, spreadOf, summarize } from "../../bench/series.ts";

const row = (x: number, run: number, value: number, series = "a"): Row => {
  return { series, xName: "nodes", x, run, metric: "throughput", unit: "commands/s", value };
};

test("the median is the one in the middle, or the mean of two", (t) => {
  t.deepEqual(spreadOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
  t.deepEqual(spreadOf([10, 9, 1, 2]), { median: 5.5, min: 1, max: 10 });
  t.deepEqual(spreadOf([7]), { median: 7, min: 7, max: 7 });
  t.throws(() => spreadOf([]), { instanceOf: RangeError });
});

test("runs of the same series, metric and x come to one summary, x ascending", (t) => {
  const rows = [row(7, 1, 30), row(4, 1, 10), row(4, 2, 20), row(4, 1, 99, "b"), row(10, 1, 1), row(4, 3, 90)];
  t.deepEqual(
    summarize(rows).map(({ series, x, median, min, max, runs }) => [series, x, median, min, max, runs]),
    [
      ["a", 4, 20, 10, 90, 3],
      ["a", 7, 30, 30, 30, 1],
      ["a", 10, 1, 1, 1, 1],
      ["b", 4, 99, 99, 99, 1],
    ],
  );
});

test("a seed gives an order, and another seed another", (t) => {
  const items = Array.from({ length: 20 }, (_, i) => i);
  const first = createRandom(1).shuffled(items);
  t.deepEqual(createRandom(1).shuffled(items), first);
  t.notDeepEqual(createRandom(2).shuffled(items), first);
  t.deepEqual(
    [...first].sort((a, b) => a - b),
    items,
  );
});

test("figures are shown with three digits that count", (t) => {
  t.deepEqual([1.234, 12.34, 123.4, 1234, 1_234_567, -0.5, 0].map(shown), [
    "1.23",
    "12.3",
    "123",
    "1,234",
    "1,234,567",
    "-0.50",
    "0.00",
  ]);
});

test("columns stand below each other", (t) => {
  t.deepEqual(
    renderTable([
      ["", "median", "unit"],
      ["long name", "1", "ms"],
    ]),
    ["           median  unit", "long name       1  ms"],
  );
});
