import test from "ava";
import { accountsMax, balanceBitsMax, commandBytesMax } from "../../../hopper/demo/limits.ts";
import type { Change, Outcome } from "../../../hopper/demo/outcome.ts";
import { type Demo, startFront } from "./start-front.ts";

const encoder = new TextEncoder();

function run(ledger: Demo, command: string): Outcome {
  return ledger.run(command);
}

function ledgerAfter(...commands: readonly string[]): Demo {
  const ledger = startFront();
  for (const command of commands) {
    const { ok, text } = run(ledger, command);
    if (!ok) throw new Error(`${command}: ${text}`);
  }
  return ledger;
}

const demo = ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 100000%1"];
const invalidAB = String.raw`Execution issue InL (InR (PrimFailure "invalid account(s)(\"a\",\"b\")"))`;
const tooSmall = 'Execution issue InL (InR (PrimFailure "source balance is less than amount to be transfered"))';

type Row = {
  readonly given?: readonly string[];
  readonly command: string;
  readonly ok: boolean;
  readonly text: string;
  readonly diff?: readonly Change[];
};

const rows: readonly Row[] = [
  {
    given: [],
    command: "CreateAccount Acct1",
    ok: true,
    text: 'Created Account: "Acct1"',
    diff: [{ key: "Acct1", before: null, after: "0%1" }],
  },
  {
    given: [],
    command: "CreateAccount é1",
    ok: true,
    text: 'Created Account: "\\233\\&1"',
    diff: [{ key: "é1", before: null, after: "0%1" }],
  },
  { command: "CreateAccount Acct1", ok: false, text: "Account Already Exists" },
  {
    command: "AdjustAccount Acct1 100000%1",
    ok: true,
    text: 'Adjusted Account "Acct1" by 100000 % 1',
    diff: [{ key: "Acct1", before: "100000%1", after: "200000%1" }],
  },
  {
    command: "AdjustAccount Acct1 (-10)%4",
    ok: true,
    text: 'Adjusted Account "Acct1" by (-5) % 2',
    diff: [{ key: "Acct1", before: "100000%1", after: "199995%2" }],
  },
  { command: "AdjustAccount Acct1 0", ok: true, text: 'Adjusted Account "Acct1" by 0 % 1', diff: [] },
  {
    command: "AdjustAccount Acct1 -100000",
    ok: true,
    text: 'Adjusted Account "Acct1" by (-100000) % 1',
    diff: [{ key: "Acct1", before: "100000%1", after: "0%1" }],
  },
  {
    command: "AdjustAccount Acct1 -100001",
    ok: false,
    text: 'Error: Account "Acct1" may not be overdrawn: it holds 100000 % 1, adjusting by (-100001) % 1',
  },
  { command: "AdjustAccount x 1%1", ok: false, text: 'Error: Account "x" does not exist!' },
  { command: "ObserveAccount Acct1", ok: true, text: "Just (100000 % 1)" },
  { command: "ObserveAccount nobody", ok: true, text: "Nothing" },
  { command: "ObserveAccount __proto__", ok: true, text: "Nothing" },
  { given: [], command: "ObserveAccounts", ok: true, text: "\nAccount: Amount\n----------------------\n" },
  {
    command: "ObserveAccounts",
    ok: true,
    text: "\nAccount: Amount\n----------------------\nAcct1: 100000.0\nAcct2: 0.0\n",
  },
  {
    given: ["CreateAccount b", "CreateAccount \u{1f600}", "CreateAccount \uff21", "CreateAccount B", "CreateAccount ä"],
    command: "ObserveAccounts",
    ok: true,
    text: "\nAccount: Amount\n----------------------\nB: 0.0\nb: 0.0\nä: 0.0\n\uff21: 0.0\n\u{1f600}: 0.0\n",
  },
  {
    given: [
      "CreateAccount a",
      "CreateAccount b",
      "CreateAccount c",
      "AdjustAccount a 1%100",
      "AdjustAccount b 10000000",
    ],
    command: "ObserveAccounts",
    ok: true,
    text: "\nAccount: Amount\n----------------------\na: 1.0e-2\nb: 1.0e7\nc: 0.0\n",
  },
  {
    command: "transfer(Acct1->Acct2, 1%1)",
    ok: true,
    text: `Success
## Transaction Log ##
Transfer 1.0 from Acct1 to Acct2 with signature: cryptSig

## Previous Ledger ##${" "}
Account: Amount
----------------------
Acct1: 100000.0
Acct2: 0.0

## New Ledger ##
Account: Amount
----------------------
Acct1: 99999.0
Acct2: 1.0
`,
    diff: [
      { key: "Acct1", before: "100000%1", after: "99999%1" },
      { key: "Acct2", before: "0%1", after: "1%1" },
    ],
  },
  {
    given: [...demo, "CreateAccount B", "CreateAccount C"],
    command: "transfer(Acct1->C->B->Acct2, 1%3)",
    ok: true,
    text: `Success
## Transaction Log ##
Transfer 0.3333333333333333 from Acct1 to C with signature: cryptoSig
Transfer 0.3333333333333333 from C to B with signature: cryptSig
Transfer 0.3333333333333333 from B to Acct2 with signature: cryptSig

## Previous Ledger ##${" "}
Account: Amount
----------------------
Acct1: 100000.0
Acct2: 0.0
B: 0.0
C: 0.0

## New Ledger ##
Account: Amount
----------------------
Acct1: 99999.66666666667
Acct2: 0.3333333333333333
B: 0.0
C: 0.0
`,
    diff: [
      { key: "Acct1", before: "100000%1", after: "299999%3" },
      { key: "Acct2", before: "0%1", after: "1%3" },
    ],
  },
  { command: "transfer(a->b, 1%1)", ok: false, text: invalidAB },
  { given: [...demo, "CreateAccount a"], command: "transfer(a->b, 1%1)", ok: false, text: invalidAB },
  { given: [...demo, "CreateAccount b"], command: "transfer(a->b, 0)", ok: false, text: invalidAB },
  {
    command: 'transfer(Acct1->é"1, 1%1)',
    ok: false,
    text: String.raw`Execution issue InL (InR (PrimFailure "invalid account(s)(\"Acct1\",\"\\233\\\"1\")"))`,
  },
  { command: "transfer(Acct2->Acct1, 1%1)", ok: false, text: tooSmall },
  { command: "transfer(Acct1->Acct2, 100000000001%1000000)", ok: false, text: tooSmall },
  // All or nothing: the first hop would have been possible.
  { command: "transfer(Acct1->Acct2->b, 1%1)", ok: false, text: invalidAB.replace('"a', '"Acct2') },
  { command: "transfer(Acct1, 1%1)", ok: false, text: "Language Error: Error: No Endpoint Account Specified!" },
  { command: "AdjustAccount Acct1 1%0", ok: false, text: "Parse error at character 23: the denominator must not be 0" },
  {
    command: "transfer(Acct1->Acct2,1%0)",
    ok: false,
    text: "Parse error at character 25: the denominator must not be 0",
  },
  { command: "CreatAccount x", ok: false, text: 'Parse error at character 1: unknown command "CreatAccount"' },
  { command: "", ok: false, text: "Parse error at character 1: the command is empty" },
];

for (const { given = demo, command, ok, text, diff = [] } of rows) {
  test(`after [${given.join("; ")}], ${command} gives its exact text`, (t) => {
    t.deepEqual(run(ledgerAfter(...given), command), { ok, text, diff });
  });
}

test("an account that ends as it began is printed, but not in the diff", (t) => {
  const outcome = run(ledgerAfter(...demo), "transfer(Acct1->Acct2->Acct1, 5)");
  t.true(outcome.ok);
  t.deepEqual(outcome.diff, []);
  const toItself = run(ledgerAfter(...demo), "transfer(Acct1->Acct1, 100000)");
  t.true(toItself.ok);
  t.deepEqual(toItself.diff, []);
  t.is(run(ledgerAfter(...demo), "transfer(Acct1->Acct1, 100001)").text, tooSmall);
});

test("up to 32 accounts a transfer prints the whole ledger, then only those it touched", (t) => {
  const names = Array.from({ length: 29 }, (_, i) => `x${i}`);
  const ledger = ledgerAfter(...demo, ...names.map((name) => `CreateAccount ${name}`));
  const lines = (): number => {
    const { text } = run(ledger, "transfer(Acct1->Acct2, 1%1)");
    return text.slice(text.indexOf("## New Ledger ##")).split("\n").length - 4;
  };
  t.is(lines(), 31);
  run(ledger, "CreateAccount y");
  t.is(lines(), 32);
  run(ledger, "CreateAccount z");
  t.is(
    run(ledger, "transfer(Acct1->Acct2, 1%1)").text,
    `Success
## Transaction Log ##
Transfer 1.0 from Acct1 to Acct2 with signature: cryptSig

## Previous Ledger ##${" "}
Account: Amount
----------------------
Acct1: 99998.0
Acct2: 2.0
(and 31 more accounts)

## New Ledger ##
Account: Amount
----------------------
Acct1: 99997.0
Acct2: 3.0
(and 31 more accounts)
`,
  );
});

test("ObserveAccounts prints the first 256 accounts, and says how many more there are", (t) => {
  const ledger = startFront();
  const lastLine = (): string => run(ledger, "ObserveAccounts").text.split("\n").at(-2) ?? "";
  for (let i = 999; i > 999 - 255; i--) run(ledger, `CreateAccount a${i}`);
  t.is(lastLine(), "a999: 0.0");
  run(ledger, "CreateAccount a100");
  t.is(lastLine(), "a999: 0.0");
  run(ledger, "CreateAccount a101");
  t.is(lastLine(), "(and 1 more account)");
  run(ledger, "CreateAccount z");
  t.is(lastLine(), "(and 2 more accounts)");
});

test("a balance that would need too many bits is refused, by adjustment and by transfer", (t) => {
  const limit = 10n ** 64n - 1n;
  const ledger = ledgerAfter("CreateAccount a", "CreateAccount b", `AdjustAccount a ${limit}%${limit - 1n}`);
  t.true(run(ledger, `AdjustAccount a 1%${limit - 2n}`).ok);
  t.deepEqual(run(ledger, `AdjustAccount a 1%${limit - 4n}`), {
    ok: false,
    text: 'Error: the balance of "a" would need a fraction of more than 512 bits',
    diff: [],
  });
  const before = run(ledger, "ObserveAccounts").text;
  t.regex(run(ledger, `transfer(a->b, 1%${limit - 4n})`).text, /^Error: the balance of "a" would need/);
  t.is(run(ledger, "ObserveAccounts").text, before);
});

test("a whole balance stops growing at 2^512", (t) => {
  const step = "9".repeat(64);
  const ledger = ledgerAfter(
    "CreateAccount a",
    "CreateAccount b",
    `AdjustAccount a ${step}`,
    `AdjustAccount b ${step}`,
  );
  const most = (1n << BigInt(balanceBitsMax)) - 1n;
  const balances = ledger.contracts.machine.tables.values().find(({ shape }) => shape.name === "balances");
  if (balances === undefined) return t.fail("no table of balances");
  balances.set("a", { n: most, d: 1 });
  t.true(run(ledger, "ObserveAccount a").ok);
  t.false(run(ledger, "AdjustAccount a 1").ok);
  t.false(run(ledger, "transfer(b->a, 1)").ok);
  t.true(run(ledger, "AdjustAccount a -1").ok);
  t.true(run(ledger, "AdjustAccount a 1").ok);
  t.is(run(ledger, "ObserveAccount a").text, `Just (${most} % 1)`);
});

test("the ledger is full at its limit, and works on", (t) => {
  const ledger = startFront();
  for (let i = 0; i < accountsMax - 1; i++) run(ledger, `CreateAccount ${i}`);
  t.true(run(ledger, "CreateAccount last").ok);
  t.deepEqual(run(ledger, "CreateAccount one"), {
    ok: false,
    text: "Error: the ledger is full, it holds 100000 accounts",
    diff: [],
  });
  t.true(run(ledger, "AdjustAccount last 7").ok);
  t.true(run(ledger, "transfer(last->0, 7)").ok);
  t.is(run(ledger, "ObserveAccount 0").text, "Just (7 % 1)");
});

test("bytes that are no command are results", (t) => {
  const ledger = ledgerAfter(...demo);
  t.deepEqual(ledger.apply(Uint8Array.of(0x43, 0xff)), {
    ok: false,
    text: "Parse error: not UTF-8 from byte 2 on",
    diff: [],
  });
  t.is(ledger.apply(encoder.encode("\ufeffObserveAccounts")).ok, false);
  t.true(ledger.apply(encoder.encode("ObserveAccounts".padEnd(commandBytesMax))).ok);
  t.is(
    ledger.apply(encoder.encode("ObserveAccounts".padEnd(commandBytesMax + 1))).text,
    "Parse error: the command has 16385 bytes, more than 16384",
  );
});

test("poison commands neither throw nor change anything", (t) => {
  const ledger = ledgerAfter(...demo);
  const before = run(ledger, "ObserveAccounts").text;
  const digits = "9".repeat(16_000);
  const poison = [
    "AdjustAccount Acct1 1%0",
    "transfer(Acct1->Acct2, 1%0)",
    `AdjustAccount Acct1 ${digits}`,
    `AdjustAccount Acct1 1%${digits}`,
    `AdjustAccount Acct1 ${"(".repeat(16_000)}1`,
    `transfer(${"a->".repeat(5_000)}a, 1)`,
    `transfer(${"->".repeat(5_000)}`,
    `CreateAccount ${"x".repeat(16_000)}`,
    "CreateAccount \u0000",
    "CreateAccount \u001b[2J",
    "CreateAccount",
    "transfer(__proto__->constructor, 1)",
    "AdjustAccount toString 1",
    '{"tag":"BySwiftId","contents":1}',
    "(let ((x x)) x)",
    "transfer(Acct1->Acct2, 1%1",
    "transfer(Acct1->Acct2, -1%1)",
    "\u0000".repeat(16_000),
    " ".repeat(16_384),
  ];
  for (const command of poison) {
    const outcome = run(ledger, command);
    t.false(outcome.ok, command.slice(0, 60));
    t.deepEqual(outcome.diff, []);
    t.true(outcome.text.length < 300, outcome.text.slice(0, 400));
  }
  t.is(run(ledger, "ObserveAccounts").text, before);
});
