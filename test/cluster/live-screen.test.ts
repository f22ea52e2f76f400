import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import test from "ava";
import { frame, linesFor, liveScreen } from "../../cluster/live-screen.ts";

test("the first frame starts at the cursor, later ones go up by the lines of the table before", (t) => {
  t.is(frame(0, "", ["a", "b"]), "\u001b[?2026h\ra\u001b[K\nb\u001b[K\n\u001b[J\u001b[?2026l");
  t.is(frame(2, "log\n", ["c"]), "\u001b[?2026h\r\u001b[2Alog\u001b[K\nc\u001b[K\n\u001b[J\u001b[?2026l");
});

test("lines are cut so that they do not wrap, coloured ones lose their colour", (t) => {
  t.deepEqual(linesFor(["12345", "123456"], 6, 24), ["12345", "12345"]);
  t.deepEqual(linesFor(["\u001b[31m12345\u001b[0m", "\u001b[31m123456\u001b[0m"], 6, 24), [
    "\u001b[31m12345\u001b[0m",
    "12345",
  ]);
  t.deepEqual(linesFor(["abc"], 1, 24), [""]);
  t.deepEqual(linesFor(["abc"], 0, 24), [""]);
});

test("a table higher than the screen is cut, and says by how much", (t) => {
  const lines = ["1", "2", "3", "4", "5"];
  t.deepEqual(linesFor(lines, 80, 7), lines);
  t.deepEqual(linesFor(lines, 80, 6), ["1", "2", "3", "... and 2 more lines"]);
  t.deepEqual(linesFor(lines, 80, 3), ["... and 5 more lines"]);
  t.deepEqual(linesFor(lines, 80, 0), ["... and 5 more lines"]);
});

/** What a terminal shows: its lines from the top, after everything that was written; only what frames contain. */
function played(writes: readonly string[]): string[] {
  const screen: string[] = [];
  let row = 0;
  for (const [i, part] of writes.join("").split("\u001b").entries()) {
    const [code = "", up] = (i > 0 && /^\[\??(\d*)[A-Za-z]/.exec(part)) || [];
    if (code.endsWith("A")) row -= Number(up);
    if (code === "[J") screen.length = row;
    for (const token of part.slice(code.length).match(/\n|[^\n\r]+/g) ?? []) {
      if (token === "\n") row++;
      else screen[row] = token;
    }
  }
  return screen;
}

test("logs scroll above a table that stays, grows and shrinks; a burst is one draw", async (t) => {
  const writes: string[] = [];
  const screen = liveScreen({ columns: 20, rows: 10, write: (text) => writes.push(text) > 0 });
  screen.table(["t1", "t2"]);
  for (const line of ["a", "b"]) screen.log(`${line}\n`);
  await sleep(100);
  t.is(writes.length, 1);
  t.deepEqual(played(writes), ["a", "b", "t1", "t2"]);
  screen.log("c\n");
  screen.table(["u1", "u2", "u3"]);
  await sleep(100);
  t.deepEqual(played(writes), ["a", "b", "c", "u1", "u2", "u3"]);
  screen.table(["v1"]);
  screen.log("d\n");
  screen.close();
  t.deepEqual(played(writes), ["a", "b", "c", "d", "v1"]);
  const { length } = writes;
  await sleep(100);
  t.is(writes.length, length, "nothing is drawn after the close");
  t.true(stripVTControlCharacters(writes.at(-1) ?? "").endsWith("v1\n"));
});

test("a terminal that is made narrower gets narrower lines", (t) => {
  const writes: string[] = [];
  const terminal = { columns: 10, rows: 10, write: (text: string) => writes.push(text) > 0 };
  const screen = liveScreen(terminal);
  screen.table(["123456789012"]);
  screen.close();
  t.deepEqual(played(writes), ["123456789"]);
  terminal.columns = 5;
  screen.close();
  t.deepEqual(played(writes), ["1234"]);
});
