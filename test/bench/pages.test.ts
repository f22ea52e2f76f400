import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import test from "ava";
import { fillBlocks, markdownTable } from "../../bench/figure-blocks.ts";
import { pageOrder, renderFiguresPage } from "../../bench/figures-page.ts";
import type { RunFile } from "../../bench/run-file.ts";
import { scalingBlocks } from "../../bench/scaling-tables.ts";
import { pages, publishedFolder, writeBlock, writePages } from "../../bench/write-pages.ts";

const mend = "the page is not as the run files in docs/benchmarks say: npm run bench:pages";

function published(name: string): RunFile {
  return JSON.parse(readFileSync(join(publishedFolder, `${name}.json`), "utf8")) as RunFile;
}

for (const page of pages) {
  test(`${basename(page)} says what the run files say`, (t) => {
    const text = readFileSync(page, "utf8");
    t.is(fillBlocks(text, writeBlock), text, mend);
  });
}

test("figures.md says what the run files say", (t) => {
  const files = pageOrder.filter((name) => existsSync(join(publishedFolder, `${name}.json`))).map(published);
  t.true(files.length >= 8);
  t.is(readFileSync(join(publishedFolder, "figures.md"), "utf8"), renderFiguresPage(files), mend);
});

test("docs/scaling.md has each block once, and no table of figures besides", (t) => {
  const text = readFileSync(join(publishedFolder, "..", "scaling.md"), "utf8");
  const named: string[] = [];
  const bare = fillBlocks(text, (run, block) => {
    named.push(`${run} ${block}`);
    return "";
  });
  t.deepEqual(named.sort(), ["setup", ...Object.keys(scalingBlocks)].map((block) => `scaling ${block}`).sort());
  const tables = bare.split("\n").filter((line) => line.startsWith("|---"));
  t.is(tables.length, 1, "but that of what is counted");
});

test("tables follow the run file", (t) => {
  const file = published("scaling");
  const changed = (metric: string, factor: number): RunFile => ({
    ...file,
    summary: file.summary.map((one) => (one.metric === metric ? { ...one, median: one.median * factor } : one)),
  });
  const of = (block: string, run: RunFile) => scalingBlocks[block]?.(run) ?? "";
  for (const [block, metric] of [
    ["bytes", "message bytes"],
    ["constants", "fitted processor time"],
    ["constants", "fitted / measured"],
    ["constants", "sync of the disk"],
    ["throughput", "predicted throughput, regions"],
    ["costs", "predicted latency of a command alone"],
    ["checks", "check"],
  ] as const) {
    t.not(of(block, changed(metric, 3)), of(block, file), `${block} does not tell of ${metric}`);
  }
  t.notRegex(
    Object.keys(scalingBlocks)
      .map((block) => of(block, file))
      .join("\n"),
    /NaN|undefined|Infinity/,
  );
  const unchecked = { ...file, summary: file.summary.filter(({ metric }) => metric !== "check") };
  t.regex(of("checks", unchecked), /^Nothing was checked in this run/);
  const error = t.throws(() => of("costs", { ...file, summary: [] }), { instanceOf: RangeError });
  t.regex(error.message, /^the run file lacks: bytes out of the leader for a command, 4$/);
});

test("the limit named beside a predicted rate is the one that gives that rate", (t) => {
  const file = published("scaling");
  const lines = (scalingBlocks.throughput?.(file) ?? "").split("\n").filter((line) => /^\| \d/.test(line));
  t.is(lines.length, 6);
  // Of a narrow network the leader's uplink is what a large cluster ends at, whatever was measured here.
  t.regex(lines.at(-1) ?? "", /^\| 64 \| \d+ uplink \| \d+ uplink \|/);
  for (const line of lines) {
    for (const cell of line.split("|").slice(2, -1)) {
      t.regex(
        cell,
        /^ \d+ (uplink|window|processors|verifying threads|receiver|consensus|log|commit-tracker|applier|sender) $/,
      );
    }
  }
});

test("blocks are written anew, what is around them stays, and a second time changes nothing", (t) => {
  const page = ["before", "<!-- figures: a b -->", "old", "", "| old |", "<!-- end of figures -->", "after", ""].join(
    "\n",
  );
  const once = fillBlocks(page, (run, block) => `${run}, ${block}: new`);
  t.is(
    once,
    ["before", "<!-- figures: a b -->", "", "a, b: new", "", "<!-- end of figures -->", "after", ""].join("\n"),
  );
  t.is(
    fillBlocks(once, (run, block) => `${run}, ${block}: new`),
    once,
  );
  t.is(
    fillBlocks("no block", () => t.fail() as never),
    "no block",
  );
  const open = "<!-- figures: a b -->";
  for (const text of [open, `${open}\n${open}\n<!-- end of figures -->`]) {
    t.throws(() => fillBlocks(text, () => ""), { instanceOf: RangeError, message: /has no end/ });
  }
  t.throws(() => writeBlock("scaling", "nothing"), { message: "no block nothing of scaling" });
  t.throws(() => writeBlock("nothing", "setup"), { message: /no run file .*nothing\.json/ });
  t.deepEqual(writePages("/tmp"), [], "another folder's figures are no page's");
  t.is(
    markdownTable([
      ["a", "b"],
      ["1", "2"],
    ]),
    "| a | b |\n|---|---|\n| 1 | 2 |",
  );
});

test("short blocks of any run: its setup and its medians", (t) => {
  t.regex(writeBlock("first", "setup"), /^Measured \d{4}-\d\d-\d\d: .* commit [0-9a-f]{10}/);
  t.regex(writeBlock("first", "medians"), /^\| batch test:\d+ \| [\d,]+ commands\/s \| [\d,]+ to [\d,]+ \|$/m);
});
