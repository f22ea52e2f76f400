/** Evidence of a quorum on a chain: real keys sign, keys are changed, and a module that is only called on the way gets none. */
import { readFileSync } from "node:fs";
import test from "ava";
import {
  encodeContractCommand,
  type PlainCommand,
  type SignedCommand,
  signingBytes,
} from "../../../hopper/chain/contract-command.ts";
import { applyContractCommand, type Contracts, createContracts } from "../../../hopper/chain/contracts.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { moduleNamed } from "../../../hopper/run/machine.ts";
import { type Data, principal, type Value } from "../../../hopper/run/value.ts";
import { nobleEngine } from "../../../pools/noble.ts";
import { publicKeyOf } from "../../../pools/public-key.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { given, signatures } from "./signed-chain.ts";

const people = [1, 2, 3, 4].map((number) => {
  const seed = new Uint8Array(32).fill(number);
  const key = publicKeyOf(seed);
  const hash = textOfBytes(sha256(key));
  return { seed, key, hash, who: [principal.key, { bytes: hash }] as Data };
});
type Person = (typeof people)[number];
const [bank, alice, bob, carol] = people as [Person, Person, Person, Person];
const usd: Value = [0, bank.who, "USD"];
const three: Value = { items: [alice.who, bob.who, carol.who] };
const together: Data = [principal.atLeast, 2, three];

const joint = `module joint
use std/coin (Unit, main, withdraw, deposit)
table owners : Text => List(Principal)

command join (name : Text, people : List(Principal)) =
  put new owners[name] = people

proc pay (u : Unit, from, to : Principal, n : Nat, by : Auth) -> () =
  deposit(main(to), withdraw(u, main(from), n, by))

command spend (name : Text, u : Unit, to : Principal, n : Nat) =
  let by = quorum(2, get owners[name] else NoOwners) else TooFewSigners
  pay(u, by.who, to, n, by)

command rob (name : Text, u : Unit, from, to : Principal) =
  let by = quorum(2, get owners[name] else NoOwners) else TooFewSigners
  pay(u, from, to, 1, by)
`;

function call(contracts: Contracts, module: string, command: string, args: readonly Value[]): PlainCommand {
  const ir = moduleNamed(contracts.machine, module)?.ir;
  const params = ir?.commands.find(({ name }) => name === command)?.params ?? [];
  const bytes = params.map(({ shape }, i) => encode(args[i] ?? 0, shape, ir?.shapes ?? []));
  return { kind: "call", module, command, args: bytes, gasLimit: 100_000, expect: [] };
}

let until = 100;
function signed(inner: PlainCommand, signers: readonly Person[]): SignedCommand {
  // Each is another command, or it would not run again.
  const unsigned = { kind: "signed", inner, until: until++, keys: signers.map(({ key }) => textOfBytes(key)) } as const;
  const message = signingBytes(signatures.chain, unsigned);
  return { ...unsigned, signatures: signers.map(({ seed }) => textOfBytes(nobleEngine.sign(message, seed))) };
}

/** By the first of them, with the others' signatures. */
function run(contracts: Contracts, [by, ...others]: readonly [Person, ...Person[]], command: PlainCommand): string {
  const brought = others.length === 0 ? command : signed(command, others);
  return applyContractCommand(contracts, encodeContractCommand(brought), given([by.hash])).text;
}

function started(): Contracts {
  const contracts = createContracts({ sha256, signatures });
  const coin = readFileSync(new URL("../../../hopper/std/coin.hop", import.meta.url), "utf8");
  for (const [path, source] of [
    ["std/coin", coin],
    ["joint", joint],
  ] as const) {
    const text = run(contracts, [bank], { kind: "publish", path, source });
    if (!text.startsWith("Published")) throw new Error(text);
  }
  run(contracts, [bank], call(contracts, "std/coin", "issue", [usd, [0, together, "main"], 100]));
  run(contracts, [alice], call(contracts, "joint", "join", ["us", three]));
  return contracts;
}

test("two of three whom a row names spend what they own together; one, or one and a stranger, do not", (t) => {
  const contracts = started();
  const spend = call(contracts, "joint", "spend", ["us", usd, bank.who, 10]);
  for (const signers of [[alice], [bank], [alice, bank]] as const)
    t.regex(run(contracts, [...signers], spend), /^Fault TooFewSigners/);
  for (const signers of [
    [alice, bob],
    [carol, alice],
    [bank, carol, bob],
  ] as const)
    t.regex(run(contracts, [...signers], spend), /^\(\) for/);
  t.regex(
    run(contracts, [alice, bob], call(contracts, "joint", "spend", ["others", usd, bank.who, 1])),
    /^Fault NoOwners/,
  );
});

test("their evidence opens what they own together, and nothing that one of them owns", (t) => {
  const contracts = started();
  run(contracts, [bank], call(contracts, "std/coin", "issue", [usd, [0, alice.who, "main"], 5]));
  const rob = (from: Data) => call(contracts, "joint", "rob", ["us", usd, from, bob.who]);
  t.regex(run(contracts, [alice, bob], rob(alice.who)), /^Fault NotOwner/);
  t.regex(run(contracts, [alice, bob], rob(together)), /^\(\) for/);
});

test("whoever holds a key now counts for it, once, and who held it before does not", (t) => {
  const contracts = started();
  t.regex(run(contracts, [carol], { kind: "policy", who: carol.who, policy: bank.who }), /^Policy set/);
  const spend = call(contracts, "joint", "spend", ["us", usd, bank.who, 10]);
  t.regex(run(contracts, [alice, carol], spend), /^Fault TooFewSigners/);
  t.regex(run(contracts, [alice, bank], spend), /^\(\) for/);
  t.regex(run(contracts, [bank], spend), /^Fault TooFewSigners/);
});

test("a module whose procs would make evidence of those who sign what calls them is not published", (t) => {
  const contracts = started();
  const nosy = `module nosy
use std/coin (Unit, main, withdraw, deposit)
pub proc greet (u : Unit, people : List(Principal), to : Principal) -> Text =
  match quorum(2, people) { Just(by) => { deposit(main(to), withdraw(u, main(by.who), 1, by)) }, Nothing => () }
  "hello"
`;
  const said = run(contracts, [bank], { kind: "publish", path: "nosy", source: nosy });
  t.regex(said, /^Error: module nosy does not check at 4:9: `quorum` makes evidence, and only a command may/);
  t.is(moduleNamed(contracts.machine, "nosy"), undefined);
});
