/** Contracts in the state machine of a node: published, called, exported and restored by commands' bytes alone. */
import { readFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { createChain } from "../../../hopper/chain/chain.ts";
import {
  type ContractCommand,
  decodeContractCommand,
  encodeContractCommand,
  isContractCommand,
} from "../../../hopper/chain/contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  importContracts,
} from "../../../hopper/chain/contracts.ts";
import { decodeOutcome } from "../../../hopper/demo/outcome-bytes.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { moduleNamed } from "../../../hopper/run/machine.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { demoSource } from "../demo/start-front.ts";
import { given, signatures } from "./signed-chain.ts";

const coin = readFileSync(new URL("../../../hopper/std/coin.hop", import.meta.url), "utf8");
const keys = new Map([1, 2, 3].map((id) => [id, new Uint8Array(32).fill(id)]));
const hashOf = (client: number): string => textOfBytes(sha256(keys.get(client) ?? new Uint8Array()));
const signedBy = (client: number): ReadonlySet<string> => new Set([hashOf(client)]);
const principal = (client: number): Value => [0, { bytes: hashOf(client) }];
const accountOf = (client: number): Value => [0, principal(client), "main"];
/** Client 1 is the bank. */
const usd: Value = [0, principal(1), "USD"];

function call(contracts: Contracts, command: string, args: readonly Value[], gasLimit = 100_000): ContractCommand {
  const linked = moduleNamed(contracts.machine, "std/coin");
  const shapes = linked?.ir.commands.find(({ name }) => name === command)?.params ?? [];
  const bytes = shapes.map(({ shape }, i) => encode(args[i] ?? 0, shape, linked?.ir.shapes ?? []));
  return { kind: "call", module: "std/coin", command, args: bytes, gasLimit, expect: [] };
}

function withCoin(evaluator: "compiled" | "reference" = "compiled"): Contracts {
  const contracts = createContracts({ sha256, evaluator, signatures });
  const published = applyContractCommand(
    contracts,
    encodeContractCommand({ kind: "publish", path: "std/coin", source: coin }),
    given(signedBy(1)),
  );
  if (!published.ok) throw new Error(published.text);
  return contracts;
}

const step = (contracts: Contracts, client: number, command: ContractCommand) =>
  applyContractCommand(contracts, encodeContractCommand(command), given(signedBy(client)));

test("a coin is issued and moves; the outcome tells value, gas, event and rows", (t) => {
  const contracts = withCoin();
  const issued = step(contracts, 1, call(contracts, "issue", [usd, accountOf(2), 100]));
  t.true(issued.ok, issued.text);
  const moved = step(contracts, 2, call(contracts, "transfer", [usd, accountOf(2), accountOf(3), 30]));
  t.true(moved.ok, moved.text);
  t.regex(moved.text, /^\(\) for \d+ gas\nMoved \{ u = .*, n = 30 \}$/);
  t.is(moved.diff.length, 2);
  t.true(moved.diff.every(({ key }) => key.startsWith("std/coin.purse[Unit { ")));
  const amounts = moved.diff.map(({ before, after }) =>
    [before, after].map((side) => /amount = (\d+)/.exec(side ?? "")?.[1]),
  );
  t.true(amounts.some(([before, after]) => before === "100" && after === "70"));
  t.true(amounts.some(([before, after]) => before === undefined && after === "30"));
});

test("who has not signed moves nothing, and pays for nobody", (t) => {
  const contracts = withCoin();
  step(contracts, 1, call(contracts, "issue", [usd, accountOf(2), 100]));
  const before = exportContracts(contracts);
  for (const [client, command, fault] of [
    [3, call(contracts, "transfer", [usd, accountOf(2), accountOf(3), 1]), /^Fault NotSigned/],
    [2, call(contracts, "transfer", [usd, accountOf(2), accountOf(3), 101]), /^Fault Insufficient in split/],
    [2, call(contracts, "transfer", [usd, accountOf(2), accountOf(3), 1], 10), /^Fault OutOfGas/],
    [
      2,
      { kind: "call", module: "std/coin", command: "transfer", args: [], gasLimit: 1000, expect: [] },
      /^Fault BadArgument/,
    ],
    [2, { kind: "call", module: "std/none", command: "x", args: [], gasLimit: 1, expect: [] }, /^Fault/],
  ] as const) {
    const outcome = step(contracts, client, command as ContractCommand);
    t.false(outcome.ok);
    t.regex(outcome.text, fault);
    t.deepEqual(outcome.diff, []);
  }
  t.deepEqual(exportContracts(contracts), before);
});

test("a module that does not check is refused with the place; a second version is the authority's to publish", (t) => {
  const contracts = createContracts({ sha256, signatures });
  const publish = (client: number, source: string) => step(contracts, client, { kind: "publish", path: "x", source });
  t.regex(publish(1, "module x\nfn f (a : Int) -> Int = b\n").text, /^Error: module x does not check at 2:\d+: /);
  const owner = `key("${Buffer.from(hashOf(2), "latin1").toString("hex")}")`;
  const first = `module x upgrade by ${owner}\ntable t : (k : Nat) => Nat\ncommand set (k, v : Nat) = put t[k] = v\n`;
  t.true(publish(1, first).ok);
  t.regex(publish(2, first).text, /^Fault ModuleExists/);
  const second = `${first}command clear (k : Nat) = put t[k] = 0\n`;
  t.regex(publish(1, second).text, /^Fault NotSigned/);
  const upgraded = publish(2, second);
  t.true(upgraded.ok, upgraded.text);
  t.regex(publish(2, "module x\n").text, /^Error: module x cannot follow its version before/);
  t.is(contracts.machine.modules.size, 2, "the first version is still there");
});

test("payloads have one form; texts are never taken for commands of contracts", (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      fc.nat(),
      (path, source, gasLimit) => {
        for (const command of [
          { kind: "publish", path, source },
          { kind: "call", module: path, command: source, args: ["\x01", ""], gasLimit, expect: [] },
        ] as const) {
          const bytes = encodeContractCommand(command);
          t.true(isContractCommand(bytes));
          t.deepEqual(decodeContractCommand(bytes), command);
          for (let cut = 0; cut < bytes.length; cut += 7)
            t.is(decodeContractCommand(bytes.subarray(0, cut)), undefined);
        }
        t.false(isContractCommand(new TextEncoder().encode(source)));
      },
    ),
    { numRuns: 100 },
  );
});

test("both evaluators come to the same bytes, over random commands; an exported state runs on as the one it came from", (t) => {
  const compiled = withCoin("compiled");
  const reference = withCoin("reference");
  let restored = withCoin();
  let random = 7;
  const next = (bound: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (random >>> 8) % bound;
  };
  for (let i = 0; i < 2000; i++) {
    const client = 1 + next(3);
    const [from, to] = [accountOf(1 + next(3)), accountOf(1 + next(3))];
    const command =
      next(4) === 0
        ? call(compiled, "issue", [usd, to, next(1000)])
        : call(compiled, "transfer", [usd, from, to, next(60)], next(10) === 0 ? next(2000) : 100_000);
    const outcomes = [compiled, reference, restored].map((contracts) => step(contracts, client, command));
    t.deepEqual(outcomes[0], outcomes[1]);
    t.deepEqual(outcomes[0], outcomes[2]);
    if (i % 400 === 0) {
      const read = importContracts(exportContracts(restored), {
        sha256,
        signatures,
        evaluator: i % 800 === 0 ? "reference" : "compiled",
      });
      if (!read.ok) throw new Error(read.reason);
      restored = read.contracts;
    }
  }
  t.deepEqual(exportContracts(compiled), exportContracts(reference));
  t.deepEqual(exportContracts(compiled), exportContracts(restored));
});

test("a damaged state is refused", (t) => {
  const contracts = withCoin();
  step(contracts, 1, call(contracts, "issue", [usd, accountOf(2), 100]));
  const bytes = exportContracts(contracts);
  let refused = 0;
  for (let at = 0; at < bytes.length; at += 13) {
    const damaged = Uint8Array.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x41;
    const read = importContracts(damaged, { sha256, signatures });
    if (!read.ok) refused++;
    // What is another state has another hash.
    else t.notDeepEqual(exportContracts(read.contracts), bytes);
  }
  t.true(refused > 0);
});

test("in a chain, texts go to the demo's ledger, and the state's hash covers both", (t) => {
  const chain = createChain({ sha256, demo: demoSource, clients: keys, signatures, validators: new Map(), faulty: 0 });
  const alone = createChain({ sha256, demo: demoSource, clients: keys, signatures, validators: new Map(), faulty: 0 });
  const text = new TextEncoder().encode("CreateAccount a");
  t.deepEqual(chain.apply(text, 1, 1).slice(), alone.apply(text, 1, 1).slice());
  t.deepEqual(chain.stateHash(), alone.stateHash());
  const publish = encodeContractCommand({ kind: "publish", path: "std/coin", source: coin });
  const decoded = decodeOutcome(chain.apply(publish, 1, 2).slice());
  t.true(decoded.ok && decoded.outcome.ok);
  t.notDeepEqual(chain.stateHash(), alone.stateHash());
});
