import test from "ava";
import fc from "fast-check";
import { lineMax, splitLines } from "../../cluster/line-splitter.ts";

function split(parts: readonly string[]): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const part of parts) splitter.push(part);
  splitter.end();
  return lines;
}

test("lines come out without their ends, an empty one too, and a last one without an end", (t) => {
  t.deepEqual(split(["a\n\nb\r\nc"]), ["a", "", "b", "c"]);
  t.deepEqual(split(["a\n"]), ["a"]);
  t.deepEqual(split([]), []);
  t.deepEqual(split(["a\r", "\nb"]), ["a", "b"]);
});

test("how the text is cut into parts does not matter", (t) => {
  const text = fc.array(fc.constantFrom("a", "b", "\n", "ü"), { maxLength: 60 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
      t.deepEqual(split(at.map((from, i) => whole.slice(from, at[i + 1] ?? from))), split([whole]));
    }),
  );
});

test("a child without line ends does not fill our memory: what is too long is given at once", (t) => {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  splitter.push("x".repeat(3 * lineMax + 1));
  t.is(lines.length, 3);
});

test("nothing is given before a line ends, and an end is given once", (t) => {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  splitter.push("abc");
  t.deepEqual(lines, []);
  splitter.end();
  splitter.end();
  t.deepEqual(lines, ["abc"]);
});

for (const parts of [1, 7]) {
  test(`a longer line than the most is cut, in ${parts} parts`, (t) => {
    const length = Math.ceil((2 * lineMax + 5) / parts);
    const lines = split([...Array.from({ length: parts }, () => "x".repeat(length)), "\ny\n"]);
    t.is(lines.at(-1), "y");
    t.is(lines.slice(0, -1).join(""), "x".repeat(length * parts));
    t.deepEqual(
      lines.slice(0, 2).map((line) => line.length),
      [lineMax, lineMax],
    );
  });
}

test("a longer line that comes with its end is cut all the same", (t) => {
  const lines = split([`${"x".repeat(lineMax + 1)}\ny\n`, `${"z".repeat(lineMax)}\n`]);
  t.deepEqual(
    lines.map((line) => line.length),
    [lineMax, 1, 1, lineMax],
  );
});
