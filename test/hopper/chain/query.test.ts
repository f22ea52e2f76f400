/** Questions to contracts are answered alike everywhere, and change nothing, whatever is asked. */
import { readFileSync } from "node:fs";
import test from "ava";
import { type Chain, createChain } from "../../../hopper/chain/chain.ts";
import { type ContractCommand, encodeContractCommand } from "../../../hopper/chain/contract-command.ts";
import type { Outcome } from "../../../hopper/demo/outcome.ts";
import { decodeOutcome } from "../../../hopper/demo/outcome-bytes.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { moduleNamed } from "../../../hopper/run/machine.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { demoSource } from "../demo/start-front.ts";
import { signatures } from "./signed-chain.ts";

const coin = readFileSync(new URL("../../../hopper/std/coin.hop", import.meta.url), "utf8");
const publicKey = new Uint8Array(32).fill(1);
const hash = textOfBytes(sha256(publicKey));
const who = `key("${Buffer.from(hash, "latin1").toString("hex")}")`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const outcomeOf = (bytes: Uint8Array): Outcome => {
  const decoded = decodeOutcome(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.outcome;
};

/** A purse with 100 of USD, and the demo's account a with 7/2. */
function chainWithCoin(): Chain {
  const clients = new Map([[1, publicKey]]);
  const chain = createChain({ sha256, demo: demoSource, clients, signatures, validators: new Map(), faulty: 0 });
  const principal: Value = [0, { bytes: hash }];
  const contract = (command: ContractCommand) => chain.apply(encodeContractCommand(command), 1, 1);
  contract({ kind: "publish", path: "std/coin", source: coin });
  const linked = moduleNamed(chain.contracts.machine, "std/coin");
  const params = linked?.ir.commands.find(({ name }) => name === "issue")?.params ?? [];
  const values: Value[] = [[0, principal, "USD"], [0, principal, "main"], 100];
  const args = params.map(({ shape }, i) => encode(values[i] ?? 0, shape, linked?.ir.shapes ?? []));
  contract({ kind: "call", module: "std/coin", command: "issue", args, gasLimit: 100_000, expect: [] });
  chain.apply(bytesOf("CreateAccount a"), 1, 2);
  chain.apply(bytesOf("AdjustAccount a 7%2"), 1, 3);
  return chain;
}

const ask = (chain: Chain, question: string): Outcome => outcomeOf(chain.query(bytesOf(question)));
const purse = `get purse[Unit(${who}, "USD"), main(${who})]`;

test("an expression of a module is worked out on the rows of now", (t) => {
  const chain = chainWithCoin();
  for (const [question, text] of [
    [`std/coin\n(${purse}).amount`, /^100 for \d+ gas$/],
    [`std/coin\n${purse}`, /^Error: the query does not check at 1:1: `get` would copy Coin, which cannot be copied$/],
    ['demo/juno\nget balances["a"]', /^7%2 for \d+ gas$/],
    ["std/coin\n[1, 2] ++ [3]", /^\[1, 2, 3\] for/],
    ["std/coin\n(n) => n + 1", /^<fn \d+ in asked of std\/coin@/],
  ] as const) {
    const answer = ask(chain, question);
    t.regex(answer.text, text);
    t.deepEqual(answer.diff, []);
  }
  t.true(ask(chain, `std/coin\n(${purse}).amount`).ok);
});

test("nothing is changed by a question, and everywhere it is refused with the same words", (t) => {
  const chain = chainWithCoin();
  const other = chainWithCoin();
  const before = chain.stateHash();
  const modules = chain.contracts.machine.modules.size;
  for (const [question, text] of [
    ["", /^Error: not a question/],
    ["std/coin", /^Error: not a question/],
    ["std/none\n1", /^Error: no module std\/none is published; there are: demo\/juno, std\/coin$/],
    ["std/coin\n", /^Error: the query does not check at 1:1: /],
    ["std/coin\n1 +", /^Error: the query does not check at 1:4: /],
    ["std/coin\nnone", /^Error: the query does not check at 1:1: /],
    ["std/coin\n1\ncommand more () = 2", /^Error: a query is one expression$/],
    ["std/coin\n1\ntable more : Nat => Nat", /^Error: a query is one expression$/],
    ["std/coin\n1\nevent More { n : Nat }", /^Error: a query is one expression$/],
    [`std/coin\ndeposit(main(${who}), Coin(Unit(${who}, "USD"), 5))`, /^Fault QueryWrites in deposit/],
    ["std/coin\n1 - 2", /^Fault Negative/],
    ["std/coin\nfor i in range(1000), n = 0 { for j in range(1000), m = n { m + j } }", /^Fault OutOfGas/],
    [`std/coin\n${"(".repeat(3000)}`, /^Error: the query does not check/],
    [`std/coin\n${"1 + ".repeat(2000)}1`, /^Error|^2001 for/],
  ] as const) {
    const answer = ask(chain, question);
    t.regex(answer.text, text, question.slice(0, 60));
    t.deepEqual(ask(other, question), answer);
    // Asked once more, it is known already.
    t.deepEqual(ask(chain, question), answer);
  }
  t.deepEqual(outcomeOf(chain.query(Uint8Array.of(0xff, 0x0a, 0x31))).text, "Error: not a question for contracts");
  chain.apply(bytesOf("CreateAccount b"), 1, 4);
  other.apply(bytesOf("CreateAccount b"), 1, 4);
  t.deepEqual(chain.stateHash(), other.stateHash());
  t.notDeepEqual(chain.stateHash(), before);
  t.is(chain.contracts.machine.modules.size, modules);
  t.is(ask(chain, `std/coin\n(${purse}).amount`).ok, true);
});

test("a question sees the newest version of a module, and what it uses as it was published", (t) => {
  const chain = chainWithCoin();
  const publish = (path: string, source: string): Outcome =>
    outcomeOf(chain.apply(encodeContractCommand({ kind: "publish", path, source }), 1, 5));
  const user = (n: number) =>
    `module shop upgrade by ${who}\nuse std/coin (Unit)\nfn number () -> Nat = ${n}\nfn usd () -> Unit = Unit(${who}, "USD")\n`;
  t.true(publish("sly", "module sly\nfn asked () -> Nat = 1\nfn asked1 () -> Nat = 2\n").ok);
  t.regex(ask(chain, "sly\nasked() + asked1()").text, /^3 for/);
  t.true(publish("shop", user(1)).ok);
  t.regex(ask(chain, "shop\nnumber()").text, /^1 for/);
  t.regex(ask(chain, "shop\nusd().code").text, /^"USD" for/);
  const upgraded = publish("shop", user(2));
  // The client that publishes is the one that may.
  t.true(upgraded.ok, upgraded.text);
  t.regex(ask(chain, "shop\nnumber()").text, /^2 for/);
});
