/** Modules that each do mostly one thing, over and over: what `juno bench gas` holds against the cost table. */
import type { costTable } from "../hopper/ir/cost-table.ts";

export type GasCase = {
  /** The entry that pays for most of it. */
  readonly entry: keyof typeof costTable;
  readonly name: string;
  /** Has `command go (n : Nat)`, which does it n times; what it gets ready does not depend on n. */
  readonly source: string;
  /** Commands of n = 0 are run so many times, and n means these: for what happens once in a command. */
  readonly byCommands?: true;
};

type Parts = {
  /** Declarations. */
  readonly has?: string;
  /** Statements before the loop. */
  readonly first?: readonly string[];
  readonly start?: string;
};

/** A loop of `body`, with what it needs before. Numbers and texts are made by squaring and doubling, which costs next to nothing. */
function loop(body: string, { has = "", first = [], start = "0" }: Parts = {}): string {
  const before = first.map((line) => `  ${line}\n`).join("");
  return `module g
${has}
fn square (k : Nat) -> Nat = for i in range(k), a = 3 { a * a }
fn other (k : Nat) -> Nat = for i in range(k), a = 7 { a * a }
fn double (k : Nat, t : Text) -> Text = for i in range(k), a = t { a ++ a }
command go (n : Nat) =
${before}  let done = for i in range(n), a = ${start} {
    ${body.replaceAll("\n", "\n    ")}
  }
  1
`;
}

/** 3^(2^15): 51,936 bits, or 812 limbs. */
const long = "let x = square(15)";
const half = "let y = square(14)";
/** Longer than any number that fits a limb, but not by much. */
const middling = "let m = square(7)";
const ascii = 'let t = double(18, "ab")';
const euros = 'let t = double(17, "€€")';
const rows = "table rows : Int => (Text, Nat)";
const coins = `asset Coin = Coin { unit : Text, amount : Nat }
table purses : (Text, Text) => Coin`;

export const gasCases: readonly GasCase[] = [
  { entry: "simple", name: "let of a variable", source: loop("let b = i\nlet c = b\nlet d = c\nlet e = d\ne") },
  {
    entry: "branch",
    name: "match",
    source: loop("match j { Just(y) => y, Nothing => a }", { first: ["let j = nat(1)"] }),
  },
  { entry: "construct", name: "tuple", source: loop("((i, i), (i, i))", { start: "((0, 0), (0, 0))" }) },
  {
    entry: "constructField",
    name: "wide tuple",
    source: loop("(i, i, i, i, i, i, i, i)", { start: "(0, 0, 0, 0, 0, 0, 0, 0)" }),
  },
  {
    entry: "closure",
    name: "function value",
    source: loop("(x) => x", { start: "f", first: ["let f : (Nat) -> Nat = (x) => x"] }),
  },
  {
    entry: "capture",
    name: "function value with captures",
    source: loop("(x) => x + i + n + k", { start: "f", first: ["let k = n", "let f : (Nat) -> Nat = (x) => x"] }),
  },
  { entry: "call", name: "call", source: loop("one(a)", { has: "fn one (x : Nat) -> Nat = x" }) },
  {
    entry: "argument",
    name: "call with six arguments",
    source: loop("six(a, i, i, i, i, i)", { has: "fn six (a, b, c, d, e, f : Nat) -> Nat = a" }),
  },
  {
    entry: "apply",
    name: "call of a function value",
    source: loop("f(a)", { first: ["let f : (Nat) -> Nat = (x) => x"] }),
  },
  { entry: "round", name: "empty loop", source: loop("a") },
  { entry: "item", name: "list of eight", source: loop("[i, i, i, i, i, i, i, i]", { start: "[0]" }) },
  { entry: "item", name: "range", source: loop("size(range(50000))") },
  { entry: "item", name: "reverse", source: loop("size(reverse(l))", { first: ["let l = range(50000)"] }) },
  { entry: "item", name: "append", source: loop("size(append(l, i))", { first: ["let l = range(50000)"] }) },
  { entry: "item", name: "++ of lists", source: loop("size(l ++ l)", { first: ["let l = range(50000)"] }) },
  {
    entry: "item",
    name: "insert",
    source: loop("size(entries(insert(m, i, i)))", {
      first: ["let m = for i in range(500), m = emptyMap() { insert(m, i, i) }"],
    }),
  },
  {
    entry: "restItemsPerGas",
    name: "rest of a list",
    source: loop("match l { [x, ..r] => size(r), [] => 0 }", { first: ["let l = range(50000)"] }),
  },
  { entry: "add", name: "small +", source: loop("i + n") },
  { entry: "add", name: "small <", source: loop("if i < n then 1 else 0") },
  { entry: "add", name: "+ of two limbs", source: loop("size([x + i])", { first: ["let x = square(6)"] }) },
  { entry: "add", name: "long +", source: loop("size([x + i])", { first: [long] }) },
  { entry: "add", name: "long <", source: loop("if x < z then 1 else 0", { first: [long, "let z = square(15)"] }) },
  { entry: "multiply", name: "small *", source: loop("i * 3") },
  { entry: "multiply", name: "middling *", source: loop("size([m * m])", { first: [middling] }) },
  { entry: "multiply", name: "long * small", source: loop("size([x * 3])", { first: [long] }) },
  { entry: "multiply", name: "long * long", source: loop("size([y * y])", { first: [half] }) },
  { entry: "multiply", name: "showInt", source: loop("textSize(showInt(i))") },
  { entry: "multiply", name: "long showInt", source: loop("textSize(showInt(x))", { first: [long] }) },
  { entry: "divide", name: "small div", source: loop("let d = div(i, 3)\na") },
  { entry: "divide", name: "small mod", source: loop("let d = mod(i, 3)\na") },
  { entry: "divide", name: "middling mod", source: loop("let d = mod(m, i + 3)\na", { first: [middling] }) },
  { entry: "divide", name: "long mod small", source: loop("let d = mod(x, i + 3)\na", { first: [long] }) },
  { entry: "divide", name: "long mod long", source: loop("size([mod(x + i, y)])", { first: [long, half] }) },
  { entry: "gcd", name: "small gcd", source: loop("gcd(i, 832040)") },
  {
    entry: "gcdLimb",
    name: "middling gcd",
    source: loop("gcd(m * m + i, z)", { first: [middling, "let z = other(7)"] }),
  },
  {
    entry: "gcd",
    name: "long gcd",
    source: loop("gcd(x + i, z)", { first: ["let x = square(11)", "let z = other(10)"] }),
  },
  {
    entry: "rationalWhole",
    name: "small whole fractions",
    source: loop("r + 1", { start: "r", first: ["let r = rat(3)"] }),
  },
  {
    entry: "rationalWhole",
    name: "long whole fractions",
    source: loop("r + 1", { start: "r", first: [long, "let r = rat(x)"] }),
  },
  {
    entry: "rational",
    name: "small fractions",
    source: loop("r + rat(i) / 11", { start: "r", first: ["let r = rat(1) / 7"] }),
  },
  {
    entry: "rational",
    name: "< of small fractions",
    source: loop("if r < rat(i) / 11 then 1 else 0", { first: ["let r = rat(1) / 7"] }),
  },
  {
    entry: "rational",
    name: "fractions of 8 limbs",
    source: loop("r + 1 / rat(i + 1)", { start: "r", first: ["let r = 1 / rat(square(8))"] }),
  },
  {
    entry: "rational",
    name: "sums of seven limbs",
    source: loop("let s = h + 1 / rat(i + 7)\na", {
      first: ["let h = for i in range(300), h = rat(0) { h + 1 / rat(i + 1) }"],
    }),
  },
  {
    entry: "rational",
    name: "long fractions",
    source: loop("r + s", { start: "r", first: ["let r = 1 / rat(square(10))", "let s = 1 / rat(square(10) + 1)"] }),
  },
  { entry: "text", name: "++ of small texts", source: loop('textSize("ab" ++ t)', { first: ['let t = "cd"'] }) },
  {
    entry: "text",
    name: "< of small texts",
    source: loop("if t < s then 1 else 0", { first: ['let t = "cd"', 'let s = "ce"'] }),
  },
  { entry: "textBytesPerGas", name: "++ of long texts", source: loop("textSize(t ++ t)", { first: [ascii] }) },
  { entry: "textBytesPerGas", name: "textSize", source: loop("textSize(t)", { first: [ascii] }) },
  { entry: "letterBytesPerGas", name: "textSize of €", source: loop("textSize(t)", { first: [euros] }) },
  { entry: "textBytesPerGas", name: "utf8", source: loop("bytesSize(utf8(t))", { first: [ascii] }) },
  { entry: "letterBytesPerGas", name: "utf8 of €", source: loop("bytesSize(utf8(t))", { first: [euros] }) },
  { entry: "letterBytesPerGas", name: "utf8 of a small €", source: loop('bytesSize(utf8("€€€€€€€€"))') },
  {
    entry: "letterBytesPerGas",
    name: "codePoints of €",
    source: loop("size(codePoints(t))", { first: [euros] }),
  },
  {
    entry: "textBytesPerGas",
    name: "< of long texts",
    source: loop("if t < s then 1 else 0", { first: [ascii, 'let s = double(18, "ab")'] }),
  },
  {
    entry: "textBytesPerGas",
    name: "++ of long bytes",
    source: loop("bytesSize(sha256(b)) + bytesSize(b ++ b)", { first: ['let b = utf8(double(18, "ab"))'] }),
  },
  {
    entry: "textBytesPerGas",
    name: "lookup",
    source: loop("match lookup(m, i) { Just(y) => y, Nothing => 0 }", {
      first: ["let m = for i in range(500), m = emptyMap() { insert(m, i, i) }"],
    }),
  },
  {
    entry: "writeBytesPerGas",
    name: "lookup of a long €",
    source: loop("match lookup(m, t) { Just(y) => y, Nothing => 0 }", {
      first: [euros, "let m = insert(emptyMap(), t, 1)"],
    }),
  },
  {
    entry: "get",
    name: "get",
    source: loop("let (t, k) = get rows[mod(i, 1000)] else None\nk", {
      has: rows,
      first: ['let f = for i in range(1000), a = 0 {\n    put rows[i] = ("", i)\n    a\n  }'],
    }),
  },
  {
    entry: "getBytesPerGas",
    name: "get by a long key",
    source: loop('(get names[t] or 0) + (get names[t ++ "a"] or 0)', {
      has: "table names : Text => Nat",
      first: ['let t = double(17, "ab")'],
    }),
  },
  {
    entry: "getBytesPerGas",
    name: "get by a long € key",
    source: loop("get names[t ++ showInt(i)] or 0", { has: "table names : Text => Nat", first: [euros] }),
  },
  { entry: "write", name: "put", source: loop('put rows[mod(i, 4000)] = ("", i)\na', { has: rows }) },
  {
    entry: "write",
    name: "put and take",
    source: loop('put rows[mod(i, 1000)] = ("", i)\nlet (t, k) = take rows[mod(i, 1000)] else None\nk', { has: rows }),
  },
  {
    entry: "writeBytesPerGas",
    name: "put of a list",
    source: loop("put lists[mod(i, 100)] = l\na", {
      has: "table lists : Int => List(Nat)",
      first: ["let l = range(5000)"],
    }),
  },
  {
    entry: "writeBytesPerGas",
    name: "put of a long text",
    source: loop("put texts[mod(i, 100)] = t\na", {
      has: "table texts : Int => Text",
      first: ['let t = double(14, "ab")'],
    }),
  },
  {
    entry: "writeBytesPerGas",
    name: "put of a long €",
    source: loop("put texts[mod(i, 100)] = t\na", {
      has: "table texts : Int => Text",
      first: ['let t = double(14, "€")'],
    }),
  },
  {
    entry: "writeBytesPerGas",
    name: "put of long numbers",
    source: loop("put lists[mod(i, 100)] = [x, x, x]\na", { has: "table lists : Int => List(Nat)", first: [long] }),
  },
  {
    entry: "writeBytesPerGas",
    name: "put of a largest €",
    source: loop("put texts[0] = t\na", { has: "table texts : Int => Text", first: [euros] }),
  },
  { entry: "emit", name: "emit", source: loop("emit Told { k = i }\na", { has: "event Told { k : Nat }" }) },
  {
    entry: "emit",
    name: "emit of a long €",
    source: loop("emit Told { t }\na", { has: "event Told { t : Text }", first: ['let t = double(14, "€")'] }),
  },
  { entry: "module", name: "command that does nothing", source: loop("a"), byCommands: true },
  { entry: "signer", name: "signer", source: loop("if signer(k) then 1 else 0", { first: ['let k = key("ann")'] }) },
  {
    entry: "signer",
    name: "signer, 3 of 5",
    source: loop("if signer(k) then 1 else 0", {
      first: ['let k = atLeast(3, [key("a"), key("b"), key("c"), key("d"), key("e")])'],
    }),
  },
  {
    entry: "sha256",
    name: "hash of 32 bytes",
    source: loop("bytesSize(sha256(b))", { first: ['let b = sha256(utf8("a"))'] }),
  },
  { entry: "sha256", name: "key of a name", source: loop("size([key(showInt(i))])") },
  {
    entry: "sha256BytesPerGas",
    name: "hash of a long text",
    source: loop("bytesSize(sha256(b))", { first: ['let b = utf8(double(14, "ab"))'] }),
  },
  { entry: "sha256BytesPerGas", name: "key of a long € name", source: loop("size([key(t)])", { first: [euros] }) },
  { entry: "compare", name: "== of small numbers", source: loop("if i == n then 1 else 0") },
  {
    entry: "compareBytesPerGas",
    name: "== of long numbers",
    source: loop("if x == z then 1 else 0", { first: [long, "let z = square(15)"] }),
  },
  {
    entry: "compareBytesPerGas",
    name: "== of lists",
    source: loop("if l == k then 1 else 0", { first: ["let l = range(50000)", "let k = range(50000)"] }),
  },
  {
    entry: "compareBytesPerGas",
    name: "== of lists of tuples",
    source: loop("if l == k then 1 else 0", {
      first: [
        "let l = for i in range(200), l = [] { append(l, (i, i)) }",
        "let k = for i in range(200), l = [] { append(l, (i, i)) }",
      ],
    }),
  },
  {
    entry: "compare",
    name: "== of long texts",
    source: loop("if t == s then 1 else 0", { first: [ascii, 'let s = double(18, "ab")'] }),
  },
  {
    entry: "compareBytesPerGas",
    name: "== of maps",
    source: loop("if m == k then 1 else 0", {
      first: [
        "let m = for i in range(300), m = emptyMap() { insert(m, i, i) }",
        "let k = for i in range(300), m = emptyMap() { insert(m, i, i) }",
      ],
    }),
  },
  {
    entry: "moves",
    name: "moves of few rows",
    source: loop('moves "a" : "ann" + 0\na', {
      has: coins,
      first: ['put new purses[("a", "b")] = Coin("a", 0) else Has'],
    }),
  },
  {
    entry: "movesRow",
    name: "moves over many rows",
    source: loop('moves "a" : "ann" + 0\na', {
      has: coins,
      first: [
        'let f = for i in range(400), a = 0 {\n    put new purses[("a", showInt(i))] = Coin("a", 0) else Has\n    a\n  }',
      ],
    }),
  },
];
