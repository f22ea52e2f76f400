/** Programs that pass, one for each thing the language can say. */
import test from "ava";
import { check, show } from "./modules.ts";

const gem = "asset Gem = Gem { n : Nat }\ntable vault : Id => Gem\n";

const programs: Readonly<Record<string, string>> = {
  "numbers of all kinds": `fn f (a : Nat, b : Int, r : Rat) -> (Nat, Int, Rat, Rat) =
  (a + 1, a + b - 2, r * 2 - 1%3, 0.25)`,
  "a Nat is an Int": "fn f (a : Nat) -> Int = a",
  "texts and bytes": 'fn f (t : Text, b : Bytes) -> (Text, Bytes, Bool) = (t ++ "a\\n", b ++ 0x"ff00", t < "b")',
  "times and durations": "fn f (t : Time) -> Bool = t + days(21) < 2026-11-23T00:00Z && t - t < hours(2)",
  "division, by name": "fn f (a, b : Int) -> (Int, Int) = (div(a, b), mod(a, b))",
  "lists and loops": "fn sum (xs : List(Nat)) -> Nat =\n  for x in xs, acc = 0 { acc + x }",
  "a list of Ints of Nats": "fn f (n : Nat) -> List(Int) = [n, 1, -1]",
  "matching lists": "fn count (xs : List(Nat)) -> Nat =\n  match xs { [] => 0, [_] => 1, [_, ..ys] => 1 + count(ys) }",
  maps: "fn f (k : Text) -> Nat =\n  let m = insert(emptyMap(), k, 1)\n  match lookup(m, k) { Just(n) => n, Nothing => 0 }",
  "a map of a written type": "fn f () -> Map(Text, Nat) = emptyMap()",
  "Maybe and Result":
    'fn f (a : Int) -> Result(Nat, Text) =\n  match nat(a) { Just(n) => Ok(n), Nothing => Err("below 0") }',
  "else on a Maybe": "fn f (r : Rat) -> Nat = exactNat(r * 100) else FractionOfACent",
  "else on a Result": "fn f (r : Result(Nat, Text)) -> Nat = r else Wrong",
  "records by name, position and short": `data P = P { x, y : Nat }
fn f (x : Nat) -> (P, P, P) = (P(x, 1), P { y = 1, x = x }, P { x, y = 2 })`,
  "fields of fields": "data In = In { n : Nat }\ndata Out = Out { in2 : In }\nfn f (o : Out) -> Nat = o.in2.n",
  "several values matched":
    "fn f (a, b : Maybe(Nat)) -> Nat =\n  match a, b { Just(x), Just(y) => x + y, Just(x), _ => x, _, _ => 0 }",
  "values matched":
    'fn f (n : Int, t : Text, b : Bool) -> Nat =\n  match n, t, b { -1, "a", true => 1, _, _, false => 2, _, _, _ => 3 }',
  "types that contain themselves":
    "data Tree = Leaf | Node(Tree, Nat, Tree)\nfn sum (t : Tree) -> Nat =\n  match t { Leaf => 0, Node(l, n, r) => sum(l) + n + sum(r) }",
  "a tree of lists":
    "data Rose (A : Type) = Rose(A, List(Rose(A)))\nfn count {A : Data} (r : Rose(A)) -> Nat =\n  match r { Rose(_, kids) => for k in kids, n = 1 { n + count(k) } }",
  "types that contain each other": "data Even = Zero | Even1(Odd)\ndata Odd = Odd1(Even)",
  "counting down": "fn down (n : Nat) -> Nat = if n == 0 then 0 else down(n - 1)",
  "what may loop":
    "rec fn collatz (n : Nat, steps : Nat) -> Nat =\n  if n == 1 then steps else if mod(n, 2) == 0 then collatz(abs(div(n, 2)), steps + 1) else collatz(3 * n + 1, steps + 1)",
  "functions that call each other":
    "rec fn even (n : Nat) -> Bool = if n == 0 then true else odd(n - 1)\nrec fn odd (n : Nat) -> Bool = if n == 0 then false else even(n - 1)",
  "functions as values":
    "fn map {A : Type, B : Type} (xs : List(A), f : (A) -> B) -> List(B) =\n  for x in xs, out = [] { append(out, f(x)) }\nfn g (k : Nat) -> List(Nat) = map([1, 2], (x) => x + k)",
  "a function's name as a value":
    "fn twice (n : Nat) -> Nat = n * 2\nfn apply (f : (Nat) -> Nat, n : Nat) -> Nat = f(n)\nfn g () -> Nat = apply(twice, 4)",
  "what is built in as a value": "fn apply (f : (Int) -> Nat, n : Int) -> Nat = f(n)\nfn g () -> Nat = apply(abs, -4)",
  "one code for Data and assets": `${gem}fn swap {A : Type, B : Type} (p : (A, B)) -> (B, A) =
  let (a, b) = p
  (b, a)
fn f (c : Gem) -> (Gem, Nat) = swap((1, c))`,
  "a once function holds an asset": `${gem}fn run {A : Type} (f : () -> A once) -> A = f()
fn g (c : Gem) -> Gem = run(() => c)`,
  "a function for many uses serves for one":
    "fn run (f : () -> Nat once) -> Nat = f()\nfn g (n : Nat) -> Nat = run(() => n)",
  "an asset handed from round to round": `${gem}fn join (a, b : Gem) -> Gem =
  match a, b { Gem(x), Gem(y) => Gem(x + y) }
fn all (cs : List(Gem), start : Gem) -> Gem =
  for c in cs, acc = start { join(acc, c) }`,
  "a look before the use": `${gem}fn f (c : Gem) -> (Nat, Gem) = (c.n, c)`,
  "a branch that fails may keep what it holds": `${gem}proc f (k : Id, c : Gem, b : Bool) -> () =
  if b then { put vault[k] = c } else fail Refused`,
  "a match that fails in one case": `${gem}proc f (k : Id, m : Maybe(Nat)) -> Gem =
  let c = take vault[k] else None
  match m { Just(_) => c, Nothing => fail Refused }`,
  "both branches use it up": `${gem}proc f (a, b : Id, c : Gem, x : Bool) -> () =
  if x then { put vault[a] = c } else { put vault[b] = c }`,
  "get of a field of an asset": `${gem}pub proc f (k : Id) -> Nat reads vault = get vault[k].n else None`,
  "take or another": `${gem}proc f (k : Id) -> Gem = take vault[k] or Gem(0)`,
  "Maybe of an asset": `${gem}fn f (m : Maybe(Gem)) -> Nat =\n  match m { Just(Gem(n)) => n, Nothing => 0 }`,
  "an asset in an asset": `${gem}asset Box = Box { gem : Gem, n : Nat }
proc open (b : Box, k : Id) -> Nat =
  let Box { gem, n } = b
  put vault[k] = gem
  n`,
  "an asset of any type":
    "asset Locked (A : Type) = Locked { what : A, until : Time }\nproc open {A : Type} (l : Locked(A)) -> A =\n  let Locked { what, until } = l\n  require until < now else TooEarly\n  what",
  "evidence is copied, not kept":
    "proc two (a : Auth) -> (Principal, Principal) = (a.who, a.who)\nproc both (a : Auth) -> () =\n  let (x, y) = two(a)\n  require x == y && a.who == x else Odd",
  "several keys": "table t : (a : Text, b : Nat) => Nat\ncommand f (a : Text) =\n  put t[a, 1] = get t[a, 0] or 7",
  "put new with its fault": "table t : Id => Nat\ncommand f (k : Id) =\n  put new t[k] = 1 else Taken",
  "rows of Data may be taken, too": "table t : Id => Nat\ncommand f (k : Id) = take t[k] else None",
  "signers and quorums":
    "command f (ps : List(Principal), p : Principal) =\n  require signer(p) && signer(atLeast(2, ps)) else TooFew\n  let by = quorum(2, ps) else TooFew\n  by.who",
  "keys, roles and groups": 'fn f (org : Principal) -> Principal = atLeast(2, [key("a"), role(org, "clerk"), org])',
  "an event": "event Seen { k : Id, ns : List(Nat) }\ncommand f (k : Id) =\n  emit Seen { k, ns = [1] }",
  "use of another module":
    "use std/coin (Unit, Account)\ncommand f (u : Unit, a, b : Account) signed by a.owner =\n  moves u : a - 1, b + 1\n  coin.pay(u, a, b, 1, auth)",
  "use under another name": "use std/coin as money\nfn f (p : Principal) -> money.Account = money.main(p)",
  "a private constructor at home":
    "data Seal = private Seal { by : Principal }\npub fn seal (p : Principal) -> Seal = Seal(p)",
  "a law": "law joins (a, b : Text) = textSize(a ++ b) == textSize(a) + textSize(b)",
  "a test":
    'command f (n : Nat) signed by key("a") = n + 1\ntest "adds" {\n  let a = key("a")\n  as a at 2026-01-01T00:00Z call f(1) expect ok 2\n  call f(1) expect fault NotSigned\n  check a == key("a")\n}',
  "a migration":
    "data Old = Old(Nat)\ntable t : Id => Text\nmigrate table t (old : Old) =\n  match old { Old(n) => showInt(n) }",
  "functions in tables, events and results": `data Rule = Rule { name : Text, price : (Nat) -> Nat }
table rules : Id => Rule
table plain : Id => (Nat) -> Nat
event Kept { rule : Rule }
command keep (k : Id, least : Nat) =
  let rule = Rule { name = "at least", price = (n) => if n < least then least else n }
  put rules[k] = rule
  put plain[k] = rule.price
  emit Kept { rule }
  rule.price
command price (k : Id, n : Nat) =
  let f = get rules[k].price
  f(n)`,
  "functions of assets in tables, and functions in assets": `${gem}table cuts : Id => (Gem) -> (Gem, Gem)
asset Box = Box { worth : (Nat) -> Nat, gem : Gem }
table boxes : Id => Box
command put2 (k : Id) =
  put cuts[k] = (g) => { match g { Gem(n) => (Gem(n), Gem(0)) } }
command cut (k, to : Id) =
  let f = get cuts[k]
  let (a, b) = f(take vault[k])
  put boxes[k] = Box { worth = (n) => n * 2, gem = a }
  put vault[to] = b`,
  "a function that captured functions":
    "table t : Nat => (Nat) -> Nat\ncommand more (k : Nat) =\n  let f = get t[k]\n  put t[k] = (n) => f(n) + 1",
  "a function that may loop is stored":
    "rec fn ever (n : Nat) -> Nat = ever(n)\ntable t : Nat => (Nat) -> Nat\ncommand f () =\n  put t[1] = ever\n  put t[2] = (n) => ever(n)",
  "generic functions by name":
    "fn same {A : Data} (a : A) -> A = a\ntable t : Nat => (Nat) -> Nat\ncommand f () =\n  put t[1] = same",
  "what never returns beside what does":
    'fn f (b : Bool) -> (Nat, Text) =\n  let (n, t) = if b then (1, fail No) else (fail No, "a")\n  let none = () => fail No\n  (n, t)',
  "who may upgrade": 'module x upgrade by atLeast(2, [key("a"), key("b")])\nfn f () -> Nat = 1',
};

for (const [what, body] of Object.entries(programs)) {
  test(what, (t) => {
    const source = body.startsWith("module") ? body : `module a\n${body}\n`;
    const checked = check(source);
    t.true(checked.ok, checked.ok ? "" : checked.diagnostics.map((d) => show(source, d)).join("\n"));
  });
}
