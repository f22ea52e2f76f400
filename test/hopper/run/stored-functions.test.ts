/** Functions in tables: what a module keeps as a function runs later as it was made, on all nodes alike. */
import test from "ava";
import { ownerKey, startNodes } from "./three-nodes.ts";

/** Prices by rules that are kept as functions; each rule may hold the one before it. */
const shop = `module shop upgrade by ${ownerKey}
data Price = Price { net : Nat, tax : Rat }
data Rule = Rule { name : Text, price : (Price, Nat) -> Price }
event Ruled { item : Text, rule : Rule }
table rules : Text => Rule
fn plain (p : Price, n : Nat) -> Price = Price(p.net * n, p.tax)
command open (item : Text) =
  put rules[item] = Rule("plain", plain)
command discount (item : Text, least, percent : Nat) =
  let before = get rules[item] else NoRule
  let price = before.price
  let rule = Rule("discount", (p, n) => {
    let whole = price(p, n)
    if n < least then whole else Price(abs(div(whole.net * (100 - percent), 100)), whole.tax)
  })
  put rules[item] = rule
  emit Ruled { item, rule }
command total (item : Text, net : Nat, tax : Rat, n : Nat) =
  let rule = get rules[item] else NoRule
  let price = rule.price
  let found = price(Price(net, tax), n)
  floor(rat(found.net) * (1%1 + found.tax))
pub fn halved () -> (Nat) -> Nat = (n) => abs(div(n, 2))
command show (item : Text) = get rules[item] else NoRule
`;

const given = (text: string): string => text.replace(/ for \d+ gas.*$/s, "");

test("rules of prices are kept as functions, and applied by later commands", (t) => {
  const nodes = startNodes(t);
  t.true(nodes.publish(shop).ok);
  t.true(nodes.call("shop", "open", "tea").ok);
  const total = (n: number): string => given(nodes.call("shop", "total", "tea", 10, { n: 1, d: 5 }, n).text);
  t.is(total(7), "84");
  t.true(nodes.call("shop", "discount", "tea", 5, 10).ok);
  t.is(total(4), "48");
  t.is(total(10), "108");
  const twice = nodes.call("shop", "discount", "tea", 10, 50);
  t.true(twice.ok, twice.text);
  t.is(total(10), "54");
  t.is(total(9), "97");
});

test("functions are shown by name, module, version and what they hold", (t) => {
  const nodes = startNodes(t);
  nodes.publish(shop);
  const hash = nodes.compiled.machine.names.get("shop")?.current.slice(0, 8);
  const opened = nodes.call("shop", "open", "tea");
  t.deepEqual(opened.diff, [
    { key: 'shop.rules["tea"]', before: null, after: `Rule { name = "plain", price = <fn plain of shop@${hash}> }` },
  ]);
  const ruled = nodes.call("shop", "discount", "tea", 5, 10);
  const rule = `Rule { name = "discount", price = <fn 4 in discount of shop@${hash}: 5, 10, <fn plain of shop@${hash}>> }`;
  t.is(ruled.diff[0]?.after, rule);
  t.true(ruled.text.endsWith(`\nRuled { item = "tea", rule = ${rule} }`), ruled.text);
  t.is(given(nodes.call("shop", "show", "tea").text), rule);
});

test("a stored function stays what it was when its module has a next version", (t) => {
  const nodes = startNodes(t);
  nodes.publish(shop);
  const first = nodes.compiled.machine.names.get("shop")?.current.slice(0, 8);
  nodes.call("shop", "open", "tea");
  nodes.call("shop", "discount", "tea", 1, 10);
  // Types are declared anew, functions have another place, and what was plain costs more.
  const second = shop
    .replace("fn plain", "fn first () -> Nat = 1\nfn plain")
    .replace("Price(p.net * n, p.tax)", "Price(p.net * n + first(), p.tax)")
    .replace("100 - percent", "100 - 2 * percent");
  const published = nodes.publish(second);
  t.true(published.ok, published.text);
  const total = (item: string): string => given(nodes.call("shop", "total", item, 10, { n: 0, d: 1 }, 10).text);
  t.is(total("tea"), "90");
  t.regex(nodes.call("shop", "show", "tea").text, new RegExp(`<fn \\d+ in discount of shop@${first}`));
  nodes.call("shop", "open", "oil");
  t.is(total("oil"), "101");
  nodes.call("shop", "discount", "oil", 1, 10);
  t.is(total("oil"), "80");
  // A function of the second version that holds one of the first.
  nodes.call("shop", "discount", "tea", 1, 10);
  t.is(total("tea"), "72");
});

test("a migration takes stored functions over, and may hold them in its own", (t) => {
  const nodes = startNodes(t);
  // What a command gives back may not change at all.
  const first = shop.replace(/command show .*\n/, "");
  nodes.publish(first);
  nodes.call("shop", "open", "tea");
  nodes.call("shop", "discount", "tea", 1, 10);
  const changed = first
    .replace("data Price = Price { net : Nat, tax : Rat }", "data Price = Price { net : Nat, tax : Rat, item : Text }")
    .replace("Price(p.net * n, p.tax)", "Price(p.net * n, p.tax, p.item)")
    .replace("percent), 100)), whole.tax)", "percent), 100)), whole.tax, whole.item)")
    .replace("Price(net, tax)", "Price(net, tax, item)");
  t.regex(nodes.publish(changed).text, /^Error: .* the rows of `rules` have another type than those stored$/);
  const migrated = `${changed}data OldPrice = OldPrice { net : Nat, tax : Rat }
data OldRule = OldRule { name : Text, price : (OldPrice, Nat) -> OldPrice }
migrate table rules (old : OldRule) = {
  let price = old.price
  Rule(old.name, (p, n) => {
    let found = price(OldPrice(p.net, p.tax), n)
    Price(found.net + 1, found.tax, p.item)
  })
}
`;
  const published = nodes.publish(migrated);
  t.true(published.ok, published.text);
  t.is(given(nodes.call("shop", "total", "tea", 10, { n: 0, d: 1 }, 10).text), "91");
  const other = migrated.replace("price : (OldPrice, Nat) -> OldPrice", "price : (OldPrice, Int) -> OldPrice");
  t.regex(nodes.publish(other).text, /cannot follow its version before/);
});

const shelf = `module shelf
data Shop = Shop
table kept : Text => (Nat) -> Nat
pub proc keep (name : Text, f : (Nat) -> Nat) -> () writes kept =
  put kept[name] = f
command apply (name : Text, n : Nat) =
  let f = get kept[name]
  f(n)
command twice (name : Text) =
  let f = get kept[name]
  put kept[name] = (n) => f(f(n))
`;

test("functions of modules that the table's module does not know are called", (t) => {
  const nodes = startNodes(t);
  nodes.publish(shelf);
  nodes.publish(shop);
  const maker = `module maker
use shelf
use shop
rec fn ever (n : Nat) -> Nat = ever(n + 1)
fn add {A : Data} (pair : (A, Nat), n : Nat) -> Nat = match pair { (_, m) => n + m }
command make (by : Nat) =
  shelf.keep("add", (n) => add(("a", by), n))
  shelf.keep("halve", shop.halved())
  shelf.keep("fail", (n) => if n == 0 then fail Never else n)
  shelf.keep("ever", ever)
`;
  const published = nodes.publish(maker);
  t.true(published.ok, published.text);
  const made = nodes.call("maker", "make", 5);
  t.true(made.ok, made.text);
  const apply = (name: string, n: number): string => nodes.call("shelf", "apply", name, n).text;
  t.is(given(apply("add", 1)), "6");
  t.is(given(apply("halve", 9)), "4");
  t.true(nodes.call("shelf", "twice", "halve").ok);
  t.is(given(apply("halve", 9)), "2");
  t.is(given(apply("fail", 3)), "3");
  t.regex(apply("fail", 0), /^Fault Never in make, a function inside, for \d+ gas$/);
  t.regex(apply("ever", 0), /^Fault OutOfGas /);
});

test("what a generic function holds of open types is not stored, told or given back", (t) => {
  const nodes = startNodes(t);
  const source = `module hold
event Seen { f : (Nat) -> Nat }
table kept : Nat => List((Nat) -> Nat)
fn sizeOf {A : Data} (xs : List(A)) -> (Nat) -> Nat = (n) => n + size(xs)
fn always {A : Data} (x : A) -> (Nat) -> A = (n) => x
fn plainly {A : Data} (xs : List(A)) -> (Nat) -> Nat = {
  let count = size(xs)
  (n) => n + count
}
fn same {A : Data} (x : A) -> A = x
command store () =
  put kept[1] = [sizeOf([1])]
command tell () =
  emit Seen { f = always(5) }
command give () = (1, sizeOf(["a"]))
command use () =
  let f = sizeOf([1, 2])
  f(1)
command closed () =
  put kept[1] = [same, (n) => { let f = sizeOf([n]) f(n) }, plainly(["a", "b"])]
command sum () =
  for f in get kept[1], acc = 10 { f(acc) }
`.replace("{ let f = sizeOf([n]) f(n) }", "{\n    let f = sizeOf([n])\n    f(n)\n  }");
  const published = nodes.publish(source);
  t.true(published.ok, published.text);
  for (const command of ["store", "tell", "give"]) {
    t.regex(nodes.call("hold", command).text, /^Fault NotStorable/);
  }
  t.is(given(nodes.call("hold", "use").text), "3");
  const closed = nodes.call("hold", "closed");
  t.true(closed.ok, closed.text);
  t.is(given(nodes.call("hold", "sum").text), "13");
});

test("functions inside each other end at the limit of nesting, and a state at the limit is restored", (t) => {
  const nodes = startNodes(t);
  nodes.publish(`module wrap
table own : Nat => (Nat) -> Nat
command begin (by : Nat) =
  put own[0] = (n) => n + by
command wrap (times : Nat) =
  let start = get own[0]
  put own[0] = for i in range(times), f = start { (n) => f(n) }
command apply () =
  let f = get own[0]
  f(1)
`);
  t.true(nodes.call("wrap", "begin", 2).ok);
  t.true(nodes.call("wrap", "wrap", 254).ok);
  t.is(given(nodes.call("wrap", "apply").text), "3");
  t.true(nodes.call("wrap", "wrap", 1).ok, "256 inside each other");
  t.is(given(nodes.call("wrap", "apply").text), "3");
  t.regex(nodes.call("wrap", "wrap", 1).text, /^Fault DepthExceeded/);
});

test("a text that is too long to be told is a fault, and no node stops", (t) => {
  const nodes = startNodes(t);
  nodes.publish(`module long
event Said { text : Text }
fn double (text : Text, times : Nat) -> Text = for i in range(times), acc = text { acc ++ acc }
command say (times : Nat) =
  emit Said { text = double("\u20ac", times) }
`);
  t.true(nodes.call("long", "say", 18).ok);
  t.regex(nodes.call("long", "say", 19).text, /^Fault TooLarge/);
});

test("behind a type parameter functions are compared and are keys: by version, index and what they hold", (t) => {
  const nodes = startNodes(t);
  const published = nodes.publish(`module behind
data Counts (K : Data) = Counts(Map(K, Nat))
table counts : Nat => Counts((Nat) -> Nat)
fn same {A : Data} (a, b : A) -> Bool = a == b
fn count {K : Data} (counts : Counts(K), k : K) -> Counts(K) =
  match counts { Counts(m) => Counts(insert(m, k, (match lookup(m, k) { Just(n) => n, Nothing => 0 }) + 1)) }
fn find {K : Data} (counts : Counts(K), k : K) -> Nat =
  match counts { Counts(m) => match lookup(m, k) { Just(n) => n, Nothing => 0 } }
fn none {K : Data} () -> Counts(K) = Counts(emptyMap())
fn adder (by : Nat) -> (Nat) -> Nat = (n) => n + by
command note (by : Nat) =
  put counts[0] = count(get counts[0] or none(), adder(by))
command noted (by : Nat) = find(get counts[0], adder(by))
command alike (a, b : Nat) = same(adder(a), adder(b))
fn open {A : Data} (x : A) -> (Nat) -> Nat = (n) => n + size([x])
command hide () =
  put counts[0] = count(none(), open("a"))
`);
  t.true(published.ok, published.text);
  for (const by of [700, 3, 24, 3, 3]) t.true(nodes.call("behind", "note", by).ok);
  const noted = [3, 4, 24, 700].map((by) => given(nodes.call("behind", "noted", by).text));
  t.deepEqual(noted, ["3", "0", "1", "1"]);
  t.is(given(nodes.call("behind", "alike", 2, 2).text), "true");
  t.is(given(nodes.call("behind", "alike", 2, 3).text), "false");
  t.regex(nodes.call("behind", "hide").text, /^Fault NotStorable/);
});
