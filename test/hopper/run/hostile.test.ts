/**
 * Contracts that mean harm: each of these once threw in every node, never came to an end, or left a state that could not be
 * exported or restored. They end in a fault, the same with both evaluators, and the state goes on.
 */
import test from "ava";
import { encodeContractCommand } from "../../../hopper/chain/contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  importContracts,
} from "../../../hopper/chain/contracts.ts";
import { decodeOutcome, encodeOutcome } from "../../../hopper/demo/outcome-bytes.ts";
import { encodeInt, encodeText, textOfBytes } from "../../../hopper/run/canonical.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { given, signatures } from "../chain/signed-chain.ts";

const signer = textOfBytes(sha256(new Uint8Array(32).fill(1)));
const head = `module a upgrade by key("${Buffer.from(signer, "latin1").toString("hex")}")\n`;
const tree = "data T = L | N(T, T)\nfn leaf () -> T = L\n";
const chain = "data C = E | S(C)\nfn zero () -> C = E\n";
const grown = "for i in range(60), acc = leaf() { N(acc, acc) }";
const deep = (rounds: number): string => `for i in range(${rounds}), acc = zero() { S(acc) }`;
/** A principal as an argument: each time it is read it is another object. */
const someone = `\x82\x00\x58\x20${"k".repeat(32)}`;

type Harm = readonly [what: string, source: string, outcome: RegExp, args?: readonly string[]];
const harms: readonly Harm[] = [
  [
    "two equal keys of a row that is not there",
    "table t : Principal => Nat\ncommand go (a, b : Principal) =\n  let x = get t[a] or 0\n  put t[b] = 1\n  put t[a] = x + 2\n  get t[b] else None",
    /^2 for/,
    [someone, someone],
  ],
  [
    "an equal key after a write",
    "table t : Principal => Nat\ncommand go (a, b : Principal) =\n  let x = get t[a] or 0\n  put t[b] = 1\n  get t[a] or 99",
    /^1 for/,
    [someone, someone],
  ],
  [
    "a number one bit too long",
    "command go (n : Int) = n",
    /^Fault BadArgument/,
    [`\xc3\x59\x20\x00${"\xff".repeat(8192)}`],
  ],
  ["2^60 parts in a row", `${tree}table t : Nat => T\ncommand go () =\n  put t[0] = ${grown}`, /^Fault TooLarge/],
  [
    "2^60 parts in a key",
    `${tree}table t : T => Nat\ncommand go () =\n  let x = ${grown}\n  get t[x] or 0`,
    /^Fault TooLarge/,
  ],
  [
    "2^60 parts in an event",
    `${tree}event Told { x : T }\ncommand go () =\n  let x = ${grown}\n  emit Told { x }`,
    /^Fault TooLarge/,
  ],
  [
    "2^60 parts compared",
    `${tree}command go () =\n  let x = ${grown}\n  let y = ${grown}\n  x == y`,
    /^Fault TooLarge/,
  ],
  ["2^60 parts given back", `${tree}command go () = ${grown}`, /^Fault TooLarge/],
  [
    "2^60 parts as a key of a map",
    `${tree}command go () =\n  let x = ${grown}\n  let e : Map(T, Nat) = emptyMap()\n  lookup(insert(e, x, 1), x)`,
    /^Fault TooLarge/,
  ],
  [
    "60^6 parts in maps of maps",
    `table t : Nat => ${"Map(Nat, ".repeat(6)}Nat${")".repeat(6)}
command go () =
  let m0 = 1
${Array.from({ length: 6 }, (_, i) => `  let m${i + 1} = for n in range(60), m = emptyMap() { insert(m, n, m${i}) }\n`).join("")}  put t[0] = m6`,
    /^Fault TooLarge/,
  ],
  ["a deep row", `${chain}table t : Nat => C\ncommand go () =\n  put t[0] = ${deep(20_000)}`, /^Fault DepthExceeded/],
  [
    "a deep key",
    `${chain}table t : C => Nat\ncommand go () =\n  let x = ${deep(20_000)}\n  get t[x] or 0`,
    /^Fault DepthExceeded/,
  ],
  [
    "deep values compared",
    `${chain}command go () =\n  let x = ${deep(20_000)}\n  let y = ${deep(20_000)}\n  x == y`,
    /^Fault DepthExceeded/,
  ],
  ["a deep value given back", `${chain}command go () = ${deep(20_000)}`, /^Fault DepthExceeded/],
  ["a row as deep as may be", `${chain}table t : Nat => C\ncommand go () =\n  put t[0] = ${deep(255)}`, /^\(\) for/],
  [
    "a row one deeper",
    `${chain}table t : Nat => C\ncommand go () =\n  put t[0] = ${deep(256)}`,
    /^Fault DepthExceeded/,
  ],
  [
    "a deep principal",
    'table t : Nat => Principal\ncommand go () =\n  put t[0] = for i in range(20000), acc = key("a") { atLeast(1, [acc]) }',
    /^Fault DepthExceeded/,
  ],
  [
    "a deep principal that is asked for",
    'command go () =\n  let by = quorum(1, [for i in range(20000), acc = key("a") { atLeast(1, [acc]) }]) else No\n  by.who',
    /^Fault DepthExceeded/,
  ],
  [
    "text of three bytes a character",
    'table t : Nat => Text\ncommand go () =\n  put t[0] = for i in range(19), acc = "€" { acc ++ acc }',
    /^Fault TooLarge/,
  ],
  [
    "a row of large numbers",
    "table t : Nat => List(Nat)\ncommand go () =\n  put t[0] = for i in range(17), acc = [9007199254740991] { acc ++ acc }",
    /^Fault TooLarge/,
  ],
  ["a long result", "command go () = range(262144)", /^Fault TooLarge/],
  [
    "the rest of a long list, over and over",
    "rec fn count (xs : List(Nat), n : Nat) -> Nat = match xs { [] => n, [_, ..rest] => count(rest, n + 1) }\ncommand go () = count(range(100000), 0)",
    /^Fault OutOfGas/,
  ],
  [
    "a quorum of many times the same",
    'command go () =\n  let ps = for i in range(17), acc = [key("a")] { acc ++ acc }\n  for i in range(100), acc = true { match quorum(1, ps) { Just(by) => signer(by.who), Nothing => acc } }',
    /^Fault OutOfGas/,
  ],
  [
    "small keys beside a large one, compared over and over",
    'command go () =\n  let x = for i in range(19), acc = "a" { acc ++ acc }\n  for i in range(100000), acc = false { x == "a" }',
    /^Fault OutOfGas/,
  ],
  [
    "a long key, looked for over and over",
    'table t : Text => Nat\ncommand go () =\n  let x = for i in range(19), acc = "a" { acc ++ acc }\n  for i in range(100000), acc = 0 { get t[x] or 0 }',
    /^Fault OutOfGas/,
  ],
  ...(
    [
      ["calls in a let", "{\nlet x = f(n - 1)\nx\n}"],
      ["calls in sums in sums", `${"1 + (".repeat(100)}f(n - 1)${")".repeat(100)}`],
      ["calls in lists in lists", `${"size([".repeat(80)}f(n - 1)${"])".repeat(80)}`],
    ] as const
  ).map(([what, inside]): Harm => {
    const source = `fn f (n : Nat) -> Nat = if n == 0 then 0 else ${inside}\ncommand go () = f(100000)`;
    return [`${what}, over and over`, source, /^Fault DepthExceeded/];
  }),
  [
    "a dictionary in a table",
    'table t : Nat => Map(Text, Nat)\ncommand go (n : Nat, name : Text) =\n  let e : Map(Text, Nat) = emptyMap()\n  put t[n] = insert(insert(e, "b", 1), name, 2)',
    /^\(\) for/,
    [encodeInt(1), encodeText("__proto__")],
  ],
];

type Evaluator = "compiled" | "reference";
const evaluators: readonly Evaluator[] = ["compiled", "reference"];

function start(evaluator: Evaluator, source: string): Contracts {
  const contracts = createContracts({ sha256, evaluator, signatures });
  const published = publish(contracts, source);
  if (!published.ok) throw new Error(published.text);
  return contracts;
}

function publish(contracts: Contracts, source: string, path = "a") {
  const start = path === "a" ? head : `module ${path}\n`;
  const command = encodeContractCommand({ kind: "publish", path, source: `${start}${source}\n` });
  return applyContractCommand(contracts, command, given([signer]));
}

function call(contracts: Contracts, module: string, command: string, args: readonly string[] = []) {
  const bytes = encodeContractCommand({ kind: "call", module, command, args, gasLimit: 10_000_000, expect: [] });
  return applyContractCommand(contracts, bytes, given([signer]));
}

for (const [what, source, expected, args] of harms) {
  test(`an end is found with ${what}, and the state goes on`, (t) => {
    const before = process.cpuUsage();
    const outcomes = evaluators.map((evaluator) => {
      const contracts = start(evaluator, source);
      const clean = exportContracts(contracts);
      const outcome = call(contracts, "a", "go", args);
      t.regex(outcome.text, expected);
      const bytes = exportContracts(contracts);
      if (!outcome.ok) t.deepEqual(bytes, clean);
      const restored = importContracts(bytes, { sha256, signatures });
      if (!restored.ok) return t.fail(restored.reason);
      t.deepEqual(exportContracts(restored.contracts), bytes);
      t.deepEqual(call(restored.contracts, "a", "go", args), call(contracts, "a", "go", args));
      return outcome;
    });
    t.deepEqual(outcomes[0], outcomes[1]);
    const { user, system } = process.cpuUsage(before);
    t.true(user + system < 30_000_000, `${(user + system) / 1000} ms`);
  });
}

const first = `data Old = Old { n : Nat }
table t : Nat => Old
table kept : Nat => Nat
command go () =
  put t[0] = Old(5)
  put kept[0] = 1
command bump () =
  let x = get t[0] else None
  put t[0] = Old(x.n + 1)
command other () =
  let n = get kept[0] else None
  put kept[0] = n + 1`;
const second = `data Old = Old { n : Nat }
data New = New { s : Text }
table t : Nat => New
table kept : Nat => Nat
table more : Nat => Nat
migrate table t (b : Old) = New("five")
command go () =
  put t[0] = New("new")
command bump () =
  put t[0] = New("bumped")
command other () =
  put more[0] = 1
command read () = get t[0] else None`;

for (const evaluator of evaluators) {
  test(`a version keeps off rows that a later one has migrated, before and after a restore: ${evaluator}`, (t) => {
    const contracts = start(evaluator, first);
    const old = contracts.machine.names.get("a")?.current ?? "";
    t.true(call(contracts, "a", "go").ok);
    t.true(call(contracts, "a", "bump").ok);
    const published = publish(contracts, second);
    t.true(published.ok, published.text);
    t.deepEqual(published.diff, [{ key: "a.t[0]", before: "Old { n = 6 }", after: 'New { s = "five" }' }]);
    const restored = importContracts(exportContracts(contracts), { sha256, evaluator, signatures });
    if (!restored.ok) return t.fail(restored.reason);
    for (const one of [contracts, restored.contracts]) {
      t.regex(call(one, old, "bump").text, /^Fault TableMigrated in bump/);
      t.regex(call(one, old, "go").text, /^Fault TableMigrated in go/);
      t.regex(call(one, old, "other").text, /^\(\) for/);
      t.regex(call(one, "a", "read").text, /^New \{ s = "five" \}/);
    }
    t.deepEqual(exportContracts(restored.contracts), exportContracts(contracts));
  });

  test(`an upgrade whose migration faults leaves nothing behind: ${evaluator}`, (t) => {
    const contracts = start(evaluator, first);
    t.true(call(contracts, "a", "go").ok);
    const before = exportContracts(contracts);
    const failing = second.replace('New("five")', 'match b.n { 1 => New("one"), _ => fail Refused }');
    t.regex(publish(contracts, failing).text, /^Fault Refused/);
    t.deepEqual(exportContracts(contracts), before);
    t.true(call(contracts, "a", "bump").ok);
    t.true(publish(contracts, second).ok);
  });
}

const unordered = `data Old = Old { n : Nat }
table t : Nat => Old
command go () =
  put t[2] = Old(2)
  put t[1] = Old(1)`;
const refusing = `data Old = Old { n : Nat }
data New = New { s : Text }
table t : Nat => New
migrate table t (b : Old) = match b.n { 1 => fail One, 2 => fail Two, _ => New("any") }
command go () = put t[0] = New("new")`;

for (const evaluator of evaluators) {
  test(`rows are migrated by the order of their keys, not in that of their coming: ${evaluator}`, (t) => {
    const contracts = start(evaluator, unordered);
    t.true(call(contracts, "a", "go").ok);
    const restored = importContracts(exportContracts(contracts), { sha256, evaluator, signatures });
    if (!restored.ok) return t.fail(restored.reason);
    for (const one of [contracts, restored.contracts]) t.regex(publish(one, refusing).text, /^Fault One/);
  });
}

const long = `N${"x".repeat(6000)}`;
const loud = `data B = ${long} | Other
event Told { all : List(B) }
table t : Nat => List(B)
fn many () -> List(B) = for i in range(17), acc = [${long}] { acc ++ acc }
command go () = many()
command tell () =
  let all = many()
  for i in range(9), acc = () { emit Told { all } }
command keep () =
  put t[0] = many()
command change () =
  put t[0] = many() ++ [Other]`;

for (const evaluator of evaluators) {
  test(`long names said many times make no long outcome, and different rows are shown differently: ${evaluator}`, (t) => {
    const contracts = start(evaluator, loud);
    for (const command of ["go", "tell", "keep", "change"]) {
      const outcome = call(contracts, "a", command);
      t.true(outcome.ok, outcome.text.slice(0, 200));
      const bytes = encodeOutcome(outcome);
      t.true(bytes.length < 1024 * 1024, `${bytes.length} bytes of ${command}`);
      t.deepEqual(decodeOutcome(bytes), { ok: true, outcome });
    }
  });
}

const shared = {
  d: "pub fn twice {A : Type} (x : A, f : (A) -> A) -> A = f(f(x))\npub fn give (f : () -> Nat once) -> Nat = f()",
  b: "pub fn three (n : Nat) -> Nat = n * 3",
  c: `use d (twice, give)
use b
command made (k : Nat) = twice(1, (n) => n + k)
command named () = twice(1, b.three)
command inner (k : Nat) = twice(1, (n) => twice(n, (m) => m + k))
command once1 (k : Nat) = give(() => k)`,
};

for (const evaluator of evaluators) {
  test(`a function may be called by a module that does not know where it is from: ${evaluator}`, (t) => {
    const contracts = createContracts({ sha256, evaluator, signatures });
    for (const [path, source] of Object.entries(shared)) {
      const published = publish(contracts, source, path);
      t.true(published.ok, published.text);
    }
    const five = encodeInt(5);
    t.regex(call(contracts, "c", "made", [five]).text, /^11 for/);
    t.regex(call(contracts, "c", "named").text, /^9 for/);
    t.regex(call(contracts, "c", "inner", [five]).text, /^21 for/);
    t.regex(call(contracts, "c", "once1", [five]).text, /^5 for/);
  });

  test(`so may a migration's, whose module is not there yet: ${evaluator}`, (t) => {
    const contracts = createContracts({ sha256, evaluator, signatures });
    t.true(publish(contracts, shared.d, "d").ok);
    const use = "use d (twice)\ndata Old = Old { n : Nat }\n";
    const keep = "table t : Nat => Old\ncommand go () =\n  put t[0] = Old(1)";
    t.true(publish(contracts, `${use}${keep}`).ok);
    t.true(call(contracts, "a", "go").ok);
    const turned = "table t : Nat => Nat\nmigrate table t (b : Old) = twice(b.n, (n) => n + 3)";
    const published = publish(contracts, `${use}${turned}\ncommand go () =\n  put t[0] = 1`);
    t.true(published.ok, published.text);
    t.deepEqual(published.diff, [{ key: "a.t[0]", before: "Old { n = 1 }", after: "7" }]);
  });
}
