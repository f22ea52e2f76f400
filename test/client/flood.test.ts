import test from "ava";
import { floodCountMax, floodLines, floodTitle, parseFlood } from "../../client/flood.ts";
import { createProgress, progressLine } from "../../client/progress.ts";
import { complete } from "../../client/repl-words.ts";

for (const [line, batched, count] of [
  ["batch test:1", true, 1],
  ["many test:1000", false, 1000],
  ["  batch   test : 5000 ", true, 5000],
  [`many test:${floodCountMax}`, false, floodCountMax],
] as const) {
  test(`"${line}" is a flood`, (t) => {
    t.deepEqual(parseFlood(line), { ok: true, batched, count });
  });
}

for (const [line, reason] of [
  ["batch test:0", /is "0"/],
  [`batch test:${floodCountMax + 1}`, /is "1000001"/],
  ["many test:-1", /is "-1"/],
  ["many test:many", /is "many"/],
  ["many test:1.5", /is "1.5"/],
  ["many test:1e3", /is "1e3"/],
  ["batch test:", /is missing/],
  ["batch test:99999999999999999999", /from 1 to 1000000/],
  ["batch", /write batch test:N/],
  ["many 5", /write many test:N/],
] as const) {
  test(`"${line}" is refused with what would be right`, (t) => {
    const parsed = parseFlood(line);
    t.regex(parsed?.ok === false ? parsed.reason : "", reason);
  });
}

for (const line of ["transfer(a->b, 1)", "batches", "manytest:1", ""]) {
  test(`"${line}" is no flood`, (t) => {
    t.is(parseFlood(line), undefined);
  });
}

test("a flood is announced and reported in Juno's words, then in ours", (t) => {
  t.is(floodTitle({ batched: true, count: 7 }), "Sending 7 'transfer(Acct1->Acct2, 1%1)' transactions batched");
  t.is(floodTitle({ batched: false, count: 7 }), "Sending 7 'transfer(Acct1->Acct2, 1%1)' transactions individually");
  const report = { count: 1000, seconds: 0.3, p50Ms: 41.04, p99Ms: 88, failed: 0, firstFailure: undefined };
  t.deepEqual(floodLines(report), [
    "Completed in 0.300000sec (3334 per sec)",
    "Latency p50 41.0 ms, p99 88.0 ms, from send to f+1 equal answers",
  ]);
  t.is(floodLines({ ...report, failed: 2, firstFailure: "no" })[2], "2 of 1000 were refused, the first with: no");
});

test("a progress bar draws on terminals alone, and leaves no line behind", (t) => {
  const draw = (isTTY: boolean, noColor: string | undefined) => {
    let text = "";
    const progress = createProgress(
      { isTTY, columns: 60, write: (more: string) => (text += more) },
      "commands",
      noColor,
    );
    progress.update(1, 4);
    progress.update(2, 4);
    progress.finish();
    return text;
  };
  t.is(draw(false, undefined), "");
  const coloured = draw(true, undefined);
  t.true(coloured.includes("\u001b[36m[######"));
  t.true(coloured.endsWith("\r\u001b[K"));
  t.false(coloured.includes("2 of 4"), "the second comes too soon to be drawn");
  t.false(draw(true, "1").includes("\u001b[36m"));
});

test("a progress line tells part, numbers and rate", (t) => {
  t.is(progressLine(250, 1000, "entries", 2), "[######..................]  25%  250 of 1000 entries, 125/s");
  t.is(progressLine(1000, 1000, "entries", 0), `[${"#".repeat(24)}] 100%  1000 of 1000 entries, 0/s`);
  t.is(progressLine(0, 0, "entries", 1).slice(26, 31), " 100%");
});

test("Tab completes first words, and names of accounts behind them", (t) => {
  const accounts = new Set(["Acct2", "Acct1", "stu"]);
  t.deepEqual(complete("Obs", accounts)[0], ["ObserveAccount ", "ObserveAccounts"]);
  t.deepEqual(complete("b", accounts)[0], ["batch test:"]);
  t.deepEqual(complete("ObserveAccount A", accounts), [["Acct1", "Acct2"], "A"]);
  t.deepEqual(complete("transfer(Acct1->s", accounts), [["stu"], "s"]);
  t.deepEqual(complete("transfer(", accounts)[0], ["transfer("]);
  t.deepEqual(complete("zzz", accounts)[0], []);
});
