/**
 * Each Node that is here, with each flag by which V8 runs code in another tier: the same hashes, the same gas, the same ends of deep
 * calls. A flag that a Node does not know is skipped, saying so.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import test from "ava";
import { otherNodes, runPlain, writePlainJavaScript } from "./plain-javascript.ts";

const flags = [
  "--jitless",
  "--max-opt=0",
  // Most stack is taken by what is interpreted; 0.75 of what Node gives its first thread, whose others have 4 MiB.
  "--max-opt=0 --stack-size=740",
  "--stress-opt",
  // What came in place of --stress-opt, in this V8 or another.
  "--stress-maglev",
  "--always-turbofan",
  "--invocation-count-for-turbofan=5",
  "--interrupt-budget=500",
];
const scripts = [
  ["agree", "compiled", "600"],
  ["agree", "reference", "600"],
  ["corpus", "compiled"],
  ["deep-calls"],
] as const;
/** Node 20 has all that is asked of an older one; what comes before it has not. */
const oldestMajor = 20;

const folder = writePlainJavaScript();
test.after.always(() => rmSync(folder, { recursive: true }));

type How = { readonly node: string; readonly flags: readonly string[] };

/** What each script prints. */
async function printed(how: How): Promise<readonly string[]> {
  const runs = scripts.map(([script, ...args]) => runPlain(folder, args, { ...how, script }));
  return (await Promise.all(runs)).map(({ stdout }) => stdout);
}

function flagsOf(node: string): ReadonlySet<string> {
  const listed = execFileSync(node, ["--v8-options"], { encoding: "utf8", maxBuffer: 1 << 24 });
  return new Set(Array.from(listed.matchAll(/^\s+(--[\w-]+) \(/gm), ([, flag = ""]) => flag));
}

const here = { node: process.execPath, version: process.version };
const nodes = [here, ...otherNodes().filter(({ version }) => Number(version.slice(1).split(".")[0]) >= oldestMajor)];
let first: Promise<readonly string[]> | undefined;
const wanted = (): Promise<readonly string[]> => {
  first ??= printed({ node: here.node, flags: [] });
  return first;
};

test.serial("what is compared says something", async (t) => {
  const [agree = "", reference, corpus = "", deep = ""] = await wanted();
  t.regex(agree, /^state [0-9a-f]{64} outcomes [0-9a-f]{64} done \d{3} of 600 gas \d{6,}\n$/);
  t.is(reference, agree);
  t.true(corpus.split("\n").filter((line) => /^module std\/\w+ [0-9a-f]{64}$/.test(line)).length >= 11);
  t.regex(corpus, /^test .*: ok, rows [0-9a-f]{16}, gas \d{4}$/m);
  t.regex(corpus, /^refused rejected\/drop_let [0-9a-f]{16}$/m);
  t.regex(corpus, /^bound 499 either: [0-9a-f]{64}$/m);
  t.regex(corpus, /^bound 500 either: [0-9a-f]{16}$/m);
  t.notRegex(corpus, /^test (?!.*: ok, )/m);
  t.regex(deep, /^10000 DepthExceeded \d+$/m);
});

for (const { node, version } of nodes) {
  const known = flagsOf(node);
  if (node !== here.node) {
    test.serial(`Node ${version} comes to the same`, async (t) => {
      t.deepEqual(await printed({ node, flags: [] }), await wanted());
    });
  }
  for (const flag of flags) {
    const given = flag.split(" ");
    if (given.every((one) => known.has(one.replace(/=.*/, "")))) {
      test.serial(`Node ${version} ${flag} comes to the same`, async (t) => {
        t.deepEqual(await printed({ node, flags: given }), await wanted());
      });
    } else {
      test.skip(`Node ${version} ${flag}: its V8 does not know the flag`, (t) => t.fail());
    }
  }
}
if (nodes.length === 1) test.skip("another major version of Node: there is none on PATH", (t) => t.fail());
