/**
 * What JavaScript would let differ between two machines, one test for each: sorts by code unit, minus zero, names of prototypes,
 * stacks, clocks, locales, flags. The machine has to be the same with all of them.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { encode, encodeText } from "../../../hopper/run/canonical.ts";
import { compareText } from "../../../hopper/run/compare.ts";
import { decode } from "../../../hopper/run/decode.ts";
import { Execution } from "../../../hopper/run/execution.ts";
import { Fault } from "../../../hopper/run/fault.ts";
import * as integer from "../../../hopper/run/integer.ts";
import { createMachine, type Evaluator, execute, type Machine, type Outcome } from "../../../hopper/run/machine.ts";
import { createOwnTables } from "../../../hopper/run/own-tables.ts";
import { primitives } from "../../../hopper/run/primitives.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import type { Int, Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { runPlain, writePlainJavaScript } from "./plain-javascript.ts";
import { anyInt } from "./shaped-values.ts";
import { isCanonical } from "./tape-values.ts";

const evaluators: readonly Evaluator[] = ["compiled", "reference"];

function start(source: string, evaluator: Evaluator = "compiled"): Machine {
  const checked = checkModule(`module a\n${source}\n`, "a", () => undefined);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  const machine = createMachine({ sha256, evaluator });
  install(machine, lowerModule(checked.module), []);
  return machine;
}

function call(machine: Machine, args: readonly Value[] = [], command = "go"): Outcome {
  return execute(machine, "a", command, args, { signers: new Set(), now: 0, gasLimit: limits.gas });
}

/** What a command says in both evaluators, which say the same. */
function said(source: string, args: readonly Value[] = []): Value | string {
  const [one, other] = evaluators.map((evaluator) => {
    const { value, failure, gasUsed } = call(start(source, evaluator), args);
    return { said: failure?.name ?? value ?? "", gasUsed };
  });
  if (one === undefined || !isDeepStrictEqual(one, other)) throw new Error("the evaluators differ");
  return one.said;
}

const tricky = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype", "then", "length"];

test("names of prototypes are names like all others, in types, tables, fields, functions and commands", (t) => {
  for (const name of tricky.filter((one) => /^[a-z_]/.test(one))) {
    const source = `data ${name === "constructor" ? "Constructor" : "D"} = C { ${name} : Nat }
table ${name} : Text => Nat
fn f_${name} (${name} : Nat) -> Nat = C(${name}).${name}
command go (n : Nat) =
  put ${name}["${name}"] = f_${name}(n)
  get ${name}["${name}"] else None`;
    t.is(said(source, [7]), 7, name);
    for (const evaluator of evaluators) {
      const machine = start("command go () = 1", evaluator);
      t.is(call(machine, [], name).failure?.name, "NoSuchCommand", name);
      const nowhere = execute(machine, name, "go", [], { signers: new Set(), now: 0, gasLimit: 1000 });
      t.is(nowhere.failure?.name, "NoSuchModule", name);
    }
    t.is(said(`fn ${name} (n : Nat) -> Nat = n + 1\ncommand go (n : Nat) = ${name}(n)`, [7]), 8, name);
    t.is(said(`command go () = fail ${name}`), name);
  }
});

test("an unknown name is unknown, also where an object would have it", (t) => {
  for (const name of tricky) {
    t.false(checkModule(`module a\ncommand go () = ${name}\n`, "a", () => undefined).ok, name);
    t.false(checkModule(`module a\ncommand go (n : ${name}) = n\n`, "a", () => undefined).ok, name);
    t.false(checkModule(`module a\ndata D = D { x : Nat }\ncommand go (d : D) = d.${name}\n`, "a", () => undefined).ok);
  }
});

test("keys of maps and tables are in the order of their bytes, whatever object keys would do", (t) => {
  const keys = ["b", "10", "9", "__proto__", "constructor", "a", "", "\u{1F600}", "\uFFFD", "0"];
  const source = `table t : Text => Nat
command go (keys : List(Text)) =
  let e : Map(Text, Nat) = emptyMap()
  let m = for k in keys, m = e { insert(m, k, textSize(k)) }
  for k in keys { put t[k] = textSize(k) }
  for e in entries(m), out = [] { match e { (k, _) => append(out, k) } }`;
  const byBytes = keys.toSorted((a, b) =>
    Buffer.compare(Buffer.from(encodeText(a), "latin1"), Buffer.from(encodeText(b), "latin1")),
  );
  for (const order of [keys, keys.toReversed(), keys.toSorted()]) {
    t.deepEqual(said(source, [{ items: order }]), { items: byBytes });
    const { changes } = call(start(source), [{ items: order }]);
    t.deepEqual(
      changes.map(({ key }) => key),
      byBytes,
    );
  }
});

test("Map iteration does not show: rows that came in another order give the same state", (t) => {
  const source =
    "table t : Nat => Nat\ncommand go (ns : List(Nat)) =\n  for n in ns { put t[n] = n }\ncommand drop (n : Nat) =\n  let m = take t[n] else None";
  for (const items of [
    [300, 2],
    [2, 300],
  ]) {
    const { changes } = call(start(source), [{ items }]);
    t.deepEqual(
      changes.map(({ key }) => key),
      [2, 300],
    );
  }
  const states = [
    [1, 2, 300],
    [300, 2, 1],
    [2, 300, 5, 1],
  ].map((items) => {
    const machine = start(source);
    call(machine, [{ items }]);
    if (items.length > 3) t.is(call(machine, [5], "drop").failure, undefined);
    return Buffer.from(exportState(machine)).toString("hex");
  });
  t.is(new Set(states).size, 1);
});

const execution = () =>
  new Execution({
    signers: new Set(),
    now: 0,
    gasLimit: limits.gas,
    sha256,
    policies: createOwnTables().policies,
    mayWrite: true,
  });

test("no operator gives minus zero, a fraction, or a number in another form than its own", (t) => {
  const numbers: readonly Int[] = [
    0,
    1,
    -1,
    5,
    -5,
    7,
    2 ** 26,
    2 ** 27,
    2 ** 32,
    -(2 ** 31),
    2 ** 53 - 1,
    1 - 2 ** 53,
    2n ** 53n,
    -(2n ** 53n),
    2n ** 64n,
  ];
  const of = [...primitives].filter(([name]) => /^int(?!Show)/.test(name));
  const ofRats = [...primitives].filter(([name]) => /^rat(?!FromInt)/.test(name));
  t.true(of.length > 12 && ofRats.length > 12);
  const tryOne = (name: string, a: Value, b: Value): void => {
    try {
      const value = primitives.get(name)?.(execution(), a, b, 0) ?? 0;
      if (!isCanonical(value)) t.fail(`${name} of ${JSON.stringify([String(a), String(b)])}`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  };
  for (const a of numbers) {
    for (const b of numbers) {
      for (const [name] of of) tryOne(name, a, b);
      const [x, y] = [a, b].map((n, i) => ({ n, d: i + 1 }));
      for (const [name] of ofRats)
        if (x !== undefined && y !== undefined && integer.gcd(y.n, y.d) === 1) tryOne(name, x, y);
    }
  }
});

test("whole numbers are exact on both sides of 2^53", (t) => {
  const wanted: readonly (readonly [(a: Int, b: Int) => Int, (a: bigint, b: bigint) => bigint])[] = [
    [integer.add, (a, b) => a + b],
    [integer.subtract, (a, b) => a - b],
    [integer.multiply, (a, b) => a * b],
    [integer.divideTruncated, (a, b) => a / b],
    [integer.remainder, (a, b) => a % b],
    [integer.divideFloor, (a, b) => (a - (((a % b) + b) % b)) / b],
    [integer.moduloFloor, (a, b) => ((a % b) + b) % b],
  ];
  const exact = fc.property(anyInt, anyInt, (a, b) => {
    for (const [ours, theirs] of wanted) {
      if (b === 0 && theirs !== wanted[0]?.[1] && theirs !== wanted[1]?.[1] && theirs !== wanted[2]?.[1]) continue;
      const got = ours(a, b);
      const exactly = theirs(BigInt(a), BigInt(b));
      if (BigInt(got) !== exactly || !isCanonical(got)) throw new Error(`${a} and ${b} give ${got}, not ${exactly}`);
    }
    if (integer.compareInt(a, b) !== (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0))
      throw new Error("order");
  });
  t.notThrows(() => fc.assert(exact, { numRuns: 2000 }));
});

test("a quotient of doubles does not round up to the next whole number", (t) => {
  const most = 2 ** 53 - 1;
  for (const b of [
    1,
    2,
    3,
    5,
    7,
    10,
    255,
    1_000_003,
    2 ** 26 - 1,
    2 ** 26 + 1,
    2 ** 31,
    2 ** 52 - 1,
    2 ** 52 + 1,
    most,
  ]) {
    for (let i = 0; i < 300; i++) {
      const a = (Math.floor(most / b) - i) * b - 1;
      if (a < 0) break;
      for (const [x, y] of [
        [a, b],
        [-a, b],
        [a, -b],
        [most - i, b],
      ] as const) {
        if (BigInt(integer.divideTruncated(x, y)) !== BigInt(x) / BigInt(y)) t.fail(`${x} by ${y}`);
      }
    }
  }
  t.pass();
});

test("division by zero is a fault, and 1%0 is no number", (t) => {
  for (const by of [
    "div(1, n)",
    "mod(1, n)",
    "quot(1, n)",
    "rem(1, n)",
    "1%1 / rat(n)",
    "roundHalfEven(1%3, rat(n))",
  ]) {
    t.is(said(`command go (n : Int) = ${by}`, [0]), "DivByZero", by);
  }
  for (const literal of ["1%0", "0%0", "1%00"]) {
    t.false(checkModule(`module a\ncommand go () = ${literal}\n`, "a", () => undefined).ok, literal);
  }
  t.false(decode("\xd8\x1e\x82\x01\x00", { of: "Rat" }, []).ok);
});

test("2^70000, texts and lists beyond all bounds are faults long before a RangeError", (t) => {
  t.is(said("command go () = for i in range(17), n = 2 { n * n }"), "TooLarge");
  t.is(said(`command go () = for i in range(40), s = "ab" { s ++ s }`), "TooLarge");
  t.is(said(`command go () = for i in range(40), s = [1] { s ++ s }`), "TooLarge");
  t.is(said("command go (n : Nat) = size(range(n))", [2 ** 40]), "TooLarge");
  t.is(said("command go (n : Nat) = size(range(n))", [2n ** 70n]), "TooLarge");
  t.is(said("command go (n : Nat) = days(n)", [2n ** 65535n]), "TooLarge");
  const huge = 2n ** 70000n;
  t.false(checkModule(`module a\ncommand go () = ${huge}\n`, "a", () => undefined).ok);
  const hex = huge.toString(16).padStart(17502, "0");
  const bytes = `\xc2\x59\x22\x2f${Buffer.from(hex, "hex").toString("latin1")}`;
  t.deepEqual(decode(bytes, { of: "Int" }, []), { ok: false, reason: "a number of too many bits", at: bytes.length });
  t.false(decode(`\x9b${"\x00\x1f"}${"\xff".repeat(6)}`, { of: "list", item: { of: "tuple", items: [] } }, []).ok);
});

test("a fraction in a source is reduced in no time, or refused", (t) => {
  // Euclid takes most steps for neighbours of Fibonacci's; these have some 4,900 digits.
  let [a, b] = [1n, 1n];
  for (let i = 0; i < 23_500; i++) [a, b] = [b, a + b];
  const before = process.cpuUsage();
  t.is(said(`command go () = numerator(${3n * a}%${3n * b}) == ${a}`), true);
  t.false(checkModule(`module a\ncommand go () = ${b}${b}%${a}\n`, "a", () => undefined).ok);
  const { user } = process.cpuUsage(before);
  t.true(user < 1_000_000, `${user / 1000} ms`);
});

test("depth 10^6 is a fault, or refused, wherever it comes from", (t) => {
  t.is(
    said("fn f (n : Nat) -> Nat = if n == 0 then 0 else 1 + f(n - 1)\ncommand go () = f(1_000_000)"),
    "DepthExceeded",
  );
  t.is(
    said("command go () =\n  let f = for i in range(200000), f = (x) => x { (x) => 1 + f(x) }\n  f(0)"),
    "DepthExceeded",
  );
  for (const [open, close] of [
    ["(", ")"],
    ["[", "]"],
    ["{", "}"],
    ["!", ""],
    ["-", ""],
    ["Just(", ")"],
    ["D { x = ", " }"],
    ["f(1)(", ")"],
    ["if true then 1 else ", ""],
    ["match 1 { _ => ", " }"],
    ["for x in ", " { 1 }"],
    ["get t[", "]"],
    ["1 + (", ")"],
    ["(x) => ", ""],
  ]) {
    const source = `module a\ncommand go () = ${open?.repeat(100_000)}1${close?.repeat(100_000)}\n`;
    t.false(checkModule(source, "a", () => undefined).ok, open);
  }
  const long = `module a\ncommand go () =\n${Array.from({ length: 20_000 }, (_, i) => `  let x${i} = ${i}\n`).join("")}  1\n`;
  t.notThrows(() => checkModule(long, "a", () => undefined));
  const chains = ["1 + ", "true || ", "[1] ++ ", "1 == "].map((one) => `${one.repeat(100_000)}1`);
  for (const chain of [
    ...chains,
    `f${".x".repeat(100_000)}`,
    `f${"(1)".repeat(100_000)}`,
    `f${" { }".repeat(100_000)}`,
    `get t[1]${".x".repeat(100_000)}`,
    `match 1 { A${".x".repeat(100_000)} => 1 }`,
  ]) {
    t.notThrows(() => checkModule(`module a\ncommand go () = ${chain}\n`, "a", () => undefined), chain.slice(0, 20));
  }
  for (const type of ["List(", "(", "() -> ", "Map(Text, "]) {
    const source = `module a\nfn f (x : ${type.repeat(100_000)}Nat${(type.includes("(") ? ")" : "").repeat(100_000)}) -> Nat = 1\n`;
    t.notThrows(() => checkModule(source, "a", () => undefined), type);
  }
  for (const pattern of ["Just(", "(", "[", "D { x = "]) {
    const source = `module a\ncommand go () = match 1 { ${pattern.repeat(100_000)} => 1 }\n`;
    t.notThrows(() => checkModule(source, "a", () => undefined), pattern);
  }
  t.false(decode("\x81".repeat(1_000_000), { of: "list", item: { of: "Int" } }, []).ok);
  const itself = [
    {
      name: "T",
      constructors: [{ name: "T", fields: [{ of: "named", index: 0 } as const], labels: [null] }],
      amount: null,
    },
  ];
  t.false(decode("\x81".repeat(1_000_000), { of: "named", index: 0 }, itself).ok);
  t.false(decode(`${"\x83\x03".repeat(300_000)}`, { of: "Principal" }, []).ok);
});

test("calls lie as deep in each other as is said, whatever they do: 512 with the command itself", (t) => {
  const chain = Array.from({ length: 513 }, (_, i) => `fn f${i} () -> Nat = ${i === 0 ? "7" : `f${i - 1}()`}\n`).join(
    "",
  );
  t.is(limits.callDepth, 512);
  t.is(said(`${chain}command go () = f510()`), 7);
  t.is(said(`${chain}command go () = f511()`), "DepthExceeded");
});

test("a million calls in tail position take no stack", (t) => {
  const loop = "fn f (n, m : Nat) -> Nat = if n == 0 then m else f(n - 1, m + 1)\ncommand go () = f(300_000, 0)";
  t.is(said(loop), 300_000);
  t.is(said(loop.replace("300_000", "1_000_000")), "OutOfGas");
});

test("lone surrogates are in no text: not from bytes, not from sources, not from literals", (t) => {
  for (const bytes of ["\x63\xed\xa0\x80", "\x63\xed\xbf\xbf", "\x66\xed\xa0\xbd\xed\xb8\x80"]) {
    t.false(decode(bytes, { of: "Text" }, []).ok);
  }
  t.false(checkModule('module a\ncommand go () = "\ud800"\n', "a", () => undefined).ok);
  t.false(checkModule('module a\ncommand go () = "\\ud800"\n', "a", () => undefined).ok);
  t.is(said("command go (a, b : Text) = textSize(a ++ b)", ["\u{1F600}", "\u{1F600}a"]), 3);
});

test("texts are in the order of their code points, which is that of their bytes, and not JavaScript's", (t) => {
  t.true("\u{1F600}" < "\uFFFD" && compareText("\u{1F600}", "\uFFFD") > 0);
  t.is(said("command go (a, b : Text) = a < b", ["\uFFFD", "\u{1F600}"]), true);
  const texts = fc.string({ unit: "binary", maxLength: 6 });
  // Long beginnings in common are skipped in pieces.
  const beginnings = fc.constantFrom(
    "",
    "",
    "é".repeat(255),
    "\u{1F600}".repeat(127),
    "x".repeat(511),
    "y".repeat(2000),
  );
  const ordered = fc.property(beginnings, texts, texts, (begin, one, other) => {
    const [a, b] = [begin + one, begin + other];
    return Math.sign(compareText(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b));
  });
  t.notThrows(() => fc.assert(ordered, { numRuns: 5000 }));
  const sorted = ["ä", "z", "Z", "ß", "i", "I", "ı", "é", "e\u0301"];
  t.is(said(`command go () = "ä" == "a\u0308"`), false, "nothing is normalised");
  t.deepEqual(
    sorted.toSorted(compareText),
    sorted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
});

/** Without comments and texts. */
function codeOf(file: string): string {
  return readFileSync(file, "utf8").replace(
    /\/\*[\s\S]*?\*\/|(?<![:"'`\\])\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gm,
    " ",
  );
}

const room = join(import.meta.dirname, "../../../hopper");
/** Those that every node runs: tools are for people. */
const rooms = ["chain", "check", "core", "ir", "lower", "run", "demo"];
const files = rooms.flatMap((name) =>
  readdirSync(join(room, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(room, name, file)),
);

const unreachable: Readonly<Record<string, RegExp>> = {
  clocks: /\b(?:Date|performance|hrtime)\b/,
  randomness: /\b(?:Math\.random|crypto|getRandomValues|randomUUID)\b/,
  locales: /\b(?:Intl|toLocale\w+|localeCompare|normalize|toUpperCase|toLowerCase)\b/,
  "inexact mathematics": /\bMath\.(?!abs|ceil|floor|max|min|trunc|sign|imul|clz32)\w+/,
  "floating point from text": /\b(?:parseFloat|toFixed|toPrecision|toExponential)\b/,
  "what runs later": /\b(?:async|await|Promise|setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\b/,
  "what is collected at some time": /\b(?:WeakRef|FinalizationRegistry)\b/,
  "generated code": /\b(?:eval|Function)\s*\(|\bimport\s*\(|\brequire\s*\(/,
  "the process": /\b(?:process|globalThis|Buffer|Atomics|SharedArrayBuffer)\b/,
  "JSON from outside": /\bJSON\.parse\b/,
  "loops over an object's keys": /\bfor\s*\((?:const|let|var)\s+\w+\s+in\b/,
  "sorts by the platform's taste": /\.(?:sort|toSorted)\(\s*\)/,
  "Unicode's tables": /\/[dgimsy]*[uv][dgimsy]*\.(?:test|exec)|\\p\{/,
  "messages of the platform": /\berror\.message\b|\bString\(error\)|\.stack\b/,
  "shifts and remainders": / (?:<<|>>>?|%) /,
};

/** A line of each kind that would be found. */
const examples: Readonly<Record<string, string>> = {
  clocks: "new Date()",
  randomness: "Math.random()",
  locales: "a.localeCompare(b)",
  "inexact mathematics": "Math.pow(2, 3)",
  "floating point from text": "parseFloat(a)",
  "what runs later": "await a",
  "what is collected at some time": "new WeakRef(a)",
  "generated code": "new Function(a)",
  "the process": "process.env.HOME",
  "JSON from outside": "JSON.parse(a)",
  "loops over an object's keys": "for (const a in b) a;",
  "sorts by the platform's taste": "a.sort()",
  "Unicode's tables": "/a/u.test(b)",
  "messages of the platform": "return error.message",
  "shifts and remainders": "a >> b",
};

test("words that are looked for are found", (t) => {
  t.deepEqual(Object.keys(examples), Object.keys(unreachable));
  for (const [what, words] of Object.entries(unreachable)) t.regex(examples[what] ?? "", words, what);
});

/**
 * The one place that makes code of texts, which generated-code.test.ts and straight.test.ts look at; those that tell why bytes are refused; and those
 * that take bytes apart, look for a place in a list or reckon with bigints, whose shifts and remainders are exact.
 */
const allowed: Readonly<Record<string, RegExp>> = {
  "generated code": /run\/function-of-text\.ts$/,
  // Of own errors only, of a state that is not taken in, and of tests.
  "messages of the platform": /run\/(?:decode|state-bytes|run-tests)\.ts$/,
  "shifts and remainders":
    /(?:run\/(?:canonical|decode|dictionary|integer|journal|utf8)|core\/cbor|check\/literal|demo\/(?:canonical-bytes|utf8|rational|show|show-double))\.ts$/,
};

for (const [what, words] of Object.entries(unreachable)) {
  test(`${what}: no word of it is in what nodes run`, (t) => {
    t.true(files.length > 60);
    for (const file of files) {
      if (!allowed[what]?.test(file)) t.is(words.exec(codeOf(file))?.[0], undefined, file);
    }
  });
}

test("what nodes run imports nothing of Node's", (t) => {
  for (const file of files) {
    const imported = Array.from(readFileSync(file, "utf8").matchAll(/\bfrom "([^"]+)"/g), ([, from = ""]) => from);
    for (const from of imported) t.regex(from, /^\.{1,2}\/|^@noble\//, file);
  }
});

test("numbers beyond 2^53 come through as they are, and are shown whole", (t) => {
  const n = 9007199254740993n;
  t.is(said("command go (n : Nat) = n + 0", [n]), n);
  t.is(said("command go (n : Int) = showInt(n - 1)", [-n]), "-9007199254740994");
  t.is(encode(n, { of: "Nat" }, []), "\x1b\x00\x20\x00\x00\x00\x00\x00\x01");
});

const folder = writePlainJavaScript();
test.after.always(() => rmSync(folder, { recursive: true }));
const commands = "800";
const plain = runPlain(folder, ["compiled", commands]);

const surroundings: readonly (readonly [what: string, flags: readonly string[], env?: NodeJS.ProcessEnv])[] = [
  ["with the baseline compiler at once", ["--always-sparkplug"]],
  ["with a small stack", ["--stack-size=800"]],
  ["with a large stack", ["--stack-size=3000"]],
  ["with a small heap", ["--max-old-space-size=96"]],
  ["with another seed of hashes", ["--hash-seed=7", "--random-seed=7"]],
  ["with a heap that is moved all the time", ["--stress-compaction"]],
  ["in another time zone", [], { TZ: "Pacific/Apia" }],
  ["in Turkish", [], { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", LANGUAGE: "tr" }],
  ["without a locale", ["--icu-data-dir=/nowhere"], { LANG: "C", LC_ALL: "C" }],
];

for (const [what, flags, env = {}] of surroundings) {
  test(`a Node ${what} comes to the same state`, async (t) => {
    for (const evaluator of flags.includes("--stack-size=800") ? evaluators : evaluators.slice(0, 1)) {
      const { stdout } = await runPlain(folder, [evaluator, commands], { flags, env });
      t.is(stdout, (await plain).stdout);
    }
  });
}
