import test from "ava";
import fc from "fast-check";
import { isAccountName } from "../../../hopper/demo/account-name.ts";
import { amountDigitsMax, commandBytesMax, nameCodePointsMax, routeNamesMax } from "../../../hopper/demo/limits.ts";
import { type Command, parse } from "../../../hopper/demo/parse.ts";
import { rational } from "../../../hopper/demo/rational.ts";
import { hold } from "./hold.ts";

const ten = rational(10n, 1n);
const minusTen = rational(-10n, 1n);

const accepted: readonly (readonly [text: string, command: Command])[] = [
  ["CreateAccount Acct1", { kind: "createAccount", account: "Acct1" }],
  [" \tCreateAccount \t Acct1 \r\n", { kind: "createAccount", account: "Acct1" }],
  ["CreateAccount __proto__", { kind: "createAccount", account: "__proto__" }],
  ["CreateAccount Zoë😀", { kind: "createAccount", account: "Zoë😀" }],
  ["CreateAccount 100:%+\"'", { kind: "createAccount", account: "100:%+\"'" }],
  ["ObserveAccount Acct1", { kind: "observeAccount", account: "Acct1" }],
  ["ObserveAccounts", { kind: "observeAccounts" }],
  ...[
    "10",
    "10%1",
    "20%2",
    "(10)",
    "(10)%1",
    "(10%1)",
    "((10)%1)",
    "((10%1))",
    "10 % 1",
    "( ( 10 ) % 1 )",
    "0010%01",
  ].map((amount) => [`AdjustAccount A ${amount}`, { kind: "adjustAccount", account: "A", amount: ten }] as const),
  ...["-10", "-10%1", "(-10)%1", "((-10)%1)", "(-10%1)", "((-10))", "(-10) % 1"].map(
    (amount) => [`AdjustAccount A ${amount}`, { kind: "adjustAccount", account: "A", amount: minusTen }] as const,
  ),
  ["AdjustAccount A 2%4", { kind: "adjustAccount", account: "A", amount: rational(1n, 2n) }],
  ["transfer(Acct1->Acct2, 1%1)", { kind: "transfer", route: ["Acct1", "Acct2"], amount: rational(1n, 1n) }],
  ["transfer(a->b->c,10)", { kind: "transfer", route: ["a", "b", "c"], amount: ten }],
  ["transfer ( a -> b -> a , ( 10 ) % 1 ) ", { kind: "transfer", route: ["a", "b", "a"], amount: ten }],
  ["transfer(a->b, 0%1)", { kind: "transfer", route: ["a", "b"], amount: rational(0n, 1n) }],
];

for (const [text, command] of accepted) {
  test(`reads ${JSON.stringify(text)}`, (t) => t.deepEqual(parse(text), { ok: true, command }));
}

const commandsAre = "commands are CreateAccount, AdjustAccount, ObserveAccount, ObserveAccounts, transfer";
const refused: readonly (readonly [text: string, at: number, what: string, hint?: string])[] = [
  ["", 0, "the command is empty", commandsAre],
  ["   ", 3, "the command is empty", commandsAre],
  ["CreatAccount x", 0, 'unknown command "CreatAccount"', "did you mean CreateAccount?"],
  ["  observeaccounts", 2, 'unknown command "observeaccounts"', "did you mean ObserveAccounts?"],
  ["Transfer(a->b, 1)", 0, 'unknown command "Transfer"', "did you mean transfer?"],
  ["frobnicate", 0, 'unknown command "frobnicate"', commandsAre],
  ["(#transfer)", 0, 'expected a command, found "(#transfer)"', commandsAre],
  ["constructor x", 0, 'unknown command "constructor"', commandsAre],
  ['{"tag":"And"}', 0, 'unknown command "{\\"tag\\":\\"And\\"}"', commandsAre],
  ["\u001b[2J", 0, 'unknown command "\\ESC[2J"', commandsAre],
  ["x".repeat(40), 0, `unknown command "${"x".repeat(32)}"...`, commandsAre],
  ["CreateAccount", 13, "an account name is missing", "for example: CreateAccount Acct1"],
  ["CreateAccount a b", 16, 'expected the end of the command, found "b"'],
  ["CreateAccount a-b", 15, 'an account name may not contain "-"'],
  ["CreateAccount a\u0000", 15, 'an account name may not contain "\\NUL"'],
  ["CreateAccount a\u00a0b", 15, 'an account name may not contain "\\160"'],
  ["CreateAccount \u202eb", 14, 'an account name may not contain "\\8238"'],
  ["CreateAccount(a)", 13, 'an account name may not contain "("'],
  ["ObserveAccount", 14, "an account name is missing", "for example: ObserveAccount Acct1"],
  ["ObserveAccounts now", 16, 'expected the end of the command, found "now"'],
  ["AdjustAccount Acct1", 19, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 ten", 20, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 +1", 20, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 --1", 21, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 ١%1", 20, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 1.5", 21, "an amount is a fraction n%d: 1.5 is written 3%2"],
  ["AdjustAccount Acct1 1%0", 22, "the denominator must not be 0"],
  ["AdjustAccount Acct1 0%0", 22, "the denominator must not be 0"],
  ["AdjustAccount Acct1 1%000", 22, "the denominator must not be 0"],
  ["AdjustAccount Acct1 1%", 22, 'expected the denominator after "%"'],
  ["AdjustAccount Acct1 1%-1", 22, 'expected the denominator after "%"'],
  ["AdjustAccount Acct1 (1%1", 24, 'expected ")"'],
  ["AdjustAccount Acct1 1%1)", 23, 'expected the end of the command, found ")"'],
  ["AdjustAccount Acct1 (((1)))", 22, "expected an amount such as 100%1"],
  ["AdjustAccount Acct1 1%1 and more", 24, 'expected the end of the command, found "and more"'],
  ["AdjustAccount Acct1 1e5", 21, 'expected the end of the command, found "e5"'],
  ["transfer", 8, 'expected "("'],
  ["transfer()", 9, "an account name is missing"],
  ["transfer(a->b, 1%1", 18, 'expected ")"'],
  ["transfer(a->b, 1%1)x", 19, 'expected the end of the command, found "x"'],
  ["transfer(a->b)", 13, 'expected "->" and an account, or "," and the amount'],
  ["transfer(a-b, 1)", 10, 'expected "->" and an account, or "," and the amount'],
  ["transfer(a->, 1)", 12, "an account name is missing"],
  ["transfer(->b, 1)", 9, "an account name is missing"],
  ["transfer(a b->c, 1)", 11, 'expected "->" and an account, or "," and the amount'],
  ["transfer(a->b, -1%1)", 15, "the amount of a transfer must not be negative"],
  ["transfer(a->b, 1%0)", 17, "the denominator must not be 0"],
  ["transfer(a->b, 1%1, 1)", 18, 'expected ")"'],
];

for (const [text, at, what, hint] of refused) {
  test(`refuses ${JSON.stringify(text)}: ${what}`, (t) => {
    const parsed = parse(text);
    if (parsed.ok) return t.fail("it was read");
    t.is(parsed.text, `Parse error at character ${at + 1}: ${what}`);
    t.is(parsed.position, at);
    if (hint !== undefined) t.is(parsed.hint, hint);
  });
}

test("a route of one account leads nowhere, in Juno's own words", (t) => {
  const parsed = parse("transfer(a, 1%1)");
  t.false(parsed.ok);
  t.is(parsed.ok ? "" : parsed.text, "Language Error: Error: No Endpoint Account Specified!");
});

test("limits hold at max - 1, max and max + 1", (t) => {
  const read = (text: string): boolean => parse(text).ok;
  for (const [step, isRead] of [
    [-1, true],
    [0, true],
    [1, false],
  ] as const) {
    t.is(read(`CreateAccount ${"x".repeat(nameCodePointsMax + step)}`), isRead);
    t.is(read(`CreateAccount ${"😀".repeat(nameCodePointsMax + step)}`), isRead);
    t.is(read(`AdjustAccount a ${"9".repeat(amountDigitsMax + step)}`), isRead);
    t.is(read(`AdjustAccount a 1%${"9".repeat(amountDigitsMax + step)}`), isRead);
    t.is(
      read(
        `transfer(${Array(routeNamesMax + step)
          .fill("a")
          .join("->")}, 1)`,
      ),
      isRead,
    );
    t.is(read(`ObserveAccounts${" ".repeat(commandBytesMax - 15 + step)}`), isRead);
  }
  for (const [unit, bytes] of [
    ["é", 2],
    ["あ", 3],
    ["😀", 4],
  ] as const) {
    const countMax = Math.floor((commandBytesMax - 1) / bytes);
    const text = (count: number): string => {
      const parsed = parse(` ${unit.repeat(count)}`);
      return parsed.ok ? "it was read" : parsed.text;
    };
    t.regex(text(countMax), /unknown command/);
    t.regex(text(countMax + 1), /longer than 16384 bytes/);
  }
  const names = Array(routeNamesMax).fill("😀".repeat(nameCodePointsMax)).join("->");
  const digits = "9".repeat(amountDigitsMax);
  t.true(read(`transfer(${names},${digits}%${digits})`), "a full route of full names fits");
});

test("parse never throws, and a failure is one line of ASCII that points into the text", (t) => {
  const piece = fc.oneof(
    fc.constantFrom(
      "CreateAccount",
      "AdjustAccount",
      "ObserveAccounts",
      "transfer",
      "(",
      ")",
      "->",
      ",",
      "%",
      "-",
      "0",
    ),
    fc.constantFrom(" ", "\n", "Acct1", "\ud800", "\u0000", "99999999999999999999", "1%0"),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  );
  hold(
    t,
    fc.property(text, (input) => {
      const parsed = parse(input);
      if (parsed.ok) return;
      t.regex(parsed.text, /^[ -~]+$/);
      t.regex(parsed.hint, /^[ -~]*$/);
      t.true(parsed.position >= 0 && parsed.position <= input.length);
    }),
    5000,
  );
});

test("one rule for names: what can be created can be adjusted, observed and paid", (t) => {
  const name = fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 8 }), fc.string({ minLength: 1 }));
  hold(
    t,
    fc.property(name, (account) => {
      const isName = isAccountName(account);
      const commands = [
        parse(`CreateAccount ${account}`),
        parse(`ObserveAccount ${account}`),
        parse(`AdjustAccount ${account} 1`),
        parse(`transfer(${account}->${account}, 1)`),
      ];
      if (isName) for (const parsed of commands) t.true(parsed.ok, JSON.stringify(account));
      // Blanks at the ends are not part of a name, so they are no reason to refuse these two.
      else if (account.trim() === account) for (const parsed of commands.slice(0, 2)) t.false(parsed.ok);
      for (const parsed of commands) {
        if (!parsed.ok) continue;
        const { command } = parsed;
        if (command.kind === "transfer") t.true(command.route.every(isAccountName));
        else if (command.kind !== "observeAccounts") t.true(isAccountName(command.account));
      }
    }),
    3000,
  );
});
