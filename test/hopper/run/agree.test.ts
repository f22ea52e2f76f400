/** The same random commands give the same state and outcomes with both evaluators, and on every Node that is found. */
import { rmSync } from "node:fs";
import test from "ava";
import { otherNodes, runPlain, writePlainJavaScript } from "./plain-javascript.ts";

const folder = writePlainJavaScript();
test.after.always(() => rmSync(folder, { recursive: true }));

const commands = "2000";
/** Node 20 has all that is asked of an older one; what comes before it has not. */
const oldestMajor = 20;

test("both evaluators, on all Nodes that are here, come to the same state", async (t) => {
  const able = otherNodes().filter(({ version }) => Number(version.slice(1).split(".")[0]) >= oldestMajor);
  const first = await runPlain(folder, ["compiled", commands]);
  t.regex(first.stdout, /^state [0-9a-f]{64} outcomes [0-9a-f]{64} done \d{3,} of 2000 gas \d{6,}\n$/);
  t.is((await runPlain(folder, ["reference", commands])).stdout, first.stdout);
  for (const { node, version } of able) {
    for (const evaluator of ["compiled", "reference"])
      t.is(
        (await runPlain(folder, [evaluator, commands], { node })).stdout,
        first.stdout,
        `${evaluator} on ${version}`,
      );
  }
  t.log(`Node ${process.version}, and ${able.map(({ version }) => version).join(", ") || "no other"}`);
});

test("another seed comes to another state", async (t) => {
  const [one, other] = await Promise.all(["1", "2"].map((seed) => runPlain(folder, ["compiled", "200", seed])));
  t.not(one?.stdout, other?.stdout);
});
