/** Writers and weighers made for a shape do what those for all values do, and their text has few words. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import fc from "fast-check";
import { limits } from "../../../hopper/ir/cost-table.ts";
import type { Shape } from "../../../hopper/ir/ir.ts";
import { encodeInt, encoderOf, encodeText, weigherFor, weigherForAll } from "../../../hopper/run/canonical.ts";
import { weight } from "../../../hopper/run/compare.ts";
import { decode } from "../../../hopper/run/decode.ts";
import { Fault } from "../../../hopper/run/fault.ts";
import { straightWeigher, straightWeigherOfAll, straightWriter } from "../../../hopper/run/straight.ts";
import type { Data, Value } from "../../../hopper/run/value.ts";
import { baseShapes, namedShapes, valueOfShape } from "./shaped-values.ts";

/** Tuples in tuples, records, and what has no parts. */
const few: fc.Arbitrary<Shape> = fc.letrec<{ tuple: Shape }>((tie) => ({
  tuple: fc
    .array(
      fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Shape>(...baseShapes, { of: "named", index: 0 }, { of: "named", index: 3 }),
        tie("tuple"),
      ),
      { maxLength: 4 },
    )
    .map((items): Shape => ({ of: "tuple", items })),
})).tuple;

const shaped = few.chain((shape) => valueOfShape(shape).map((value) => ({ shape, value })));

/** The fault's kind where there is one. */
function outcome(of: () => number): number | string {
  try {
    return of();
  } catch (error) {
    if (error instanceof Fault) return error.kind;
    throw error;
  }
}

test("what is written is read as the same value: there is one form for each", (t) => {
  fc.assert(
    fc.property(shaped, ({ shape, value }) => {
      const bytes = encoderOf(shape, namedShapes)(value);
      const read = decode(bytes, shape, namedShapes);
      if (!read.ok) return t.fail(`${JSON.stringify(shape)}: ${JSON.stringify(read)}`);
      t.deepEqual(read.value, value);
    }),
    { numRuns: 500 },
  );
});

test("what is weighed has the general weight, alone and in a list", (t) => {
  fc.assert(
    fc.property(shaped, ({ shape, value }) => {
      t.is(weigherFor(shape, namedShapes)(value), weight(value));
      if (shape.of !== "tuple" || !Array.isArray(value)) return t.fail("a tuple");
      const fields: readonly Value[] = (value as Data).slice(1) as readonly Value[];
      const general = (): number => fields.reduce<number>((sum, one) => sum + weight(one), 0);
      t.is(weigherForAll(shape.items, namedShapes, general)(fields), general());
    }),
    { numRuns: 500 },
  );
});

test("what is too large has the same fault", (t) => {
  const pair: Shape = { of: "tuple", items: [{ of: "Text" }, { of: "Bytes" }] };
  for (const length of [0, 1, 2, 3, 1000]) {
    const value: Value = [0, "a".repeat(limits.valueBytes - 8 - 1), { bytes: "b".repeat(length) }];
    t.is(
      outcome(() => weigherFor(pair, [])(value)),
      outcome(() => weight(value)),
      String(length),
    );
  }
  t.is(
    outcome(() => weigherFor(pair, [])([0, "a".repeat(limits.valueBytes), { bytes: "" }])),
    "TooLarge",
  );
});

/** Stands for the writer or weigher of each kind, and says what it was asked. */
const said = new Proxy({}, { get: (_, name) => (value: Value) => `<${String(name)} ${JSON.stringify(value)}>` });
const parts = { head: (fields: number) => `{${fields}}` };
const asked = new Proxy(parts, { get: (own, name) => Reflect.get(name === "head" ? own : said, name) }) as never;

test("a writer knows the bytes that all values share, and asks for the rest", (t) => {
  const shape: Shape = {
    of: "tuple",
    items: [{ of: "Nat" }, { of: "tuple", items: [{ of: "Principal" }, { of: "Bool" }] }, { of: "named", index: 0 }],
  };
  const write = straightWriter(shape, namedShapes, asked, "\"'`\n\\");
  const key: Value = [0, { bytes: "k".repeat(32) }];
  t.is(
    write?.([0, 7, [0, key, true], [0, 8, "x"]]),
    `"'\`\n\\{3}<int 7>{2}\x82\x00\x58\x20${"k".repeat(32)}\xf5{2}<int 8><text "x">`,
  );
  const module: Value = [2, { bytes: "m" }];
  t.true(write?.([0, 7, [0, module, false], [0, 8, "x"]])?.includes(`{2}<principal ${JSON.stringify(module)}>\xf4`));
});

test("where values have any number of parts, or none, there is nothing straight", (t) => {
  const none: readonly Shape[] = [
    { of: "list", item: { of: "Nat" } },
    { of: "map", key: { of: "Nat" }, value: { of: "Nat" } },
    { of: "named", index: 1 },
    { of: "Nat" },
  ];
  const weighers = { weight, size: (text: string) => text.length };
  for (const shape of none) {
    t.is(straightWriter(shape, namedShapes, asked, ""), undefined);
    t.is(straightWeigher(shape, namedShapes, weighers), undefined);
    const inside: Shape = { of: "tuple", items: [shape, shape] };
    t.is(straightWriter(inside, namedShapes, asked, "") === undefined, shape.of !== "Nat");
  }
  const ofAll = { weight: () => 0, size: (text: string) => text.length };
  t.is(straightWeigherOfAll([{ of: "named", index: 1 }], namedShapes, ofAll), undefined);
});

const word = /^(?:use|strict|return|v|const|if|typeof|number|bytes|length|sum|true|p\d+|w)$/;
const member = /\bw\.(?:int|rat|text|bytes|principal|size|weight)\(/g;

test("their text has few words, whatever the names in a shape", (t) => {
  const odd = { name: "process", amount: null };
  const shapes = [
    { ...odd, constructors: [{ name: "exit", fields: [{ of: "Text" } as const], labels: ["globalThis"] }] },
  ];
  const weighers = { weight, size: (text: string) => text.length };
  const textsOf = (shape: Shape, named: typeof namedShapes): string[] =>
    [straightWriter(shape, named, asked, "\x82"), straightWeigher(shape, named, weighers)].flatMap((one) =>
      one === undefined ? [] : [String(one)],
    );
  const strange = (text: string): string[] =>
    (
      text
        .replaceAll(member, "")
        .replaceAll(/"(?:[^"\\]|\\.)*"/g, "")
        .match(/[A-Za-z_$][\w$]*/g) ?? []
    ).filter((one) => !word.test(one));
  const of: Shape = { of: "tuple", items: [{ of: "named", index: 0 }, { of: "Principal" }, { of: "Bool" }] };
  const texts = textsOf(of, shapes);
  t.is(texts.length, 2);
  for (const text of texts) t.deepEqual(strange(text), []);
  fc.assert(fc.property(few, (shape) => textsOf(shape, namedShapes).every((text) => strange(text).length === 0)));
  t.deepEqual(strange("return w.exit(process)"), ["exit", "process"]);
});

test("where code may not be made of texts, bytes and weights are the same", async (t) => {
  const script = join(import.meta.dirname, "print-shaped.ts");
  const [free, bound] = await Promise.all(
    [[], ["--disallow-code-generation-from-strings"]].map((flags) =>
      promisify(execFile)(process.execPath, [...flags, script], { timeout: 60_000 }),
    ),
  );
  t.regex(free?.stdout ?? "", /^straight true\n/);
  t.regex(bound?.stdout ?? "", /^straight false\n/);
  const [ofFree, ofBound] = [free, bound].map((one) => one?.stdout.split("\n").slice(1));
  t.is(ofFree?.length, 1000);
  t.deepEqual(ofFree, ofBound);
  t.true(ofFree?.some((line) => line.length > 60));
});

test("parts are written as the general writers do", (t) => {
  const shape: Shape = { of: "tuple", items: [{ of: "Int" }, { of: "Text" }] };
  for (const n of [0, -1, 23, 24, 2 ** 40, 2n ** 70n, -(2n ** 64n)] as const) {
    t.is(encoderOf(shape, [])([0, n, "é"]), `\x82${encodeInt(n)}${encodeText("é")}`);
  }
});
