/**
 * The stories in scenarios/*.txt: each has to happen just as it is written. After a change of the rules write the outputs anew
 * with UPDATE_GOLDEN=1, and read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { loadEngine } from "../../pools/engine.ts";
import { realCrypto } from "../sim/crypto.ts";
import { replayScenario } from "./scenario/replay-scenario.ts";

const folder = new URL("./scenarios/", import.meta.url);
const crypto = realCrypto(await loadEngine("sodium"));

function check(t: ExecutionContext, file: string, expected: string): void {
  t.is(replayScenario(file, expected, crypto), expected);
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
  test(file.slice(0, -".txt".length).replaceAll("-", " "), (t) => {
    const path = new URL(file, folder);
    const text = readFileSync(path, "utf8");
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, replayScenario(file, text, crypto));
    check(t, file, readFileSync(path, "utf8"));
  });
}

test("runner: a wrong expectation fails, one left out too, and the right one passes", async (t) => {
  const right = "nodes 1\nstate\n----\nn0 follower of nobody, term 0, commit #0\n";
  check(t, "right.txt", right);
  for (const wrong of [
    right.replace("term 0", "term 1"),
    right.replace(/----\n.*\n/, ""),
    right.replace(/n0.*\n/, ""),
  ]) {
    const attempt = await t.try((inner) => check(inner, "wrong.txt", wrong));
    attempt.discard();
    t.false(attempt.passed, wrong);
  }
});

test("runner: a command that is wrong is an error with file and line", (t) => {
  for (const [command, reason] of [
    ["jump 1", /^Error: some\.txt:4: unknown command "jump"; known are: nodes, propose, /],
    ["tick 4", /^Error: some\.txt:4: expected a whole number from 0 to 3, not "4"$/],
    ["deliver HELLO", /^Error: some\.txt:4: unknown kind of message "HELLO"; known are: AE, AER, /],
    ["deliver AE 0 1", /^Error: some\.txt:4: expected "\[one\] KINDS \[FROM -> TO\]"/],
    ["forge 1 AE -> 2", /^Error: some\.txt:4: cannot forge "AE"$/],
    ["restart 1", /^Error: some\.txt:4: n1 is running$/],
    ["nodes 4", /^Error: some\.txt:4: the cluster has its nodes already$/],
  ] as const) {
    const error = t.throws(() => replayScenario("some.txt", `# a remark\nnodes 4\n# another\n${command}\n`, crypto));
    t.regex(String(error), reason);
  }
  t.throws(() => replayScenario("some.txt", "state\n", crypto), { message: 'some.txt:1: "state" before "nodes"' });
});
