/** Who may: commands that several keys sign, keys that are changed, roles that are given, what a signer expects. */
import { readFileSync } from "node:fs";
import test from "ava";
import {
  type ContractCommand,
  decodeContractCommand,
  encodeContractCommand,
  type PlainCommand,
  type SignedCommand,
  signingBytes,
} from "../../../hopper/chain/contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  importContracts,
} from "../../../hopper/chain/contracts.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { moduleNamed } from "../../../hopper/run/machine.ts";
import type { Data, Value } from "../../../hopper/run/value.ts";
import { nobleEngine } from "../../../pools/noble.ts";
import { publicKeyOf } from "../../../pools/public-key.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { given, signatures } from "./signed-chain.ts";

const coin = readFileSync(new URL("../../../hopper/std/coin.hop", import.meta.url), "utf8");

type Person = { readonly seed: Uint8Array; readonly key: Uint8Array; readonly hash: string; readonly who: Data };
function person(number: number): Person {
  const seed = new Uint8Array(32).fill(number);
  const key = publicKeyOf(seed);
  const hash = textOfBytes(sha256(key));
  return { seed, key, hash, who: [0, { bytes: hash }] };
}
const [bank, alice, bob, carol] = [person(1), person(2), person(3), person(4)];
const usd: Value = [0, bank.who, "USD"];
const account = (who: Data): Value => [0, who, "main"];
const atLeast = (count: number, of: readonly Data[]): Data => [1, count, { items: of }];
const role = (of: Data, name: string): Data => [3, of, name];

function call(contracts: Contracts, command: string, args: readonly Value[]): Extract<PlainCommand, { kind: "call" }> {
  const linked = moduleNamed(contracts.machine, "std/coin");
  const params = linked?.ir.commands.find(({ name }) => name === command)?.params ?? [];
  const bytes = params.map(({ shape }, i) => encode(args[i] ?? 0, shape, linked?.ir.shapes ?? []));
  return { kind: "call", module: "std/coin", command, args: bytes, gasLimit: 100_000, expect: [] };
}

function step(contracts: Contracts, by: Person, command: ContractCommand, index = 1) {
  return applyContractCommand(contracts, encodeContractCommand(command), given([by.hash], index));
}

function withCoin(): Contracts {
  const contracts = createContracts({ sha256, signatures });
  const published = step(contracts, bank, { kind: "publish", path: "std/coin", source: coin });
  if (!published.ok) throw new Error(published.text);
  return contracts;
}

function signed(
  inner: PlainCommand,
  signers: readonly Person[],
  { until = 100, chain = signatures.chain } = {},
): SignedCommand {
  const unsigned = { kind: "signed", inner, until, keys: signers.map(({ key }) => textOfBytes(key)) } as const;
  const message = signingBytes(chain, unsigned);
  return { ...unsigned, signatures: signers.map(({ seed }) => textOfBytes(nobleEngine.sign(message, seed))) };
}

const transfer = (contracts: Contracts, from: Data, to: Data, amount: number) =>
  call(contracts, "transfer", [usd, account(from), account(to), amount]);

test("what two must sign, two sign on one command, whoever brings it; it runs once", (t) => {
  const contracts = withCoin();
  const both = atLeast(2, [alice.who, bob.who]);
  t.true(step(contracts, bank, call(contracts, "issue", [usd, account(both), 100])).ok);
  const plain = transfer(contracts, both, carol.who, 30);
  t.regex(step(contracts, alice, plain).text, /^Fault NotSigned/);
  t.regex(step(contracts, carol, signed(plain, [alice])).text, /^Fault NotSigned/);
  const command = signed(plain, [alice, bob]);
  t.deepEqual(decodeContractCommand(encodeContractCommand(command)), command);
  const moved = step(contracts, carol, command);
  t.true(moved.ok, moved.text);
  t.deepEqual(
    moved.diff.map(({ key }) => key.slice(0, 6)),
    ["spent[", "std/co", "std/co"],
  );
  t.is(step(contracts, carol, command).text, "Error: this command has run before");
  t.true(
    step(contracts, carol, signed(plain, [alice, bob], { until: 101 })).ok,
    "the same once more is another command",
  );
  t.true(step(contracts, alice, signed(plain, [bob], { until: 102 })).ok, "who brings it has signed it too");
  const restored = importContracts(exportContracts(contracts), { sha256, signatures });
  if (!restored.ok) return t.fail(restored.reason);
  t.is(step(restored.contracts, carol, command).text, "Error: this command has run before");
});

test("a command that fails may be brought again until its time is over; never after it, nor on another chain", (t) => {
  const contracts = withCoin();
  const command = signed(transfer(contracts, alice.who, carol.who, 5), [alice], { until: 20 });
  const before = exportContracts(contracts);
  t.regex(step(contracts, bob, command, 10).text, /^Fault NoAccount/);
  t.deepEqual(exportContracts(contracts), before);
  step(contracts, bank, call(contracts, "issue", [usd, account(alice.who), 9]));
  t.is(step(contracts, bob, command, 21).text, "Error: it was to run by log index 20, and this is 21");
  const other = signed(transfer(contracts, alice.who, carol.who, 5), [alice], { chain: new Uint8Array(32) });
  t.is(step(contracts, bob, other, 20).text, "Error: the signature of key 1 is not valid for this command");
  t.true(step(contracts, bob, command, 20).ok);
});

test("keys, signatures and the command belong together", (t) => {
  const contracts = withCoin();
  step(contracts, bank, call(contracts, "issue", [usd, account(alice.who), 9]));
  const good = signed(transfer(contracts, alice.who, carol.who, 5), [alice, bob]);
  const [first = "", second = ""] = good.signatures;
  const [one = ""] = good.keys;
  for (const [wrong, text] of [
    [{ signatures: [second, first] }, /^Error: the signature of key 1 is not valid/],
    [{ signatures: [first] }, /^Error: 2 keys, but 1 signatures/],
    [{ keys: [], signatures: [] }, /^Error: a signed command has 1 to 16 keys, not 0/],
    [{ keys: [one, one] }, /^Error: a key is listed twice/],
    [{ keys: [one], signatures: [first] }, /^Error: the signature of key 1 is not valid/],
    [{ inner: transfer(contracts, alice.who, carol.who, 6) }, /^Error: the signature of key 1 is not valid/],
    [{ until: 101 }, /^Error: the signature of key 1 is not valid/],
    [{ signatures: ["", second] }, /^Error: the signature of key 1 is not valid/],
  ] as const) {
    const outcome = step(contracts, bob, { ...good, ...wrong });
    t.regex(outcome.text, text);
    t.deepEqual(outcome.diff, []);
  }
  const within = encodeContractCommand(good);
  t.truthy(decodeContractCommand(within));
  t.true(step(contracts, bob, good).ok);
});

test("a key is changed by its holder; the account stays its owner's, and the old key signs no more", (t) => {
  const contracts = withCoin();
  step(contracts, bank, call(contracts, "issue", [usd, account(alice.who), 100]));
  const rotate = (who: Data, policy: Data): PlainCommand => ({ kind: "policy", who, policy });
  t.regex(step(contracts, bob, rotate(alice.who, bob.who)).text, /^Fault NotSigned/);
  const set = step(contracts, alice, rotate(alice.who, bob.who));
  t.regex(set.text, /^Policy set for \d+ gas$/);
  t.regex(set.diff[0]?.key ?? "", /^policy\[key\(/);
  t.regex(step(contracts, alice, transfer(contracts, alice.who, carol.who, 1)).text, /^Fault NotSigned/);
  t.true(step(contracts, bob, transfer(contracts, alice.who, carol.who, 1)).ok);
  t.regex(step(contracts, alice, rotate(alice.who, alice.who)).text, /^Fault NotSigned/);
  const restored = importContracts(exportContracts(contracts), { sha256, signatures });
  if (!restored.ok) return t.fail(restored.reason);
  t.true(step(restored.contracts, bob, transfer(contracts, alice.who, carol.who, 1)).ok);
  // From bob's key to two of three, and back to alice's own.
  const three = atLeast(2, [bob.who, carol.who, bank.who]);
  t.true(step(contracts, bob, rotate(alice.who, three)).ok);
  t.regex(step(contracts, bob, transfer(contracts, alice.who, carol.who, 1)).text, /^Fault NotSigned/);
  t.true(step(contracts, bob, signed(transfer(contracts, alice.who, carol.who, 1), [carol])).ok);
  const back = step(contracts, bob, signed(rotate(alice.who, alice.who), [carol]));
  t.true(back.ok, back.text);
  t.is(contracts.machine.own.policies.size, 0, "no policy is left");
  t.true(step(contracts, alice, transfer(contracts, alice.who, carol.who, 1)).ok);
});

test("nobody can be made to need themselves, by however long a way", (t) => {
  const contracts = withCoin();
  const rotate = (by: Person, who: Data, policy: Data) => step(contracts, by, { kind: "policy", who, policy });
  t.true(rotate(alice, alice.who, bob.who).ok);
  t.regex(rotate(bob, bob.who, atLeast(1, [carol.who, alice.who])).text, /^Fault PolicyOfItself/);
  t.regex(rotate(bob, alice.who, atLeast(1, [alice.who])).text, /^Fault PolicyOfItself/);
  t.regex(rotate(bob, atLeast(1, [bob.who]), carol.who).text, /^Fault NeitherKeyNorRole/);
  t.true(rotate(bob, bob.who, carol.who).ok);
  t.regex(
    rotate(carol, carol.who, role(alice.who, "x")).text,
    /^Policy set/,
    "a role's organisation is not who holds it",
  );
});

test("a role is its organisation's to give and to take; nobody holds it before", (t) => {
  const contracts = withCoin();
  const teller = role(bank.who, "teller");
  step(contracts, bank, call(contracts, "issue", [usd, account(teller), 100]));
  const pay = transfer(contracts, teller, carol.who, 1);
  const give = (by: Person, policy: Data) => step(contracts, by, { kind: "policy", who: teller, policy });
  t.regex(step(contracts, bank, pay).text, /^Fault NotSigned/);
  t.regex(give(alice, alice.who).text, /^Fault NotSigned/);
  t.true(give(bank, atLeast(1, [alice.who, bob.who])).ok);
  for (const one of [alice, bob]) t.true(step(contracts, one, pay).ok);
  t.regex(give(alice, carol.who).text, /^Fault NotSigned/, "holding a role is not giving it");
  t.true(give(bank, atLeast(1, [])).ok);
  t.regex(step(contracts, alice, pay).text, /^Fault NotSigned/);
});

test("a command that moves more than its signer expects does not happen, whatever the program says", (t) => {
  const contracts = withCoin();
  step(contracts, bank, call(contracts, "issue", [usd, account(alice.who), 100]));
  const linked = moduleNamed(contracts.machine, "std/coin");
  const shapes = linked?.ir.shapes ?? [];
  const [unitShape, accountShape] =
    linked?.tables[0]?.table.shape.key.of === "tuple" ? linked.tables[0].table.shape.key.items : [];
  if (unitShape === undefined || accountShape === undefined) return t.fail("purse has a key of two parts");
  const expecting = (least: number, changed: object = {}) => ({
    ...transfer(contracts, alice.who, carol.who, 30),
    expect: [
      {
        table: "std/coin.purse",
        account: encode(account(alice.who), accountShape, shapes),
        unit: encode(usd, unitShape, shapes),
        least,
        ...changed,
      },
    ],
  });
  t.regex(step(contracts, alice, expecting(-29)).text, /^Fault ExpectViolated/);
  const none = /^Error: no account of a table is expected to change by std\/coin/;
  t.regex(step(contracts, alice, expecting(-30, { table: "std/coin.none" })).text, none);
  t.regex(step(contracts, alice, expecting(-30, { unit: "" })).text, none);
  t.regex(step(contracts, alice, expecting(-30, { account: "\x00" })).text, none);
  t.true(step(contracts, alice, expecting(-30)).ok);
});

const vault = `module vault
use std/coin (Unit, main, withdraw, deposit)

-- Whoever has put coins in may have one back, and no more.
command claim (u : Unit) signed by u.issuer =
  deposit(main(u.issuer), withdraw(u, main(self), 1, selfAuth))

command rob (u : Unit, from : Principal) signed by u.issuer =
  deposit(main(self), withdraw(u, main(from), 1, selfAuth))

command where () = main(self)
`;

test("what a module owns, its own code moves and nobody else; its evidence opens nothing of others", (t) => {
  const contracts = withCoin();
  t.true(step(contracts, bank, { kind: "publish", path: "vault", source: vault }).ok);
  const lineage = contracts.machine.names.get("vault")?.lineage ?? "";
  const self: Data = [2, { bytes: Buffer.from(lineage, "hex").toString("latin1") }];
  const [named, unit] = [moduleNamed(contracts.machine, "vault"), usd];
  const inVault = (command: string, args: readonly Value[]): PlainCommand => {
    const params = named?.ir.commands.find(({ name }) => name === command)?.params ?? [];
    const bytes = params.map(({ shape }, i) => encode(args[i] ?? 0, shape, named?.ir.shapes ?? []));
    return { kind: "call", module: "vault", command, args: bytes, gasLimit: 100_000, expect: [] };
  };
  step(contracts, bank, call(contracts, "issue", [usd, account(alice.who), 5]));
  t.true(step(contracts, alice, transfer(contracts, alice.who, self, 2)).ok);
  t.regex(step(contracts, alice, transfer(contracts, self, alice.who, 1)).text, /^Fault NotSigned/);
  t.true(step(contracts, bank, inVault("claim", [unit])).ok);
  t.regex(step(contracts, bank, inVault("rob", [unit, alice.who])).text, /^Fault NotOwner/);
  t.regex(step(contracts, bank, inVault("claim", [unit])).text, /^\(\) for/);
  t.regex(step(contracts, bank, inVault("claim", [unit])).text, /^Fault Insufficient/);
});
