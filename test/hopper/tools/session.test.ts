/** Lines typed into a machine of one's own: what they mean, what they change, and that it can be undone. */
import { createHash } from "node:crypto";
import test from "ava";
import { exportState } from "../../../hopper/run/state-bytes.ts";
import type { FindSource, Source } from "../../../hopper/tools/load-modules.ts";
import { runLine, typeOf } from "../../../hopper/tools/run-line.ts";
import { emptySource, type Session, startSession, undo } from "../../../hopper/tools/session.ts";
import { showCalled } from "../../../hopper/tools/show-called.ts";
import { namesIn } from "../../../hopper/tools/show-effects.ts";
import { coinSource, escrowSource } from "../check/modules.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const coin: Source = { file: "coin.hop", text: coinSource };
const find: FindSource = (path) => (path === "std/coin" ? coin : undefined);

function sessionOf(source: Source): Session {
  const session = startSession({ sha256, find }, source);
  if ("refused" in session) throw new Error(session.refused);
  return session;
}

/** As the prompt shows it. */
function say(session: Session, line: string): string {
  const ran = runLine(session, line);
  if ("refused" in ran) return ran.refused;
  if ("defined" in ran) return ran.defined;
  const names = namesIn('key("bank") key("alice") key("bob") key("seller")', sha256);
  return showCalled(session.machine, ran.type, ran.called, names).replace(/\n {2}\d+ gas$/, "");
}

const cast = [
  'let bank = key("bank")',
  'let usd = Unit(bank, "USD")',
  'let alice = main(key("alice"))',
  'let bob = main(key("bob"))',
];

test("names are given, commands called by signers, and rows and events shown", (t) => {
  const session = sessionOf(coin);
  t.is(say(session, cast[0] ?? ""), 'key("bank") : Principal');
  for (const line of cast.slice(1)) say(session, line);
  t.is(say(session, "issue(usd, alice, 100)"), "failed with NotSigned");
  t.is(
    say(session, "as bank call issue(usd, alice, 100)"),
    [
      "() : ()",
      '  + std/coin.purse[Unit { issuer = key("bank"), code = "USD" }, Account { owner = key("alice"), name = "main" }] = Coin { unit = Unit { issuer = key("bank"), code = "USD" }, amount = 100 }',
      '  ! Issued { u = Unit { issuer = key("bank"), code = "USD" }, to = Account { owner = key("alice"), name = "main" }, n = 100 }',
    ].join("\n"),
  );
  t.is(say(session, "get purse[usd, alice].amount"), "100 : Nat");
  session.signers = ['key("alice")'];
  t.regex(say(session, "transfer(usd, alice, bob, 30)"), /^\(\) : \(\)\n {2}- .* = 100 \}\n {2}\+ .*amount = 70/);
  t.is(say(session, "(get purse[usd, alice].amount, get purse[usd, bob].amount)"), "(70, 30) : (Nat, Nat)");
  t.regex(say(session, "deposit(bob, withdraw(usd, alice, 7, auth))"), /amount = 63/);
});

test("undo brings back rows, names and definitions, to the very bytes", (t) => {
  const session = sessionOf(coin);
  const states: string[] = [];
  const lines = [
    ...cast,
    "as bank call issue(usd, alice, 100)",
    "fn twice (n : Nat) -> Nat = 2 * n",
    'as key("alice") call transfer(usd, alice, bob, twice(50))',
    'as key("bob") call retire(usd, bob, 100)',
  ];
  const snapshot = () =>
    `${Buffer.from(exportState(session.machine)).toString("hex")} ${session.lets.length} ${session.base.text}`;
  for (const line of lines) {
    states.push(snapshot());
    const said = say(session, line);
    t.notRegex(said, /error|failed/, said);
  }
  for (const before of states.toReversed()) {
    t.not(undo(session), undefined);
    t.is(snapshot(), before);
  }
  t.is(undo(session), undefined);
});

test("what is defined is there for later lines, and tables keep their rows", (t) => {
  const session = sessionOf(emptySource);
  const lines: readonly (readonly [string, string])[] = [
    ["1 + 2", "3 : Nat"],
    ["use std/coin (Unit)", "use std/coin (Unit)"],
    ["data Colour = Red | Green", "data Colour = Red | Green"],
    ["table seen : Colour => Nat", "table seen : Colour => Nat"],
    ["put seen[Red] = 1", "() : ()\n  + prompt.seen[Red] = 1"],
    ["command see (c : Colour) =\n  let n = take seen[c] or 0\n  put seen[c] = n + 1", "command see (c : Colour) ="],
    ["see(Red)", "() : ()\n  - prompt.seen[Red] = 1\n  + prompt.seen[Red] = 2"],
    ["[get seen[Red], 7]", "[2, 7] : List(Nat)"],
    ['Unit(key("bank"), "USD").code', '"USD" : Text'],
    ['as key("bank") call coin.issue(Unit(key("bank"), "USD"), coin.main(key("alice")), 5)', ""],
    ["let x = 1", "1 : Nat"],
    ["let y = x + 1", "2 : Nat"],
    ["let x = y + 10", "12 : Nat"],
    ["x", "12 : Nat"],
    ["fail Enough", "failed with Enough in promptLine"],
  ];
  for (const [line, shown] of lines) {
    const said = say(session, line);
    if (shown === "") t.regex(said, /\+ std\/coin.purse/);
    else t.is(said, shown);
  }
});

test("mistakes are shown in the line itself, and change nothing", (t) => {
  const session = sessionOf(coin);
  for (const [line, shown] of [
    ["1 + true", "line:1:1: error: `+` is not known between Nat and Bool"],
    ["let z = wrong + 1", "line:1:1: error: there is no `wrong` here"],
    ["let c = now", "line:1:1: error: `now` is known only to a proc or a command"],
    ["issue(1, 2)", "line:1:1: error: issue takes 3 arguments, and here are 2"],
    ["fn f () -> Nat = true", "line:1:18: error: this is a Bool"],
    ["use std/nothing", "line:1:1: error: there is no module std/nothing"],
    ["((", "line:1:3: error: "],
    ["as bank call issue(usd, alice, 1)", "line:1:4: error: there is no `bank`"],
  ] as const) {
    const said = say(session, line);
    t.true(said.startsWith(shown), `${line}\n${said}`);
  }
  t.is(session.past.length, 0);
});

test("the type of an expression, and signatures by name", (t) => {
  const session = sessionOf({ file: "escrow.hop", text: escrowSource });
  t.deepEqual(typeOf(session, "[(1, true)]"), { type: "List((Nat, Bool))" });
  t.deepEqual(typeOf(session, "settle"), { type: "command settle (id : Id, v : Verdict) -> ()" });
  t.deepEqual(typeOf(session, "coin.retire"), {
    type: "command coin.retire (u : Unit, from : Account, n : Nat) -> ()",
  });
  t.deepEqual(typeOf(sessionOf(coin), "join"), { type: "fn join (a : Coin, b : Coin) -> Coin" });
});

test("time is said by a line or by the session", (t) => {
  const session = sessionOf(emptySource);
  say(session, "command when () = now");
  t.is(say(session, "at 1970-01-01T00:01Z call when()"), "60000 : Time");
  session.time = "1970-01-02T00:00Z";
  t.is(say(session, "when()"), "86400000 : Time");
  t.is(say(session, "now"), "86400000 : Time");
});
