/** What stops `juno bench` before its end: Ctrl-C, which leaves nothing, and flags that are wrong, which name the mend. */
import { existsSync, readdirSync } from "node:fs";
import test from "ava";
import { type BenchFolders, benchFolders, hasNodes, processesOf, runBench } from "./bench-process.ts";

type When = (folders: BenchFolders, stderr: string) => boolean;

const isMeasuring = (part: string) => (folders: BenchFolders) =>
  processesOf(folders).some((command) => command.includes(part));
const hasBegun: When = (_, stderr) => stderr.includes("not a scaling result") || stderr.includes("load before");

/** Large enough not to end by itself, and when Ctrl-C is pressed. */
const longRuns: readonly (readonly [line: string, when: When, told: string])[] = [
  ["first --nodes 1 --commands 1000000", hasNodes, "in a cluster"],
  ["throughput --nodes 1 --commands 1000000", hasNodes, "in a cluster"],
  ["flood --nodes 1 --commands 1000000", hasNodes, "in a cluster"],
  ["latency --nodes 1 --seconds 3600", hasNodes, "in a cluster"],
  ["recovery --nodes 4 --runs 100", hasNodes, "in a cluster"],
  ["scaling --quick", hasNodes, "in a cluster"],
  ["check --quick --runs 100", hasBegun, "at the engines"],
  ["cores --seconds 3600 --cores 1", isMeasuring("cores-part"), "in a process of its own"],
  ["cores --seconds 1 --cores 1 --nodes 1 --commands 1000000", hasNodes, "in a cluster"],
  ["micro --engine sodium --sizes 1 --runs 100", hasBegun, "between two parts"],
  ["hopper --accounts 100000 --runs 100", hasBegun, "between two blocks"],
];
const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

for (const [line, when, told] of longRuns) {
  const [verb = "", ...flags] = line.split(" ");
  onLinux(
    `Ctrl-C ends juno bench ${verb} ${told}, and leaves no process, no folder, no file (needs Linux)`,
    async (t) => {
      const folders = benchFolders(t);
      const out = verb === "check" ? [] : ["--out", folders.out];
      const { pid, code, stderr, stdout } = await runBench(folders, [verb, ...flags, ...out], (text) =>
        when(folders, text),
      );
      t.is(code, 1, stderr);
      t.true(stderr.includes(`${verb}: stopped; nothing was written`), stderr);
      t.is(stdout, "");
      t.deepEqual(processesOf(folders), []);
      t.deepEqual(readdirSync(folders.temporary), []);
      t.false(existsSync(folders.out));
      t.deepEqual(networksOf(pid), []);
    },
  );
}

/** Network namespaces that a process has made. */
function networksOf(pid: number): string[] {
  if (!existsSync("/run/netns")) return [];
  return readdirSync("/run/netns").filter((name) => name.startsWith(`juno-bench-${pid}-`));
}

const wrong: readonly (readonly [args: readonly string[], code: number, mend: RegExp])[] = [
  [["first", "--nodes", "33"], 2, /nodes: must be a whole number from 1 to 32/],
  [["first", "--engine", "fast"], 2, /one of \(simd\|sodium\|openssl\|noble\)/],
  [["throughput", "--nodes", "4,4"], 2, /must name each value once/],
  [["cores", "--cores", "1024"], 1, /--cores 1024: only \d+ may be used here; take that many at most/],
  [["flood", "--every", "1"], 2, /every: must be a whole number from 10 /],
  [["latency", "--rates", "0"], 2, /rates: must be a whole number from 1 /],
  [["recovery", "--nodes", "3"], 1, /take --nodes 4 or more/],
  [["micro", "--sizes", "9000"], 2, /8192/],
  [["scaling", "--cheque"], 2, /did you mean --check/],
  [["hopper", "--accounts", "1"], 2, /accounts: must be a whole number from 2 /],
  [["compare", "/nowhere/a.json", "/nowhere/b.json"], 2, /\/nowhere\/a\.json/],
  [["check", "--bounds", "/nowhere/bounds.json"], 2, /\/nowhere\/bounds\.json/],
  [["frist"], 2, /did you mean `first`/],
];

test("a wrong flag is told with what would be right, before anything starts", async (t) => {
  for (const [args, code, mend] of wrong) {
    const folders = benchFolders(t);
    const end = await runBench(folders, args);
    t.is(end.code, code, `${args.join(" ")}: ${end.stderr}`);
    t.regex(end.stderr, mend, args.join(" "));
    t.is(end.stdout, "");
    t.deepEqual(readdirSync(folders.temporary), []);
  }
});
