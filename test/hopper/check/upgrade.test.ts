/** Which versions may follow which. */
import test from "ava";
import { checkUpgrade } from "../../../hopper/check/upgrade.ts";
import { accepted } from "./modules.ts";

const head = `module shop
data Item = Item { name : Text, price : Nat }
data Seal = private Seal { by : Principal }
asset Ticket = Ticket { n : Nat }
data Note = Note { text : Text }
table stock : Id => Item
table tickets : Id => Ticket
table notes : Id => Note
data Rule = Rule { cost : (Item, Nat) -> Nat }
table rules : Id => Rule
pub fn cost (i : Item) -> Nat = i.price
pub proc find (k : Id) -> Item reads stock = get stock[k] else None
command add (k : Id, i : Item) =
  put stock[k] = i
`;

const stays: readonly (readonly [string, (text: string) => string])[] = [
  ["the same text", (text) => text],
  ["a new table after the others", (text) => `${text}table more : Id => Nat\n`],
  [
    "a new function, and another body",
    (text) => `${text.replace("= i.price", "= i.price + 0")}pub fn two () -> Nat = 2\n`,
  ],
  ["a type that nobody stores", (text) => `${text}data Other = Other\n`],
  ["rows that are migrated", (text) => migrated(text, "text : Text")],
  [
    "new functions for rows",
    (text) => `${text}command rule (k : Id, by : Nat) = put rules[k] = Rule((i, n) => i.price * n + by)\n`,
  ],
  [
    "functions in rows that are migrated",
    (text) =>
      `${text.replace("(Item, Nat) -> Nat", "(Item, Int) -> Nat")}data Was = Was { cost : (Item, Nat) -> Nat }
migrate table rules (was : Was) = Rule((item, n) => abs(n))\n`,
  ],
];

function migrated(text: string, old: string): string {
  const next = text.replace("text : Text", "text : Text, size : Nat");
  return `${next}data Before = Before { ${old} }\nmigrate table notes (b : Before) = Note(b.text, 0)\n`;
}

for (const [name, change] of stays) {
  test(`may follow: ${name}`, (t) => {
    t.deepEqual(
      checkUpgrade(accepted(head), accepted(change(head))).map((d) => d.message),
      [],
    );
  });
}

const refused: readonly (readonly [string, string, (text: string) => string])[] = [
  ["a table that is gone", "upgrade-table", (text) => text.replace("table tickets : Id => Ticket\n", "")],
  [
    "tables in another order",
    "upgrade-table",
    (text) => text.replace("table stock", "table first : Id => Nat\ntable stock"),
  ],
  ["another key", "upgrade-key", (text) => text.replace("tickets : Id", "tickets : Text")],
  [
    "rows of another type",
    "upgrade-rows",
    (text) => text.replace("asset Ticket = Ticket { n : Nat }", "asset Ticket = Ticket { n : Int }"),
  ],
  ["a row with one more choice", "upgrade-rows", (text) => text.replace("{ n : Nat }", "{ n : Nat } | Gone")],
  [
    "functions in rows with another argument",
    "upgrade-rows",
    (text) => text.replace("(Item, Nat) ->", "(Item, Int) ->"),
  ],
  ["functions in rows with another result", "upgrade-rows", (text) => text.replace("Nat) -> Nat }", "Nat) -> Text }")],
  ["functions in rows with one more argument", "upgrade-rows", (text) => text.replace("(Item, Nat", "(Item, Nat, Nat")],
  [
    "a migration from functions of another type",
    "upgrade-migration",
    (text) => `${text.replace("(Item, Nat) -> Nat", "(Item, Int) -> Nat")}data Was = Was { cost : (Item, Text) -> Nat }
migrate table rules (was : Was) = Rule((item, n) => abs(n))\n`,
  ],
  ["a migration from something else", "upgrade-migration", (text) => migrated(text, "text : Text, more : Nat")],
  ["a public function that is gone", "upgrade-export", (text) => text.replace("pub fn cost", "fn cost")],
  [
    "a public function with another result",
    "upgrade-signature",
    (text) => text.replace("-> Nat = i.price", "-> Int = i.price"),
  ],
  ["a function that may loop now", "upgrade-form", (text) => text.replace("pub fn cost", "pub rec fn cost")],
  [
    "a proc that writes more",
    "upgrade-effects",
    (text) => text.replace("reads stock = get", 'writes stock =\n  put stock[k] = Item("a", 1)\n  get'),
  ],
  [
    "a command with another parameter",
    "upgrade-signature",
    (text) => text.replace("add (k : Id, i : Item)", "add (k : Id, j : Nat, i : Item)"),
  ],
  ["a command that is gone", "upgrade-export", (text) => text.replace("command add", "command insert")],
  ["a seal that all may make", "upgrade-private", (text) => text.replace("private Seal", "Seal")],
];

for (const [name, code, change] of refused) {
  test(`may not follow: ${name}`, (t) => {
    const text = change(head);
    t.not(text, head);
    const found = checkUpgrade(accepted(head), accepted(text));
    t.true(
      found.some((d) => d.code === code),
      JSON.stringify(found),
    );
  });
}

test("a module follows only one of its own path", (t) => {
  const found = checkUpgrade(accepted(head), accepted(head.replace("module shop", "module shops")));
  t.is(found[0]?.code, "upgrade-path");
});
