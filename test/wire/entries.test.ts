import test from "ava";
import fc from "fast-check";
import {
  commandAt,
  commandBytes,
  digestAt,
  type Entries,
  emptyColumns,
  gather,
  lastOf,
  payloadAt,
  type Segment,
  sliceEntries,
  sliceSegment,
} from "../../wire/entries.ts";
import type { LogIndex } from "../../wire/types.ts";
import { commandOf, digest } from "./cluster.ts";
import { entriesOf } from "./judge.ts";
import { hexOf } from "./plain.ts";

const allocate = (bytes: number): Uint8Array => new Uint8Array(bytes);
const commands = Array.from({ length: 12 }, (_, i) =>
  commandOf(i % 2 === 0 ? 7 : 8, i + 1, new Uint8Array(i * 3).fill(i)),
);
const terms = [1, 1, 1, 2, 2, 3, 3, 3, 3, 7, 9, 9];
const whole: Entries = entriesOf(commands, terms);

/** What there is to know of one row, wherever its bytes lie. */
function rowOf(entries: Entries, row: number): string {
  const columns = [entries.clients, entries.requests, entries.terms].map((column) => column[row]);
  const bytes = [commandAt(entries, row), payloadAt(entries, row), digestAt(entries.leaves, row)].map(hexOf);
  return [...columns, ...bytes].join(" ");
}

const rowsOf = (entries: Entries): string[] => Array.from({ length: entries.count }, (_, row) => rowOf(entries, row));
const all = rowsOf(whole);

test("columns say of each row what its command says", (t) => {
  t.is(whole.count, 12);
  commands.forEach((command, i) => {
    t.is(hexOf(commandAt(whole, i)), hexOf(command));
    t.is(hexOf(payloadAt(whole, i)), hexOf(new Uint8Array(i * 3).fill(i)));
    t.deepEqual([whole.clients[i], whole.requests[i], whole.terms[i]], [i % 2 === 0 ? 7 : 8, i + 1, terms[i]]);
  });
  t.is(
    commandBytes(whole),
    commands.reduce((sum, command) => sum + command.length, 0),
  );
  t.is(new Set(all).size, 12);
});

const range = fc
  .tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 }))
  .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);

test("a slice has just its rows, in columns of its own over the same bytes", (t) => {
  fc.assert(
    fc.property(range, ([from, to]) => {
      const part = sliceEntries(whole, from, to);
      t.deepEqual(rowsOf(part), all.slice(from, to));
      t.is(part.data, whole.data);
      const columns = [part.starts, part.ends, part.payloadStarts, part.payloadEnds, part.clients];
      const memory = new Set([...columns, part.requests, part.terms, part.leaves].map(({ buffer }) => buffer));
      const bytes = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
      t.is(bytes, (to - from) * 68, "posting it copies no more than its rows");
      return columns.every((column) => column.length === to - from);
    }),
  );
  t.is(sliceEntries(whole, 0, 12), whole);
});

test("a slice of a slice is a slice", (t) => {
  fc.assert(
    fc.property(range, range, ([from, to], [a, b]) => {
      const [start, end] = [Math.min(a, to - from), Math.min(b, to - from)];
      const part = sliceEntries(sliceEntries(whole, from, to), start, end);
      t.deepEqual(rowsOf(part), all.slice(from + start, from + end));
    }),
  );
});

test("gathered rows of several runs are the same rows, in the order asked for, in memory of their own", (t) => {
  const halves = [sliceEntries(whole, 0, 6), sliceEntries(whole, 6, 12)];
  const row = fc.nat({ max: 11 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const some = rows.map((i) => ({ entries: (i < 6 ? halves[0] : halves[1]) ?? whole, row: i % 6 }));
      const gathered = gather(some, allocate);
      t.deepEqual(
        rowsOf(gathered),
        rows.map((i) => all[i] ?? ""),
      );
      t.is(gathered.count, rows.length);
      t.is(gathered.data.length, commandBytes(gathered));
      return gathered.data.buffer !== whole.data.buffer;
    }),
  );
});

test("gathering asks once for exactly the memory it needs", (t) => {
  const asked: number[] = [];
  const rows = [3, 5].map((row) => ({ entries: whole, row }));
  gather(rows, (bytes) => {
    asked.push(bytes);
    return new Uint8Array(new SharedArrayBuffer(bytes));
  });
  t.deepEqual(asked, [(commands[3]?.length ?? 0) + (commands[5]?.length ?? 0)]);
});

const hashes = new Uint8Array(12 * 32);
for (let i = 0; i < 12; i++) hashes.set(digest(i), i * 32);
const segment: Segment = { first: 101 as LogIndex, entries: whole, hashes };

test("a part of a segment holds the entries of its indexes, with their hashes", (t) => {
  const index = fc.integer({ min: 101, max: 112 });
  fc.assert(
    fc.property(index, index, (a, b) => {
      const [from, to] = [Math.min(a, b) as LogIndex, Math.max(a, b) as LogIndex];
      const part = sliceSegment(segment, from, to);
      t.deepEqual([part.first, lastOf(part)], [from, to]);
      t.deepEqual(rowsOf(part.entries), all.slice(from - 101, to - 100));
      t.is(part.hashes.length, part.entries.count * 32);
      return part.entries.starts.every((_, row) => digestAt(part.hashes, row)[0] === from - 101 + row);
    }),
  );
  t.is(sliceSegment(segment, 101 as LogIndex, 112 as LogIndex), segment);
  t.is(lastOf(segment), 112 as LogIndex);
});

test("no rows are no bytes", (t) => {
  const none = gather([], allocate);
  t.deepEqual(none, { count: 0, data: new Uint8Array(0), ...emptyColumns(0) });
  t.is(commandBytes(none), 0);
});
