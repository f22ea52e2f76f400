import test from "ava";
import fc from "fast-check";
import { createLatencyHistogram, percentileCurve, percentileMs, recordMs } from "../../bench/hdr.ts";
import { figuresOf } from "../../bench/latency.ts";
import { dueAt, dueCount, type OpenLoop } from "../../bench/open-loop.ts";
import { binRows, recoveryOf } from "../../bench/recovery.ts";

test("commands are due at even distances from the start, whatever happened before", (t) => {
  t.deepEqual(
    [-1, 0, 9.99, 10, 10.01, 20, 1000].map((ms) => dueCount(100, ms)),
    [0, 1, 1, 2, 2, 3, 101],
  );
  t.deepEqual(
    [0, 1, 100].map((number) => dueAt(100, number)),
    [0, 10, 1000],
  );
  t.is(dueCount(3000, 1000), 3001);
});

test("a command is due exactly from its own time on", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 1_000_000 }), (rate, number) => {
      const at = dueAt(rate, number);
      return dueCount(rate, at) === number + 1 && dueCount(rate, at - 0.001) === number;
    }),
  );
  t.pass();
});

/** A loop whose answers take `latency(dueMs)`; undefined for none. */
function loopOf(rate: number, seconds: number, latency: (dueMs: number) => number | undefined): OpenLoop {
  const due = Array.from({ length: rate * seconds }, (_, number) => dueAt(rate, number));
  const answers = due.flatMap((dueMs) => {
    const ms = latency(dueMs);
    return ms === undefined ? [] : [{ dueMs, answeredMs: dueMs + ms }];
  });
  const unanswered = due.filter((dueMs) => latency(dueMs) === undefined);
  return {
    startedAt: 0,
    sent: due.length,
    answers: answers.sort((a, b) => a.answeredMs - b.answeredMs),
    unanswered,
    lateMs: due.map(() => 0.1),
    endedMs: seconds * 1000 + 2000,
    refused: 0,
  };
}

const told = (loop: OpenLoop, rate: number, seconds: number) => {
  const { percentiles, answeredRate, saturated } = figuresOf(loop, rate, seconds, 100);
  const named = new Map(percentiles);
  const ms = (name: string) => named.get(name) ?? Number.NaN;
  return { p50: ms("p50"), p99: ms("p99"), max: ms("max"), answeredRate, saturated };
};

test("a stall of a second shows in every command that was due meanwhile", (t) => {
  // A closed loop would have seen one slow command of 2000; here a tenth of them waited.
  const stall = (dueMs: number) => (dueMs >= 5000 && dueMs < 6000 ? 6000 - dueMs + 5 : 5);
  const figures = told(loopOf(200, 10, stall), 200, 10);
  t.true(Math.abs(figures.p50 - 5) < 0.01);
  t.true(figures.p99 > 850 && figures.p99 < 950);
  t.true(Math.abs(figures.max - 1005) < 3);
  t.false(figures.saturated);
});

test("a cluster that falls behind, or leaves commands unanswered, is saturated", (t) => {
  // Answers come at 80 % of the rate.
  t.true(
    told(
      loopOf(1000, 4, (dueMs) => 5 + dueMs * 0.25),
      1000,
      4,
    ).saturated,
  );
  t.false(
    told(
      loopOf(1000, 4, () => 300),
      1000,
      4,
    ).saturated,
  );
  const lost = told(
    loopOf(100, 4, (dueMs) => (dueMs === 0 ? undefined : 5)),
    100,
    4,
  );
  t.true(lost.saturated);
  t.true(lost.max >= 5990);
});

test("percentiles keep three digits over the whole range", (t) => {
  const histogram = createLatencyHistogram();
  for (let ms = 1; ms <= 1000; ms++) recordMs(histogram, ms);
  for (const percent of [50, 90, 99, 99.9]) {
    t.true(Math.abs(percentileMs(histogram, percent) - percent * 10) <= percent * 0.02);
  }
  t.true(Math.abs(percentileMs(histogram, 100) - 1000) <= 1);
  recordMs(histogram, 0);
  recordMs(histogram, 1e12);
  t.true(Math.abs(percentileMs(histogram, 100) - 600_000) <= 600);
  const curve = percentileCurve(histogram);
  t.true(curve.every(([percent, ms], i) => percent >= (curve[i - 1]?.[0] ?? 0) && ms >= (curve[i - 1]?.[1] ?? 0)));
});

test("the gap ends with the first command that was due after the kill", (t) => {
  const loop = loopOf(100, 10, (dueMs) => {
    if (dueMs < 2990) return 5;
    // Sent before the kill at 3000 and agreed upon a moment later, by the old leader.
    if (dueMs < 3000) return 15;
    return dueMs < 4500 ? 4500 - dueMs + 10 : 10;
  });
  const recovery = recoveryOf(loop.answers, 2999.5);
  t.is(recovery?.gapMs, 4510 - 2999.5);
  t.is(recovery?.caught, 1);
  t.is(recovery?.silenceMs, 4510 - 3005);
  t.is(recovery?.longestMs, 1510);
  t.is(
    recoveryOf(
      loop.answers.filter(({ dueMs }) => dueMs < 2999),
      2999.5,
    ),
    undefined,
  );
});

test("bins count every answer once, and show the silence", (t) => {
  const loop = loopOf(100, 4, (dueMs) => (dueMs >= 1000 && dueMs < 2000 ? 2000 - dueMs + 5 : 5));
  const rows = binRows(loop, 1000, 1);
  t.is(
    rows.reduce((sum, { value }) => sum + value * 0.05, 0),
    400,
  );
  const silent = rows.filter(({ x }) => Number(x) >= 50 && Number(x) < 1000);
  t.true(silent.length === 19 && silent.every(({ value }) => value === 0));
  t.is(rows.find(({ x }) => x === 500)?.unit, "commands/s");
});
