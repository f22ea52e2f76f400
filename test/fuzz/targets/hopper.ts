/** What contracts are made of: sources of modules, values in their canonical form, and commands. */

import {
  type ContractCommand,
  decodeContractCommand,
  encodeContractCommand,
} from "../../../hopper/chain/contract-command.ts";
import { applyContractCommand, createContracts, exportContracts } from "../../../hopper/chain/contracts.ts";
import { answerQuestion, decodeQuestion } from "../../../hopper/chain/query.ts";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerTests } from "../../../hopper/lower/lower-module.ts";
import { bytesOfText, encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { decode } from "../../../hopper/run/decode.ts";
import { showUpTo } from "../../../hopper/run/show.ts";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import { chooseBySeed } from "../../../hopper/tools/choices.ts";
import { completeLine } from "../../../hopper/tools/complete.ts";
import { pathOf } from "../../../hopper/tools/load-modules.ts";
import { makeValue } from "../../../hopper/tools/make-value.ts";
import { runLine, typeOf } from "../../../hopper/tools/run-line.ts";
import { type Session, startSession, undo } from "../../../hopper/tools/session.ts";
import { showCalled } from "../../../hopper/tools/show-called.ts";
import { showDiagnostics } from "../../../hopper/tools/show-diagnostics.ts";
import { wantsMore } from "../../../hopper/tools/whole-line.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { given, signatures } from "../../hopper/chain/signed-chain.ts";
import { accepted, coinSource, escrowSource } from "../../hopper/check/modules.ts";
import type { Target } from "../target.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const small = `module small
data Tree (A : Data) = Leaf | Node(Tree(A), A, Tree(A))
data Config = Config { limit : Nat, names : Map(Text, List(Principal)), rate : Rat, since : Maybe(Time) }
table seen : (who : Principal, day : Time) => Config
event Seen { who : Principal, after : Duration }
fn sum (t : Tree(Nat)) -> Nat = match t { Leaf => 0, Node(l, n, r) => sum(l) + n + sum(r) }
rec fn loop (n : Int) -> Int = if n <= 0 then n else loop(n - 1)
law adds (a, b : Int) = a + b == b + a
command see (day : Time, rate : Rat, raw : Bytes, at : Id) signed by key("x") =
  require rate < 1%2 else TooMuch
  let f : (Nat) -> Nat = (n) => n + bytesSize(raw)
  let total = for x in [1, 2, 3], acc = 0 { acc + f(x) }
  put new seen[auth.who, day] = Config { limit = total, names = emptyMap(), rate, since = Just(now) } else Again
  emit Seen { who = auth.who, after = days(2) - hours(1) }
test "sees" {
  as key("x") at 2026-11-23T12:00Z call see(2026-11-23T00:00Z, 0.25, 0x"00ff", id(0x"01")) expect ok
}
`;

const coin = accepted(coinSource);
const imports = (path: string): CheckedModule | undefined => (path === coin.path ? coin : undefined);

/** Any text is a module that can be lowered, always the same one, or has mistakes, each inside the text. */
const modules: Target = {
  name: "hopper-module",
  form: "text",
  examples: [small, coinSource, escrowSource].map(bytesOf),
  // Checking keeps trees and types, and looks at each token several times.
  allocatedBytesMax: 64 * 1024 * 1024,
  take: (input) => {
    const text = textOf(input);
    const checked = checkModule(text, pathOf(text) ?? "", imports);
    if (checked.ok) {
      lowerTests(checked.module);
      return "accepted";
    }
    const [first] = checked.diagnostics;
    if (first === undefined) throw new Error("refused without a word");
    for (const { span } of checked.diagnostics) {
      if (!(span.start >= 0 && span.start <= span.end && span.end <= text.length))
        throw new Error("outside of the text");
    }
    showDiagnostics("a.hop", text, checked.diagnostics);
    return first.code;
  },
};

const shapesText = `${small}law shapes (a : Tree(Nat), b : Config, c : Map(Int, (Bool, Rat)), d : Principal, e : List(Text), f : Id) = true\n`;
const { laws, module: shaped } = lowerTests(accepted(shapesText));
const shapes = laws.at(-1)?.params.map(({ shape }) => shape) ?? [];

/** The first byte says which shape the rest has. What is read is written again with the same bytes. */
const values: Target = {
  name: "hopper-value",
  form: "bytes",
  examples: shapes.flatMap((shape, i) =>
    [1, 2, 3, 4, 5].map((seed) => {
      const value = makeValue(chooseBySeed(seed), shape, shaped.shapes);
      return Uint8Array.of(i, ...bytesOfText(encode(value, shape, shaped.shapes)));
    }),
  ),
  take: (input) => {
    const shape = shapes[(input[0] ?? 0) % shapes.length];
    if (shape === undefined) throw new Error("there are shapes");
    const bytes = textOfBytes(input.subarray(1));
    const read = decode(bytes, shape, shaped.shapes);
    if (!read.ok) return read.reason;
    if (encode(read.value, shape, shaped.shapes) !== bytes) throw new Error("not written back as it was");
    if (showUpTo(100, read.value, shape, shaped.shapes).text === "") throw new Error("shown as nothing");
    return `accepted ${shape.of}`;
  },
};

const call: ContractCommand = {
  kind: "call",
  module: "std/coin",
  command: "issue",
  args: ["\u0005"],
  gasLimit: 1000,
  expect: [{ table: "std/coin.purse", account: "\u0001", unit: "", least: -5 }],
};
const who = [0, { bytes: "\u0001".repeat(32) }] as const;
const commandExamples: readonly ContractCommand[] = [
  call,
  { kind: "publish", path: "small", source: "module small\ncommand go () = 1\n" },
  { kind: "policy", who, policy: [1, 1, { items: [who] }] },
  { kind: "signed", inner: call, until: 10, keys: ["k".repeat(32)], signatures: ["s".repeat(64)] },
  { kind: "clock", time: 1_700_000_000_000 },
];

/** A command has one form; on a chain without modules it says what became of it, and where it failed nothing has changed. */
const commands: Target = {
  name: "contract-command",
  form: "bytes",
  examples: commandExamples.map(encodeContractCommand),
  allocatedBytesMax: 64 * 1024 * 1024,
  take: (input) => {
    const command = decodeContractCommand(input);
    if (command !== undefined && Buffer.compare(encodeContractCommand(command), input) !== 0)
      throw new Error("not written back as it was");
    const contracts = createContracts({ sha256, signatures });
    const before = exportContracts(contracts);
    const outcome = applyContractCommand(contracts, input, given(["\u0001".repeat(32)]));
    const changed = Buffer.compare(before, exportContracts(contracts)) !== 0;
    if (changed && !outcome.ok) throw new Error("a failed command changed something");
    if (command === undefined && outcome.ok) throw new Error("what cannot be read was carried out");
    return `${command?.kind ?? "no command"}: ${outcome.ok ? "ok" : outcome.text.slice(0, 40)}`;
  },
};

const counter = `module counter
table n : Text => Nat
command add (of : Text, by : Nat) =
  let before = take n[of] or 0
  put n[of] = before + by
`;
const typed = [
  'let k = 2\n\nadd("x", k)\n\nget n["x"] + 1\n\n:t add',
  'fn twice (n : Nat) -> Nat = 2 * n\n\nput n["y"] = twice(3)\n\nas key("a") at 1970-01-02T00:00Z call add("y", 1)',
  'use counter as c\n\ntable m : Nat => Text\n\nlet k = (1, "a")\n\nlet k = [k]\n\nk\n\n{\n  let x = 1\n  x\n}',
].map(bytesOf);

/** Lines at the prompt, parted by empty ones: whatever they say, undoing them brings back the state. */
const lines: Target = {
  name: "hopper-line",
  form: "text",
  examples: typed,
  allocatedBytesMax: 64 * 1024 * 1024,
  take: (input) => {
    const session = startSession({ sha256, find: () => undefined }, { file: "counter.hop", text: counter });
    if ("refused" in session) throw new Error(session.refused);
    const before = exportState(session.machine);
    const verdicts: string[] = [];
    for (const line of textOf(input).split("\n\n").slice(0, 6)) {
      const [words, part] = completeLine(session, line);
      if (!line.endsWith(part) || words.some((word) => !word.startsWith(part)))
        throw new Error("completes something else");
      if (line.startsWith(":t ")) verdicts.push("type" in typeOf(session, line.slice(3)) ? "typed" : "untyped");
      else if (wantsMore(line)) verdicts.push("more");
      else verdicts.push(answerTo(session, line));
    }
    while (undo(session) !== undefined);
    if (Buffer.compare(before, exportState(session.machine)) !== 0) throw new Error("not undone");
    return [...new Set(verdicts)].sort().join(" ");
  },
};

function answerTo(session: Session, line: string): string {
  const ran = runLine(session, line);
  if ("refused" in ran) return "refused";
  if ("defined" in ran) return "defined";
  showCalled(session.machine, ran.type, ran.called, new Map());
  return ran.called.outcome.failure === undefined ? "held" : "failed";
}

const asked = createContracts({ sha256, signatures });
for (const command of [
  { kind: "publish", path: "counter", source: counter },
  { kind: "call", module: "counter", command: "add", args: ["\u0061x", "\u0005"], gasLimit: 10_000, expect: [] },
] as const) {
  const outcome = applyContractCommand(asked, encodeContractCommand(command), given([]));
  if (!outcome.ok) throw new Error(outcome.text);
}
const askedState = exportContracts(asked);
const questions = [
  'counter\nget n["x"]',
  'counter\n(get n["y"] or 7) + 1 - 2',
  "counter\n[1, 2] ++ [3]",
  'counter\ntake n["x"]',
  "counter\n1\ncommand more () = 2\n",
  "none\n1",
].map(bytesOf);

/** Whatever is asked changes nothing, and is answered with the same words when it is asked again. */
const queries: Target = {
  name: "contract-query",
  form: "text",
  examples: questions,
  allocatedBytesMax: 64 * 1024 * 1024,
  take: (input) => {
    const question = decodeQuestion(input);
    if (question === undefined) return "no question";
    const outcome = answerQuestion(asked, question, 0);
    if (answerQuestion(asked, question, 0).text !== outcome.text) throw new Error("answered otherwise");
    if (Buffer.compare(askedState, exportContracts(asked)) !== 0) throw new Error("something has changed");
    return outcome.ok ? "answered" : outcome.text.slice(0, 40);
  },
};

export const hopperTargets: readonly Target[] = [modules, values, commands, lines, queries];
