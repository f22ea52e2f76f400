import test from "ava";
import { childLog } from "../../cluster/child-log.ts";

const record = '{"level":30,"time":1700000000000,"pid":7,"hostname":"h","node":"node1","term":3,"msg":"became leader"}';

test("outside of a terminal JSON lines are data as they are, everything else is talk with its node's name", (t) => {
  const { show } = childLog(["node0", "node10"], { pretty: false, colour: false });
  t.deepEqual(show(1, record), { kind: "data", text: `${record}\n` });
  t.deepEqual(show(0, "Warning: x"), { kind: "talk", text: "node0  | Warning: x\n" });
  t.deepEqual(show(1, "y"), { kind: "talk", text: "node10 | y\n" });
  t.deepEqual(show(undefined, "stopping"), { kind: "talk", text: "juno   | stopping\n" });
});

for (const line of ["{broken", "[1]", "42", '"text"', "null", " {}", ""]) {
  test(`"${line}" is talk`, (t) => {
    t.deepEqual(childLog(["n"], { pretty: false, colour: false }).show(0, line), {
      kind: "talk",
      text: `n    | ${line}\n`,
    });
  });
}

test("on a terminal records are told for people, in one line, without what the prefix says", (t) => {
  const { show } = childLog(["node0", "node1"], { pretty: true, colour: false });
  const { kind, text } = show(1, record);
  t.is(kind, "talk");
  t.regex(text, /^node1 \| \[\d\d:\d\d:\d\d\.\d{3}\] INFO: became leader \{"term":3\}\n$/);
});

test("each node has a colour of its own, the launcher bold", (t) => {
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const { show } = childLog(names, { pretty: true, colour: true });
  t.deepEqual(
    [0, 1, 6, undefined].map((index) => show(index, "x").text),
    [
      "\u001b[36ma    | \u001b[0mx\n",
      "\u001b[33mb    | \u001b[0mx\n",
      "\u001b[36mg    | \u001b[0mx\n",
      "\u001b[1mjuno | \u001b[0mx\n",
    ],
  );
});

test("what a node prints cannot move the cursor", (t) => {
  const { show } = childLog(["n"], { pretty: true, colour: false });
  t.is(show(0, "a\u001b[2Jb\u0007\tc\rd\u009bm").text, "n    | ab cd\n");
});

test("an error's stack is told line by line, each with the node's name", (t) => {
  const { show } = childLog(["n"], { pretty: true, colour: false });
  const { text } = show(
    0,
    '{"level":50,"time":1,"msg":"failed","err":{"type":"Error","message":"m","stack":"Error: m\\n    at f"}}',
  );
  const lines = text.trimEnd().split("\n");
  t.true(lines.length > 1, text);
  for (const line of lines) t.true(line.startsWith("n    | "), line);
});
