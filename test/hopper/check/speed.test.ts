/** Every replica checks what is published, so checking is fast and its work bounded. */
import test from "ava";
import { lowerTests } from "../../../hopper/lower/lower-module.ts";
import { accepted, check } from "./modules.ts";

/** A module of some 500 lines: types, tables, procs and commands, over and over. */
function generated(lines: number): string {
  const parts = ["module big"];
  for (let i = 0; parts.join("\n").split("\n").length < lines; i++) {
    parts.push(`data P${i} = P${i} { owner : Principal, n : Nat } | Q${i}(List(Nat))
asset A${i} = A${i} { n : Nat }
table t${i} : (a : Id, b : Nat) => A${i}
fn sum${i} (p : P${i}) -> Nat =
  match p {
    P${i} { n, .. } => n + 1
    Q${i}(xs) => for x in xs, acc = 0 { acc + x * 2 }
  }
fn join${i} (a, b : A${i}) -> A${i} =
  match a, b { A${i}(x), A${i}(y) => A${i}(x + y) }
proc move${i} (a, b : Id, n : Nat) -> () =
  let c = take t${i}[a, n] else None
  let d = if c.n < 10 then join${i}(c, A${i}(1)) else c
  put t${i}[b, n] = d
command go${i} (a, b : Id, n : Nat) =
  require n > 0 && n < 100 else Range
  move${i}(a, b, n)
  move${i}(b, a, n)`);
  }
  return `${parts.join("\n")}\n`;
}

test.serial("500 lines are checked in less than half a second", (t) => {
  const source = generated(500);
  accepted(source);
  const start = process.cpuUsage();
  accepted(source);
  const { user, system } = process.cpuUsage(start);
  t.true(user + system < 500_000, `${(user + system) / 1000} ms`);
});

const hostile: readonly (readonly [string, string])[] = [
  ["types that double", `fn f (x : Nat) -> Nat =\n${doubling(60)}  1\n`],
  ["a sum of 100,000 parts", `fn f () -> Nat = ${Array(100_000).fill("1").join(" + ")}\n`],
  ["10,000 statements", `fn f (n : Nat) -> Nat =\n${"  let m = n\n".repeat(10_000)}  n\n`],
  ["parentheses 10,000 deep", `fn f () -> Nat = ${"(".repeat(10_000)}1${")".repeat(10_000)}\n`],
  [
    "990 types, each in the next",
    `${chain((i) => `data D${i} = D${i}(D${i + 1})`)}data D990 = End\ntable t : Id => D0\n`,
  ],
  [
    "990 functions, each calling the next",
    `${chain((i) => `fn f${i} () -> Nat = f${i + 1}()`)}fn f990 () -> Nat = 1\n`,
  ],
  ["1,100 declarations", `${chain((i) => `data D${i} = D${i}`, 1100)}`],
  ["a list of 100,000 items", `fn f () -> List(Nat) = [${Array(100_000).fill("1").join(", ")}]\n`],
  ["a number of 900,000 digits", `fn f () -> Nat = ${"9".repeat(900_000)}\n`],
  ["900 long names that nobody knows", chain((i) => `fn f${i} () -> Nat = ${"y".repeat(31)}${i}()`, 900)],
  ["990 statements", `fn f (n : Nat) -> Nat =\n${"  let n = n + 1\n".repeat(990)}  n\n`],
  ["matches with too many ways", `${ways(14)}`],
];

function chain(line: (i: number) => string, count = 990): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
}

function doubling(times: number): string {
  return Array.from(
    { length: times },
    (_, i) => `  let x${i + 1} = (${i === 0 ? "x" : `x${i}`}, ${i === 0 ? "x" : `x${i}`})\n`,
  ).join("");
}

/** Coverage has to look at 2^n ways where each case fixes two columns of its own. */
function ways(columns: number): string {
  const names = Array.from({ length: columns }, (_, i) => `b${i}`);
  const rows = names.flatMap((_, i) =>
    names.slice(i + 1).map((_, j) => names.map((_, k) => (k === i || k === i + j + 1 ? "true" : "_")).join(", ")),
  );
  return `fn f (${names.join(", ")} : Bool) -> Nat =\n  match ${names.join(", ")} {\n${rows.map((r) => `    ${r} => 1\n`).join("")}    ${names.map(() => "_").join(", ")} => 0\n  }\n`;
}

for (const [what, body] of hostile) {
  test.serial(`an end is found with ${what}`, (t) => {
    const source = `module hostile\n${body}`;
    const start = process.cpuUsage();
    t.notThrows(() => {
      const checked = check(source);
      if (checked.ok) lowerTests(checked.module);
    });
    const { user, system } = process.cpuUsage(start);
    t.true(user + system < 3_000_000, `${(user + system) / 1000} ms`);
  });
}
